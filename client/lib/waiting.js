/**
 * Calm pages: replies that others write wait, out of sight, until the reader asks for them.
 *
 * They are in the page like all others, `hidden`, so that edits and removals reach them and everything is right
 * the moment they are shown. They are hidden while they are put in, before anything is measured or drawn.
 */

import { isBy, orderOf } from "./announcements.js";

/**
 * Whether a thing that was just put in has to wait: on a calm page a post of somebody else at the end of the topic.
 * What comes back between older posts was restored, and is not news.
 *
 * @param {HTMLElement} thing
 */
export function mustWait(thing) {
  const isAtTheEnd = thing.parentElement?.dataset.open !== undefined;
  if (!isCalm() || !isAtTheEnd || !isOthers(thing)) return false;
  const order = orderOf(thing);
  return !postsIn(thing.parentElement).some((post) => isShown(post) && orderOf(post) > order);
}

/**
 * To be called before the live part is fetched anew. What it returns is to be called in the new one, and lets
 * wait what was not to be seen before.
 *
 * @param {ParentNode} root
 */
export function keepWaiting(root) {
  const before = isCalm() ? postsIn(root) : [];
  const last = Math.max(0, ...before.filter(isShown).map(orderOf));
  return () => {
    for (const post of before.length ? postsIn(root) : [])
      post.hidden = isOthers(post) && orderOf(post) > last;
  };
}

/** Replies that wait, in the order of the page. */
export function waiting() {
  return postsIn(document).filter((post) => post.hidden);
}

/** Shows all that waits; whoever asks for it goes there. */
export function showWaiting() {
  for (const post of waiting()) post.hidden = false;
}

function isCalm() {
  return document.documentElement.dataset.calm !== undefined;
}

/** @param {HTMLElement} post */
function isShown(post) {
  return !post.hidden && isOthers(post);
}

/** @param {HTMLElement} thing */
function isOthers(thing) {
  return thing.matches("article.post") && !isBy(thing, document.body.dataset.viewer);
}

/**
 * @param {ParentNode | null} root
 * @returns {HTMLElement[]}
 */
function postsIn(root) {
  return root ? [...root.querySelectorAll("article.post")].map((post) => /** @type {HTMLElement} */ (post)) : [];
}
