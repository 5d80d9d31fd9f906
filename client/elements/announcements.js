/**
 * Announcements at the top of the page: each goes when its time is over, and whoever has read one can put it
 * away. Which ones were put away is remembered in this browser, by number and words, so that one that says
 * something new shows again. Nobody needs an account for it, and the server does not learn of it.
 */

import { REPLACED, hear } from "../lib/events.js";

const AWAY = "fireside:announcements";
const MOST = 50; // that are remembered
const LONGEST = 2 ** 31 - 1; // milliseconds; a longer timer would go off at once

let timer = 0;

export function startAnnouncements() {
  look();
  hear(REPLACED, look);
  document.addEventListener("visibilitychange", look);
  document.addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest(".announcement button") : null;
    const announcement = button?.closest(".announcement");
    if (!(announcement instanceof HTMLElement)) return;
    const next = document.querySelector("main");
    remember(nameOf(announcement));
    look();
    if (next instanceof HTMLElement) next.focus({ preventScroll: true });
  });
}

/** Hides what was put away and what is over, and comes back when the next one is. */
function look() {
  clearTimeout(timer);
  const away = remembered();
  const ends = [];
  for (const announcement of document.querySelectorAll(".announcement")) {
    if (!(announcement instanceof HTMLElement)) continue;
    const end = Date.parse(announcement.dataset.ends ?? "");
    announcement.hidden = end <= Date.now() || away.includes(nameOf(announcement));
    const button = announcement.querySelector("button");
    if (button) button.hidden = false;
    if (end > Date.now()) ends.push(end);
  }
  if (ends.length) timer = window.setTimeout(look, Math.min(LONGEST, Math.min(...ends) - Date.now() + 50));
}

/** @param {HTMLElement} announcement */
function nameOf(announcement) {
  return `${announcement.dataset.announcement} ${announcement.querySelector("span")?.textContent ?? ""}`;
}

/** @returns {unknown[]} */
function remembered() {
  try {
    const found = JSON.parse(localStorage.getItem(AWAY) ?? "[]");
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  }
}

/** @param {string} name */
function remember(name) {
  try {
    localStorage.setItem(AWAY, JSON.stringify([...remembered(), name].slice(-MOST)));
  } catch {
    // Then it shows again on the next page.
  }
}
