/**
 * `<fire-slow data-since="1795354320000">`: what slow mode means to who is writing here.
 *
 * The topic's head says how slow it is, so the line follows when staff change that. How long one still has to
 * wait is counted from one's own last reply (`data-since`, in milliseconds), by the server's clock. Staff are not
 * held up. Without JavaScript the line says the rule, and the server's answer the time.
 */

import { isBy } from "../lib/announcements.js";
import { CHANGED, REPLACED, hear } from "../lib/events.js";
import { counted, onTime, serverNow } from "../lib/times.js";

/** @typedef {import("../live/patches.js").Outcome} Outcome */

const TICK = 15_000; // milliseconds
const MINUTE = 60_000;

class FireSlow extends HTMLElement {
  #ending = new AbortController();
  #timer = 0;

  connectedCallback() {
    this.#ending = new AbortController();
    const { signal } = this.#ending;
    hear(CHANGED, (/** @type {Outcome} */ outcome) => this.#take(outcome), signal);
    hear(REPLACED, () => this.#show(), signal);
    onTime(() => this.#show());
    this.#timer = window.setInterval(() => this.#show(), TICK);
    this.#show();
  }

  disconnectedCallback() {
    this.#ending.abort();
    clearInterval(this.#timer);
  }

  /** @param {Outcome} outcome */
  #take({ inserted }) {
    const isOwn = (/** @type {Element} */ post) => isBy(post, document.body.dataset.viewer);
    if (inserted.some((thing) => thing.matches("article.post") && isOwn(thing)))
      this.dataset.since = String(serverNow());
    this.#show();
  }

  #show() {
    const line = this.querySelector(".slow-note");
    const words = line?.querySelector("span");
    if (!(line instanceof HTMLElement) || !words) return;
    const head = document.querySelector(".topic-head");
    const { slow = 0, staff } = head instanceof HTMLElement ? head.dataset : {};
    const minutes = Number(slow);
    line.hidden = !minutes;
    const text = minutes ? this.#sentence(minutes, staff !== undefined) : "";
    if (words.textContent !== text) words.textContent = text;
  }

  /**
   * @param {number} minutes
   * @param {boolean} moderates whether who writes here is not held up
   */
  #sentence(minutes, moderates) {
    const rule = `Slow mode: each member can reply here once in ${counted(minutes, "minute", "minutes")}.`;
    if (moderates) return `${rule} As a moderator, you always can.`;
    const left = Number(this.dataset.since ?? -Infinity) + minutes * MINUTE - serverNow();
    if (!(left > 0)) return rule;
    return `${rule} You can reply again in ${counted(Math.ceil(left / MINUTE), "minute", "minutes")}.`;
  }
}

customElements.define("fire-slow", FireSlow);
