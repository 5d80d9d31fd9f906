/**
 * What the modules of a page tell each other: events on the document, so that an element that was pushed into
 * the page and one that was there from the start hear the same, and none of them knows the connection.
 */

/** Patches were put into the page; the detail is their outcome. */
export const CHANGED = "fireside:changed";

/** The whole live part was fetched again; no detail. */
export const REPLACED = "fireside:replaced";

/** A write was answered with `changes`; the detail is the list of them, to be put into the page now. */
export const ANSWERED = "fireside:answered";

/** The connection's state; the detail is a State. */
export const STATE = "fireside:state";

/** Something was put over the page; no detail. */
export const SHOWN = "fireside:shown";

/** Something to tell a person who cannot see it happen; the detail is a sentence. */
export const SAY = "fireside:say";

/** Who is there, as the server tells it; the detail is its `here` message. */
export const HERE = "fireside:here";

/** Who is writing, as the server tells it; the detail is its `typing` message. */
export const TYPING = "fireside:typing";

/** Something to tell the server while the page is connected, else never; the detail is the message. */
export const SEND = "fireside:send";

/**
 * @typedef {object} State
 * @property {"live" | "polling" | "catching-up" | "restarting" | "retrying" | "stranger" | "stopped"} name
 *   "polling": by questions over HTTP; "stranger": something else answers instead of the board
 * @property {number} at when the server was heard last, in milliseconds
 * @property {string} [why]
 */

/**
 * @param {string} name
 * @param {unknown} [detail]
 */
export function tell(name, detail) {
  document.dispatchEvent(new CustomEvent(name, { detail }));
}

/**
 * Hears an event until the signal ends it.
 *
 * @template Detail
 * @param {string} name
 * @param {(detail: Detail) => void} react
 * @param {AbortSignal} [signal]
 */
export function hear(name, react, signal) {
  document.addEventListener(name, (event) => react(/** @type {CustomEvent<Detail>} */ (event).detail), {
    signal,
  });
}
