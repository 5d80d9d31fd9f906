/**
 * Saying thank you, and taking it back, without loading the page. The answer carries the patches of what it
 * changed, so the button shows what the server says and nothing is guessed.
 */

import { ANSWERED, tell } from "../lib/events.js";
import { send } from "../lib/writes.js";

const THANKS = /^\/posts\/\d+\/thanks(\/undo)?$/;

/** Forms that wait for their answer. @type {WeakSet<HTMLFormElement>} */
const sending = new WeakSet();

export function startThanks() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !THANKS.test(new URL(form.action).pathname)) return;
    event.preventDefault();
    if (!sending.has(form)) sendThanks(form);
  });
}

/** @param {HTMLFormElement} form */
async function sendThanks(form) {
  sending.add(form);
  const result = await send(form);
  sending.delete(form);
  if (result.kind === "saved") tell(ANSWERED, result.answer.get("changes"));
  else if (result.kind === "unreachable") explain(form, `${result.why} Please try again in a moment.`);
  else if (result.kind === "refused" && result.status !== 401 && result.code !== "rules") explain(form, result.message);
  else form.submit();
}

/**
 * Says below the buttons why nothing happened, until the post is shown anew.
 *
 * @param {HTMLFormElement} form
 * @param {string} sentence
 */
function explain(form, sentence) {
  const acts = form.parentElement ?? form;
  const said = acts.nextElementSibling?.matches("p.problem")
    ? acts.nextElementSibling
    : document.createElement("p");
  said.className = "problem";
  said.role = "alert";
  acts.after(said);
  said.textContent = sentence;
}
