/**
 * `<fire-typing data-topic="12">`: who is writing an answer, in a line that never changes its height.
 *
 * And the other way round: while somebody types into the composer of a topic, the server is told so now and
 * then. Whether anybody hears of it is the server's to decide.
 */

import { CHANGED, SEND, STATE, TYPING, hear, tell } from "../lib/events.js";
import { ownName, writersOf } from "../lib/people.js";
import { isAbout, write } from "./here.js";

/** @typedef {import("../lib/events.js").State} State */
/** @typedef {import("../lib/people.js").Typing} Typing */
/** @typedef {import("../live/patches.js").Outcome} Outcome */

const EVERY = 3000; // milliseconds between two hints; the server forgets one after 6 s

class FireTyping extends HTMLElement {
  #ending = new AbortController();
  /** @type {Typing | null} */
  #typing = null;

  connectedCallback() {
    this.#ending = new AbortController();
    const { signal } = this.#ending;
    hear(TYPING, (/** @type {Typing} */ typing) => this.#take(typing), signal);
    hear(CHANGED, (/** @type {Outcome} */ outcome) => this.#posted(outcome), signal);
    hear(STATE, (/** @type {State} */ { name }) => name === "live" || this.#show(null), signal);
  }

  disconnectedCallback() {
    this.#ending.abort();
  }

  /** @param {Typing} typing */
  #take(typing) {
    if (isAbout(typing, this.dataset.topic)) this.#show(typing);
  }

  /**
   * What somebody wrote is there: he does not write it any more.
   *
   * @param {Outcome} outcome
   */
  #posted({ inserted }) {
    const posts = inserted.filter((thing) => thing.matches("article.post"));
    if (!this.#typing || !posts.length) return;
    const authors = posts.map((post) => post.querySelector(".post-by .name")?.textContent);
    const members = this.#typing.members.filter((name) => !authors.includes(name));
    const { channel, members: before, unnamed = 0 } = this.#typing;
    // Guests are told no names: somebody less is writing.
    this.#show({ channel, members, unnamed: before.length ? unnamed : Math.max(0, unnamed - posts.length) });
  }

  /** @param {Typing | null} typing */
  #show(typing) {
    this.#typing = typing;
    write(this, typing ? writersOf(typing, ownName()) : "");
  }
}

/** Tells the server that somebody types, as long as there is something written. */
export function startTypingHints() {
  let saidAt = -EVERY;
  document.addEventListener("input", ({ target }) => {
    const topic = target instanceof HTMLTextAreaElement ? topicOf(target) : undefined;
    if (!topic || performance.now() - saidAt < EVERY) return;
    saidAt = performance.now();
    tell(SEND, { type: "typing", channel: topic });
  });
}

/**
 * The channel of the topic that is answered, if this page follows it.
 *
 * @param {HTMLTextAreaElement} text
 */
function topicOf(text) {
  const composer = text.value.trim() ? text.closest("fire-composer[data-topic]") : null;
  const channel = `topic:${composer?.getAttribute("data-topic")}`;
  const followed = document.getElementById("live")?.dataset.channels?.split(" ") ?? [];
  return followed.find((name) => name === channel || name === `${channel}:staff`);
}

customElements.define("fire-typing", FireTyping);
