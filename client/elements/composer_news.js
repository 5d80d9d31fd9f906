/**
 * The quiet line in the composer: what happened to the conversation while somebody writes into it.
 */

import { growthIn, lockIn, removalsIn, repliesIn } from "../lib/announcements.js";
import { quotedIn } from "../lib/formatting.js";
import { counted } from "../lib/times.js";

/** @typedef {import("../live/patches.js").Outcome} Outcome */

export class ComposerNews {
  #replies = 0;
  /** Sentences by what they are about; a newer one replaces the older. @type {Map<string, string>} */
  #sentences = new Map();

  /** @param {Element | null} place `.composer-news` */
  constructor(place) {
    this.place = place;
    place?.setAttribute("role", "status");
  }

  /**
   * @param {Outcome} outcome
   * @param {string} text what is written so far
   */
  take(outcome, text) {
    if (!text.trim()) return;
    this.#replies += Math.max(repliesIn(outcome).length, growthIn(outcome));
    const lock = lockIn(outcome);
    if (lock === "locked") this.say("lock", "This topic was locked while you were writing. Your text is kept.");
    if (lock === "opened") this.say("lock", "This topic is open again.");
    const removed = new Set(removalsIn(outcome).map(({ id }) => id));
    for (const post of quotedIn(text)) {
      const id = `post-${post}`;
      if (removed.has(id)) this.say(id, `The post you quote, #${post}, was removed.`);
      else if (wordsChanged(outcome, id)) this.say(id, `The post you quote, #${post}, was changed.`);
    }
    this.#show();
  }

  /**
   * @param {string} about
   * @param {string} sentence
   * @param {HTMLElement} [act] a link or a button after it
   */
  say(about, sentence, act) {
    this.#sentences.set(about, sentence);
    this.#show();
    if (act) this.place?.append(" ", act);
  }

  /** After sending, everything is said anew. */
  clear() {
    this.#replies = 0;
    this.#sentences.clear();
    this.#show();
  }

  #show() {
    const replies = this.#replies
      ? [`${counted(this.#replies, "new reply", "new replies")} came while you were writing.`]
      : [];
    const words = [...this.#sentences.values(), ...replies].join(" ");
    if (this.place && this.place.textContent !== words) this.place.textContent = words;
  }
}

/**
 * @param {Outcome} outcome
 * @param {string} id
 */
function wordsChanged(outcome, id) {
  const found = outcome.replaced.find(({ after }) => after.id === id);
  return found !== undefined && wordsOf(found.before) !== wordsOf(found.after);
}

/** @param {HTMLElement} post */
function wordsOf(post) {
  return post.querySelector(".body")?.textContent;
}
