/**
 * The line that tells the truth about the connection: live, catching up, or since when the page is old.
 */

import { STATE, hear } from "../lib/events.js";

/** @typedef {import("../lib/events.js").State} State */

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "long", hour: "2-digit", minute: "2-digit" });
const SAME_DAY = 20 * 3_600_000; // milliseconds after which an hour alone would mislead

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
  const since = `last update ${(Date.now() - at < SAME_DAY ? CLOCK : DAY).format(at)}`;
  switch (name) {
    case "live":
      return "Live";
    case "polling":
      return "Live, a little slower";
    case "catching-up":
      return "Catching up";
    case "restarting":
      return "The board restarts…";
    case "retrying":
      return `${capital(since)}, retrying`;
    case "stranger":
      return `No connection to the board, ${since}`;
    case "stopped":
      return `${why || "Not live"}. ${capital(since)}`;
  }
}

/** @param {string} words */
function capital(words) {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
