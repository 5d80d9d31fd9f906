/**
 * Marks on the cards of those who are online: beside their posts, on their profiles, and in the small cards over
 * a topic.
 *
 * The server tells members who is (`here` on the channel `online`). What is put into the page later gets its
 * mark then. The dot is drawn by the styles; the word beside it is for those who do not see it.
 */

import { CHANGED, HERE, REPLACED, SHOWN, STATE, hear } from "../lib/events.js";

/** @typedef {import("../lib/events.js").State} State */
/** @typedef {import("../lib/people.js").Here} Here */

const CHANNEL = "online";
const TRUE_FOR = 5000; // milliseconds without a connection
const CARDS = ".post-by, .card, .glance";
const NAME = "a.name, h1"; // a name without a link is of an account that is gone

export function startOnline() {
  let online = new Set();
  let timer = 0;

  hear(HERE, (/** @type {Here} */ { channel, members }) => {
    if (channel !== CHANNEL) return;
    online = new Set(members);
    mark();
  });
  hear(CHANGED, mark);
  hear(REPLACED, mark);
  hear(SHOWN, mark);
  hear(STATE, (/** @type {State} */ { name }) => {
    if (name === "live") {
      clearTimeout(timer);
      timer = 0;
      return;
    }
    timer ||= window.setTimeout(() => {
      online = new Set();
      mark();
    }, TRUE_FOR);
  });

  function mark() {
    for (const card of document.querySelectorAll(CARDS)) {
      const name = card.querySelector(NAME);
      const isOnline = online.has(name?.textContent?.trim());
      if (card.hasAttribute("data-online") === isOnline) continue;
      card.toggleAttribute("data-online", isOnline);
      if (isOnline) (name?.closest("h1, h2, .glance-name") ?? card).after(word());
      else card.querySelector(".online-word")?.remove();
    }
  }
}

function word() {
  const span = document.createElement("span");
  span.className = "online-word visually-hidden";
  span.textContent = "Online";
  return span;
}
