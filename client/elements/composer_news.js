/**
 * The quiet line in the composer: what happened to the conversation while somebody writes into it.
 */

import { growthIn, lockIn, mergedIn, removalsIn, repliesIn } from "../lib/announcements.js";
import { quotedIn } from "../lib/formatting.js";
import { holdLine } from "../lib/reading.js";
import { counted } from "../lib/times.js";

/** @typedef {import("../live/patches.js").Outcome} Outcome */

export class ComposerNews {
  #replies = 0;
  /**
   * Sentences by what they are about, each with a link or button if it has one; a newer replaces the older.
   *
   * @type {Map<string, (string | HTMLElement)[]>}
   */
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
    const before = this.#replies + this.#sentences.size;
    this.#replies += Math.max(repliesIn(outcome).length, growthIn(outcome));
    const lock = lockIn(outcome);
    if (lock === "locked")
      this.say("lock", "This topic was locked while you were writing. Your text is kept.");
    if (lock === "opened") this.say("lock", "This topic is open again.");
    const way = mergedIn(outcome);
    if (way) this.say("merged", "This topic goes on in another one. Your text is kept and comes along.", linkTo(way));
    const removed = new Set(removalsIn(outcome).map(({ id }) => id));
    for (const post of quotedIn(text)) {
      const id = `post-${post}`;
      if (removed.has(id)) this.say(id, `The post you quote, #${post}, was removed.`);
      else if (wordsChanged(outcome, id)) this.say(id, `The post you quote, #${post}, was changed.`);
    }
    if (before !== this.#replies + this.#sentences.size) this.#show();
  }

  /**
   * @param {string} about
   * @param {string} sentence
   * @param {HTMLElement} [act] a link or a button after it
   */
  say(about, sentence, act) {
    this.#sentences.set(about, act ? [sentence, " ", act] : [sentence]);
    this.#show();
  }

  /** @param {string} about */
  unsay(about) {
    if (this.#sentences.delete(about)) this.#show();
  }

  /** After sending, everything is said anew. */
  clear() {
    this.#replies = 0;
    this.#sentences.clear();
    this.#show();
  }

  #show() {
    const replies = `${counted(this.#replies, "new reply", "new replies")} came while you were writing.`;
    const news = [...this.#sentences.values(), ...(this.#replies ? [[replies]] : [])];
    const words = news.flatMap((parts, at) => (at ? [" ", ...parts] : parts));
    this.place?.classList.toggle("trouble", this.#sentences.has("sending"));
    // The line grows above the text; who writes there must not see it jump.
    holdLine(document.getElementById("live") ?? document.body, () => this.place?.replaceChildren(...words));
  }
}

/** @param {string} way */
function linkTo(way) {
  const link = document.createElement("a");
  link.href = `${way}#reply`;
  link.textContent = "Go there";
  return link;
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
