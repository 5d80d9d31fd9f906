/**
 * `<fire-arrivals>`: a button that says what came where the reader does not look.
 *
 * Replies that were put in below the window are counted until they are seen; the button leads to the first.
 * Replies on later pages are counted by the topic's own number of replies, less what came and went on this
 * page; then the button is a link to the last page. On a calm page those at its end wait for the button, too.
 */

import { removalsIn, repliesIn, restoredIn } from "../lib/announcements.js";
import { giveFocus } from "../lib/carry.js";
import { CHANGED, REPLACED, hear } from "../lib/events.js";
import { showWaiting, waiting } from "../lib/waiting.js";
import { counted } from "../lib/times.js";
import { pageAddress } from "./pager.js";

/** @typedef {import("../live/patches.js").Outcome} Outcome */

class FireArrivals extends HTMLElement {
  #ending = new AbortController();
  /** Ids of replies that arrived and were not in view yet, as far as is known. @type {Set<string>} */
  #watched = new Set();
  /** Those of them that are below the window, in the order of the page. @type {Set<string>} */
  #unseen = new Set();
  #replies = 0;
  #here = 0;
  #watch = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target, boundingClientRect } of entries) {
      if (!target.isConnected) continue; // replaced; what took its place is observed
      if (isIntersecting || boundingClientRect.bottom < 0) this.#seen(target.id);
      else this.#unseen.add(target.id);
    }
    this.#show();
  });

  connectedCallback() {
    this.#ending = new AbortController();
    const { signal } = this.#ending;
    this.#forget();
    hear(CHANGED, (/** @type {Outcome} */ outcome) => this.#count(outcome), signal);
    hear(REPLACED, () => this.#forget(), signal);
    this.addEventListener("click", (event) => this.#go(event), { signal });
    window.addEventListener("hashchange", () => this.#meet(), { signal });
  }

  disconnectedCallback() {
    this.#ending.abort();
    this.#watch.disconnect();
  }

  #forget() {
    this.#watched.clear();
    this.#unseen.clear();
    this.#watch.disconnect();
    this.#replies = topicReplies();
    this.#here = 0;
    for (const reply of waiting()) this.#await(reply);
    this.#show();
  }

  /** @param {Outcome} outcome */
  #count(outcome) {
    this.#here +=
      outcome.inserted.filter(isPost).length + restoredIn(outcome).length - removalsIn(outcome).length;
    for (const reply of repliesIn(outcome)) this.#await(reply);
    for (const { after } of outcome.replaced) if (this.#watched.has(after.id)) this.#watch.observe(after);
    for (const { id } of outcome.removed) this.#seen(id);
    this.#show();
  }

  /** @param {HTMLElement} reply */
  #await(reply) {
    this.#watched.add(reply.id);
    this.#watch.observe(reply);
  }

  /** @param {string} id */
  #seen(id) {
    this.#watched.delete(id);
    this.#unseen.delete(id);
  }

  #show() {
    const link = this.querySelector("a");
    if (!link) return;
    const elsewhere = this.#isLastPage() ? 0 : Math.max(0, topicReplies() - this.#replies - this.#here);
    const [first] = this.#unseen;
    link.hidden = first === undefined && elsewhere === 0;
    if (first !== undefined) {
      link.href = `#${first}`;
      link.textContent = counted(this.#unseen.size, "new reply", "new replies");
    } else if (elsewhere) {
      link.href = pageAddress(topicPages());
      link.textContent = `${counted(elsewhere, "new reply", "new replies")} on the last page`;
    }
  }

  #isLastPage() {
    const list = document.querySelector("[data-list=posts]");
    return list instanceof HTMLElement && "open" in list.dataset;
  }

  /** @param {MouseEvent} event */
  #go(event) {
    const [first] = this.#unseen;
    const reply = first === undefined ? null : document.getElementById(first);
    if (!reply || event.defaultPrevented) return;
    event.preventDefault();
    showWaiting();
    reply.scrollIntoView({ block: "start" });
    giveFocus(reply);
  }

  /** Somebody follows a link to a reply that waits. */
  #meet() {
    const reply = document.getElementById(location.hash.slice(1));
    if (!reply || !waiting().includes(reply)) return;
    showWaiting();
    reply.scrollIntoView({ block: "start" });
  }
}

/** @param {HTMLElement} thing */
function isPost(thing) {
  return thing.matches("article.post");
}

function topicReplies() {
  return numberOf("replies");
}

function topicPages() {
  return numberOf("pages");
}

/** @param {"replies" | "pages"} name */
function numberOf(name) {
  const head = document.querySelector(".topic-head");
  return head instanceof HTMLElement ? Number(head.dataset[name] ?? 0) : 0;
}

customElements.define("fire-arrivals", FireArrivals);
