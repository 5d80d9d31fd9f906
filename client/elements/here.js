/**
 * `<fire-here data-topic="12">`: who is reading along, in one line that never changes its height.
 *
 * The server tells it in full (`here`), with names for members only. As many names are said as fit. When the
 * connection is gone for a while the line is empty, because it would not be true any more.
 */

import { HERE, STATE, hear } from "../lib/events.js";
import { ownName, readersOf } from "../lib/people.js";

/** @typedef {import("../lib/events.js").State} State */
/** @typedef {import("../lib/people.js").Here} Here */

const TRUE_FOR = 5000; // milliseconds without a connection

/** What was told last, for a line that takes another's place. @type {Here | null} */
let latest = null;

class FireHere extends HTMLElement {
  #ending = new AbortController();
  #timer = 0;
  #fit = new ResizeObserver(() => this.#show());

  connectedCallback() {
    this.#ending = new AbortController();
    const { signal } = this.#ending;
    hear(HERE, (/** @type {Here} */ here) => this.#take(here), signal);
    hear(STATE, (/** @type {State} */ state) => this.#doubt(state), signal);
    this.#fit.observe(this);
    this.#show();
  }

  disconnectedCallback() {
    this.#ending.abort();
    this.#fit.disconnect();
    clearTimeout(this.#timer);
  }

  /** @param {Here} here */
  #take(here) {
    if (!isAbout(here, this.dataset.topic)) return;
    latest = here;
    this.#show();
  }

  /** @param {State} state */
  #doubt({ name }) {
    if (name === "live") {
      clearTimeout(this.#timer);
      this.#timer = 0;
      return;
    }
    this.#timer ||= window.setTimeout(() => {
      latest = null;
      this.#show();
    }, TRUE_FOR);
  }

  #show() {
    const here = isAbout(latest, this.dataset.topic) ? latest : null;
    for (const words of here ? readersOf(here, ownName()) : [""]) {
      write(this, words);
      if (this.scrollWidth <= this.clientWidth) return;
    }
  }
}

/**
 * Whether the message is about the topic, on whichever of its channels.
 *
 * @param {{channel: string} | null} message
 * @param {string | undefined} topic
 */
export function isAbout(message, topic) {
  return message !== null && [`topic:${topic}`, `topic:${topic}:staff`].includes(message.channel);
}

/**
 * @param {HTMLElement} line
 * @param {string} words
 */
export function write(line, words) {
  if (line.textContent !== words) line.textContent = words;
}

customElements.define("fire-here", FireHere);
