/**
 * The composer's tools: formatting, and quoting posts into the reply without leaving the page.
 */

import { format, insertBlock, quoteBlock } from "../lib/formatting.js";
import { forgetPassage, passageAnywhere, passageIn } from "../lib/passage.js";

/** @typedef {import("../lib/formatting.js").Edit} Edit */

const KEYS = new Map([
  ["b", "bold"],
  ["i", "italic"],
  ["k", "link"],
]);

/**
 * @param {HTMLElement} composer
 * @param {HTMLTextAreaElement} text
 * @param {AbortSignal} signal
 */
export function startTools(composer, text, signal) {
  for (const button of composer.querySelectorAll("button[data-tool]")) {
    // Pressing a button would take the focus from the text, and the selection from the post.
    button.addEventListener("mousedown", (event) => event.preventDefault(), { signal });
    button.addEventListener("click", () => use(button.getAttribute("data-tool") ?? "", text), { signal });
  }
  text.addEventListener(
    "keydown",
    (event) => {
      const tool =
        (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey
          ? KEYS.get(event.key)
          : undefined;
      if (!tool) return;
      event.preventDefault();
      use(tool, text);
    },
    { signal },
  );
  document.addEventListener("click", (event) => quote(event, text), { signal });
}

/**
 * @param {string} tool
 * @param {HTMLTextAreaElement} text
 */
function use(tool, text) {
  const passage = tool === "quote" ? passageAnywhere() : null;
  if (passage) insertQuote(passage.post, passage.text, text);
  else make(format(tool, text.value, text.selectionStart, text.selectionEnd), text);
}

/**
 * A click on a post's "Quote" that the composer answers; without a composer in sight the link is followed.
 *
 * @param {MouseEvent} event
 * @param {HTMLTextAreaElement} text
 */
function quote(event, text) {
  const act = event.target instanceof Element ? event.target.closest(".quote-act[data-quote]") : null;
  const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (!act || !isPlain || event.defaultPrevented || !text.checkVisibility()) return;
  event.preventDefault();
  const post = act.getAttribute("data-quote") ?? "";
  insertQuote(post, passageIn(post), text);
}

/**
 * @param {string} post
 * @param {string} passage
 * @param {HTMLTextAreaElement} text
 */
function insertQuote(post, passage, text) {
  const at = text.selectionEnd || text.value.length;
  make(insertBlock(quoteBlock(post, passage), text.value, at), text);
  forgetPassage();
}

/**
 * Does the edit as if it were typed, so that it can be undone.
 *
 * @param {Edit | null} edit
 * @param {HTMLTextAreaElement} text
 */
function make(edit, text) {
  if (!edit) return;
  text.focus();
  text.setSelectionRange(edit.start, edit.end);
  const isDone = edit.text
    ? document.execCommand("insertText", false, edit.text)
    : document.execCommand("delete");
  if (!isDone) {
    text.setRangeText(edit.text, edit.start, edit.end);
    text.dispatchEvent(new Event("input", { bubbles: true }));
  }
  text.setSelectionRange(...edit.select);
}
