/**
 * The composer's draft: kept while one types, brought back when one returns, forgotten once it was sent.
 */

import { forget, keep, recall } from "../lib/drafts.js";

const KEEP_AFTER = 300; // milliseconds without typing

/** @typedef {HTMLTextAreaElement | HTMLInputElement} Field */

export class ComposerDraft {
  #timer = 0;

  /**
   * @param {string} key
   * @param {Element} composer
   * @param {string} [former] where the draft may have been kept before: of a topic that was joined with this one
   */
  constructor(key, composer, former = "") {
    this.key = key;
    this.composer = composer;
    if (former && recall(former).size && !recall(key).size && keep(key, recall(former))) forget(former);
  }

  /**
   * Brings the kept text back into an empty form. Over text that the server put there it is only offered.
   *
   * @param {(bringBack: () => void) => void} offer
   */
  restore(offer) {
    const draft = recall(this.key);
    const fields = this.#fields;
    if (!fields.some(({ name, value }) => draft.has(name) && draft.get(name) !== value)) return;
    const bringBack = () => {
      for (const field of fields) field.value = draft.get(field.name) ?? field.value;
      this.say("Draft restored");
    };
    if (fields.every(({ value }) => value === "")) bringBack();
    else offer(bringBack);
  }

  keepSoon() {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.keepNow(), KEEP_AFTER);
  }

  /** Keeps what was typed since the last time, if anything was. */
  keepNow() {
    if (!this.#timer) return;
    clearTimeout(this.#timer);
    this.#timer = 0;
    const fields = this.#fields;
    const isChanged = fields.some(({ value, defaultValue }) => value !== defaultValue);
    const texts = new Map(isChanged ? fields.map(({ name, value }) => [name, value]) : []);
    const isKept = keep(this.key, texts);
    if (!isKept) this.say("This browser keeps no drafts");
    else this.say(texts.size ? "Draft saved" : "");
  }

  /** The server has it. */
  sent() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    forget(this.key);
    this.say("");
  }

  /** @param {string} words */
  say(words) {
    const state = this.composer.querySelector(".draft-state");
    if (state) state.textContent = words;
  }

  /** @returns {Field[]} */
  get #fields() {
    return [...this.composer.querySelectorAll("textarea[name], input[name]")]
      .map((field) => /** @type {Field} */ (field))
      .filter(({ type }) => type === "textarea" || type === "text");
  }
}
