/**
 * What a batch of changes sounds like, for those who cannot see it happen.
 */

import { counted } from "./times.js";

/** @typedef {import("../live/patches.js").Outcome} Outcome */

/**
 * Posts that other people wrote just now. What comes back between older ones was restored.
 *
 * @param {Outcome} outcome
 */
export function repliesIn(outcome) {
  if (outcome.departed.length || outcome.elsewhere.size) return []; // posts moved, and others moved up
  const self = document.body.dataset.viewer;
  const known = [...document.querySelectorAll("article.post")]
    .filter((post) => !outcome.inserted.some((thing) => thing === post) && !isBy(post, self))
    .at(-1);
  const isNew = (/** @type {Element} */ post) => !known || orderOf(post) > orderOf(known);
  return outcome.inserted.filter(
    (thing) => thing.matches("article.post") && !isBy(thing, self) && isNew(thing),
  );
}

/**
 * Things on the page whose content went: removed, or a tombstone where a post was.
 *
 * @param {Outcome} outcome
 */
export function removalsIn(outcome) {
  const buried = outcome.replaced.filter(({ before, after }) => isGone(after) && !isGone(before));
  const removed = outcome.removed.filter(({ id }) => !outcome.elsewhere.has(id));
  return [...removed, ...buried.map(({ after }) => after)].filter((thing) =>
    thing.matches("article.post"),
  );
}

/**
 * Posts that stand where a tombstone was.
 *
 * @param {Outcome} outcome
 */
export function restoredIn(outcome) {
  return outcome.replaced.filter(({ before, after }) => isGone(before) && !isGone(after));
}

/**
 * By how many replies of other people the topic grew, on whatever page; one's own are known where they are in
 * view.
 *
 * @param {Outcome} outcome
 */
export function growthIn(outcome) {
  const head = headIn(outcome);
  const self = document.body.dataset.viewer;
  const own = outcome.inserted.filter((thing) => thing.matches("article.post") && isBy(thing, self));
  return head ? Number(head.after.dataset.replies) - Number(head.before.dataset.replies) - own.length : 0;
}

/**
 * Whether the topic was locked or opened by this batch; null when neither.
 *
 * @param {Outcome} outcome
 * @returns {"locked" | "opened" | null}
 */
export function lockIn(outcome) {
  const head = headIn(outcome);
  if (!head) return null;
  const was = "locked" in head.before.dataset;
  const is = "locked" in head.after.dataset;
  return was === is ? null : is ? "locked" : "opened";
}

/**
 * The way to where the posts of this topic are now, if it was joined with another one by this batch.
 *
 * @param {Outcome} outcome
 */
export function mergedIn(outcome) {
  return headIn(outcome)?.after.dataset.merged;
}

/** What was not said yet. Equal sentences are counted, not repeated. */
export class Unsaid {
  replies = 0;
  removals = 0;
  /** @type {Set<string>} */
  sentences = new Set();

  /** All of it as one text, which is empty when there is nothing; then nothing is left. */
  take() {
    const { replies, removals, sentences } = this;
    const words = [
      replies ? counted(replies, "new reply", "new replies") : "",
      removals === 1 ? "A post was removed" : removals ? `${removals} posts were removed` : "",
      ...sentences,
    ];
    this.replies = this.removals = 0;
    this.sentences = new Set();
    return words.filter(Boolean).join(". ");
  }
}

/** @param {Outcome} outcome */
function headIn(outcome) {
  return outcome.replaced.find(({ after }) => after.matches(".topic-head"));
}

/**
 * @param {Element} thing
 * @param {string | undefined} member
 */
export function isBy(thing, member) {
  return member !== undefined && thing.getAttribute("data-author") === member;
}

/** @param {Element} thing */
export function orderOf(thing) {
  return Number(thing.getAttribute("data-order"));
}

/** @param {HTMLElement} thing */
function isGone(thing) {
  return thing.classList.contains("removed");
}
