/**
 * `<fire-moved>`: a line that says that posts went to another topic, with the way there, wherever on the page
 * one reads. A post's own address finds it in whatever topic it is.
 */

import { CHANGED, hear } from "../lib/events.js";
import { counted } from "../lib/times.js";

/** @typedef {import("../live/patches.js").Outcome} Outcome */

class FireMoved extends HTMLElement {
  #ending = new AbortController();
  /** @type {Set<string>} */
  #departed = new Set();

  connectedCallback() {
    this.#ending = new AbortController();
    const { signal } = this.#ending;
    hear(CHANGED, (/** @type {Outcome} */ outcome) => this.#take(outcome), signal);
    this.querySelector("button")?.addEventListener("click", () => this.#forget(), { signal });
  }

  disconnectedCallback() {
    this.#ending.abort();
  }

  /** @param {Outcome} outcome */
  #take({ departed, inserted }) {
    for (const id of departed) this.#departed.add(id);
    for (const { id } of inserted) this.#departed.delete(id);
    this.#show();
  }

  #forget() {
    this.#departed.clear();
    this.#show();
  }

  #show() {
    const line = this.querySelector("p");
    const link = this.querySelector("a");
    const words = this.querySelector("span");
    const [first] = this.#departed;
    if (!line || !link || !words) return;
    line.hidden = first === undefined;
    if (first === undefined) return;
    const number = this.#departed.size;
    words.textContent = `${counted(number, "post was", "posts were")} moved to another topic.`;
    link.href = `/posts/${first.replace("post-", "")}`;
  }
}

customElements.define("fire-moved", FireMoved);
