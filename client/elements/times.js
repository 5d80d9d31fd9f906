/**
 * Times on the page, worded in the browser: the server writes the same for everybody, in UTC.
 *
 * An age ("3 hours ago") ticks without asking the server; hovering shows the exact time. A `<time data-day>` shows
 * its date, `<time data-exact>` the time of day too, in the reader's zone and format (`lib/clock.js`). Without
 * JavaScript ages stand as they were when the page was made, and all else stays in UTC with 24 hours, and says so.
 */

import { date, moment } from "../lib/clock.js";
import { CHANGED, REPLACED, hear } from "../lib/events.js";
import { ago, onTime, serverNow } from "../lib/times.js";

const TICK = 30_000; // milliseconds

export function startTimes() {
  wordDates();
  setInterval(() => document.hidden || tick(), TICK);
  onTime(tick);
  hear(CHANGED, wordDates);
  hear(REPLACED, wordDates);
  document.addEventListener("visibilitychange", () => document.hidden || tick());
  document.addEventListener("pointerover", ({ target }) => explain(target));
  document.addEventListener("focusin", ({ target }) => explain(target));
}

/** Words all ages on the page anew. */
export function tick() {
  word("time[datetime]", (at, words) =>
    isAge(words) ? ago(Math.floor((serverNow() - at) / 1000)) : words,
  );
}

function wordDates() {
  word("time[data-day]", date);
  word("time[data-exact]", moment);
}

/**
 * @param {string} kind a selector of times
 * @param {(at: number, words: string) => string} wording of a time in milliseconds, from what stands there
 */
function word(kind, wording) {
  for (const time of document.querySelectorAll(kind)) {
    const at = Date.parse(time.getAttribute("datetime") ?? "");
    const words = Number.isNaN(at) ? time.textContent : wording(at, time.textContent);
    if (time.textContent !== words) time.textContent = words;
  }
}

/** @param {string} words */
function isAge(words) {
  return words === "just now" || words.endsWith(" ago");
}

/** @param {EventTarget | null} target */
function explain(target) {
  const time = target instanceof Element ? target.closest("time[datetime]") : null;
  const at = Date.parse(time?.getAttribute("datetime") ?? "");
  if (time instanceof HTMLElement && !Number.isNaN(at)) time.title = moment(at);
}
