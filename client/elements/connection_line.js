/**
 * The line that tells the truth about the connection: live, catching up, or since when the page is old.
 */

import { clock, weekdayAndClock } from "../lib/clock.js";
import { STATE, hear } from "../lib/events.js";

/** @typedef {import("../lib/events.js").State} State */

const SAME_DAY = 20 * 3_600_000; // milliseconds after which an hour alone would mislead

export function startConnectionLine() {
  const since = document.createElement("span");
  since.className = "since"; // which small screens have no room for
  hear(STATE, (/** @type {State} */ state) => {
    const line = document.getElementById("connection");
    if (!line) return;
    const [words, rest = ""] = wordsFor(state);
    line.dataset.state = state.name;
    line.hidden = false;
    if (line.textContent === words + rest) return; // a role=status speaks with every change
    since.textContent = rest;
    line.replaceChildren(words, ...(rest ? [since] : []));
  });
}

/**
 * What to say, and what may be left out where there is no room.
 *
 * @param {State} state
 * @returns {[words: string, rest?: string]}
 */
export function wordsFor({ name, at, why }) {
  const time = (Date.now() - at < SAME_DAY ? clock : weekdayAndClock)(at);
  switch (name) {
    case "live":
      return ["Live"];
    case "polling":
      return ["Live, a little slower"];
    case "catching-up":
      return ["Catching up"];
    case "restarting":
      return ["The board restarts…"];
    case "retrying":
      return [`Last update ${time}, retrying`];
    case "stranger":
      return ["No connection to the board", `, last update ${time}`];
    case "stopped":
      return [why || "Not live", `. Last update ${time}`];
  }
}
