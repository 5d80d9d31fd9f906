/**
 * Tells screen readers what arrives, politely: batched, at most one text in five seconds, and the focus
 * stays.
 */

import { Unsaid, lockIn, removalsIn, repliesIn } from "../lib/announcements.js";
import { CHANGED, SAY, hear } from "../lib/events.js";

/** @typedef {import("../lib/announcements.js").Outcome} Outcome */

const PAUSE = 5000; // milliseconds between two texts

export function startAnnouncer() {
  const unsaid = new Unsaid();
  let saidAt = -PAUSE;
  let timer = 0;

  hear(CHANGED, (/** @type {Outcome} */ outcome) => {
    unsaid.replies += repliesIn(outcome).length;
    unsaid.removals += removalsIn(outcome).length;
    const lock = lockIn(outcome);
    if (lock) unsaid.sentences.add(lock === "locked" ? "This topic was locked" : "This topic is open again");
    plan();
  });
  hear(SAY, (/** @type {string} */ sentence) => {
    unsaid.sentences.add(sentence);
    plan();
  });

  function plan() {
    timer ||= window.setTimeout(say, Math.max(0, saidAt + PAUSE - performance.now()));
  }

  function say() {
    timer = 0;
    const words = unsaid.take();
    const place = document.getElementById("announcer");
    if (!words || !place) return;
    saidAt = performance.now();
    place.textContent = words;
  }
}
