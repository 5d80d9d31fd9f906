/**
 * The line that tells the truth about the connection: live, catching up, or since when the page is old.
 */

import { STATE, hear } from "../lib/events.js";

/** @typedef {import("../lib/events.js").State} State */

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

export function startConnectionLine() {
  hear(STATE, (/** @type {State} */ state) => {
    const line = document.getElementById("connection");
    if (!line) return;
    const words = wordsFor(state);
    line.dataset.state = state.name;
    line.hidden = false;
    if (line.textContent !== words) line.textContent = words; // a role=status speaks with every change
  });
}

/** @param {State} state */
export function wordsFor({ name, at, why }) {
  if (name === "live") return "Live";
  if (name === "polling") return "Looking for news every 20 seconds";
  if (name === "catching-up") return "Catching up";
  const last = `Last update ${CLOCK.format(at)}`;
  return name === "retrying" ? `${last}, retrying` : `${why ?? "Not live"}. ${last}`;
}
