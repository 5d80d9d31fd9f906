/**
 * The words of a post that are selected, so that they can be quoted.
 *
 * A tap on a button may take the selection away before the button hears of it, so the last passage is
 * remembered for a moment.
 */

/** @typedef {{post: string, text: string, endedAt: number}} Passage */

const A_TAP = 1000; // milliseconds between losing a selection and the click that took it

/** @type {Passage | null} */
let last = null;

document.addEventListener("selectionchange", () => {
  const passage = selected();
  if (passage) last = passage;
  else if (last?.endedAt === Infinity) last = { ...last, endedAt: Date.now() };
});

/**
 * The passage selected in a post now, or taken away by the click that asks; empty without one.
 *
 * @param {string} post its number
 */
export function passageIn(post) {
  const passage = selected() ?? last;
  return passage?.post === post && Date.now() - passage.endedAt < A_TAP ? passage.text : "";
}

/**
 * The passage selected last in any post: the tool in the composer quotes it.
 *
 * @returns {Passage | null}
 */
export function passageAnywhere() {
  const passage = selected() ?? last;
  return passage && Date.now() - passage.endedAt < A_TAP ? passage : null;
}

/** After it was quoted it is not quoted again. */
export function forgetPassage() {
  last = null;
}

/** @returns {Passage | null} */
function selected() {
  const selection = getSelection();
  if (!selection?.rangeCount || selection.isCollapsed) return null;
  const { startContainer, endContainer } = selection.getRangeAt(0);
  const body = bodyAround(startContainer);
  const text = selection.toString().trim();
  const post = body?.closest("article.post")?.id.replace("post-", "");
  if (!body || !post || body !== bodyAround(endContainer) || !text) return null;
  return { post, text, endedAt: Infinity };
}

/** @param {Node} node */
function bodyAround(node) {
  const element = node instanceof Element ? node : node.parentElement;
  return element?.closest(".post .body") ?? null;
}
