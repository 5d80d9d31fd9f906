/**
 * Ages that tick, without asking the server; hovering shows the exact time where the reader is.
 */

import { ago, onTime, serverNow } from "../lib/times.js";

const TICK = 30_000; // milliseconds
const EXACT = new Intl.DateTimeFormat(undefined, { dateStyle: "long", timeStyle: "short" });

export function startTimes() {
  setInterval(() => document.hidden || tick(), TICK);
  onTime(tick);
  document.addEventListener("visibilitychange", () => document.hidden || tick());
  document.addEventListener("pointerover", ({ target }) => explain(target));
  document.addEventListener("focusin", ({ target }) => explain(target));
}

/** Words all ages on the page anew. */
export function tick() {
  for (const time of document.querySelectorAll("time[datetime]")) {
    const at = Date.parse(time.getAttribute("datetime") ?? "");
    const words = ago(Math.floor((serverNow() - at) / 1000));
    if (!Number.isNaN(at) && isAge(time.textContent) && time.textContent !== words) time.textContent = words;
  }
}

/**
 * Dates that are written out (`22 November 2026`) stay as they are.
 *
 * @param {string} words
 */
function isAge(words) {
  return words === "just now" || words.endsWith(" ago");
}

/** @param {EventTarget | null} target */
function explain(target) {
  const time = target instanceof Element ? target.closest("time[datetime]") : null;
  const at = Date.parse(time?.getAttribute("datetime") ?? "");
  if (time instanceof HTMLElement && !Number.isNaN(at)) time.title = EXACT.format(at);
}
