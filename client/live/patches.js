/**
 * Puts patches into the page, by the rules that make the order of their arrival unimportant.
 *
 * A patch is the state of one thing at a version. It takes effect when nothing newer is known about its
 * target: neither the element's `data-version`, nor what an earlier patch said. The latter is remembered
 * here, because a removed element has no attribute to ask, and a late, older `put` must not bring it back. So
 * the same patch may come by the socket, with the answer to one's own request, and again after a break, and
 * changes the page once.
 *
 * Everything else about the page (scrolling, announcing, fetching) is decided by whoever reads the outcome.
 */

import { carry, keepFocus } from "../lib/carry.js";
import { mustWait } from "../lib/waiting.js";
import { insert, isIncomplete, isWithin, keepsOrder, orderOf, placeIn, trim } from "./lists.js";
import { trusted } from "./markup.js";

/** @typedef {import("./messages.js").Patch} Patch */

/**
 * @typedef {object} Outcome What a batch of patches did.
 * @property {HTMLElement[]} inserted things that were not on the page before
 * @property {{before: HTMLElement, after: HTMLElement}[]} replaced
 * @property {HTMLElement[]} removed
 * @property {Set<string>} elsewhere ids of those among the removed that are still there, on another page
 * @property {string[]} departed ids of posts that went to another topic, on whatever page they were
 * @property {Set<string>} moved ids of things that stand elsewhere in their list now
 * @property {boolean} incomplete a list lacks something only the server knows: fetch the page again
 * @property {boolean} gone what the page is about was removed
 */

/** How many targets' versions are remembered. */
const MEMORY = 500;

/** A page is about the first of these; in lists they have other names (`topic-row-12`). */
const SUBJECT = /^(topic|category-head|profile)-\d+$/;

/** Around what lives on the page outside its root: at the top of every page. */
const BESIDE = "header.top";

export class Patches {
  /** @type {Map<string, number>} */
  #versions = new Map();
  /**
   * What an element was made from, to leave it alone when the same comes again.
   *
   * @type {WeakMap<Element, string>}
   */
  #sources = new WeakMap();

  /** @param {HTMLElement} root what the live content is in */
  constructor(root) {
    this.root = root;
  }

  /**
   * @param {Patch[]} patches
   * @param {(thing: HTMLElement) => void} [leave] takes a removed thing off the page
   * @returns {Outcome}
   */
  apply(patches, leave = (thing) => thing.remove()) {
    /** @type {Outcome} */
    const outcome = {
      inserted: [],
      replaced: [],
      removed: [],
      elsewhere: new Set(),
      departed: [],
      moved: new Set(),
      incomplete: false,
      gone: false,
    };
    for (const patch of patches) {
      const existing = this.#find(patch.target);
      if (this.#knownVersion(patch.target, existing) > patch.version) continue;
      this.#remember(patch);
      if (patch.op === "put") this.#put(patch, existing, leave, outcome);
      else if (existing && patch.moved) this.#shift(existing, leave, outcome);
      else if (existing) this.#remove(existing, leave, outcome);
      if (patch.op === "remove" && patch.moved) outcome.departed.push(patch.target);
    }
    outcome.inserted = outcome.inserted.filter((thing) => thing.isConnected);
    return outcome;
  }

  /** After a new epoch: versions count from the beginning. */
  forget() {
    this.#versions.clear();
  }

  /**
   * @param {Patch} patch
   * @param {HTMLElement | null} existing
   * @param {(thing: HTMLElement) => void} leave
   * @param {Outcome} outcome
   */
  #put(patch, existing, leave, outcome) {
    const html = patch.html ?? "";
    if (existing && this.#sources.get(existing) === html) return;
    const thing = elementFrom(html);
    if (thing?.id !== patch.target) return;
    this.#sources.set(thing, html);
    if (existing) this.#replace(existing, thing, leave, outcome);
    else this.#insert(patch, thing, outcome);
  }

  /**
   * @param {HTMLElement} before
   * @param {HTMLElement} after
   * @param {(thing: HTMLElement) => void} leave
   * @param {Outcome} outcome
   */
  #replace(before, after, leave, outcome) {
    const list = listOf(before);
    if (list && !isWithin(list, after)) {
      this.#shift(before, leave, outcome);
      return;
    }
    carry(before, after, () => before.replaceWith(after));
    if (list && keepsOrder(list) && orderOf(before) !== orderOf(after)) {
      keepFocus(() => insert(list, after), after);
      outcome.moved.add(after.id);
      outcome.incomplete ||= isIncomplete(list, outcome.moved);
    }
    if (SUBJECT.test(after.id)) {
      retitle(before, after);
      outcome.incomplete ||= isElsewhere(before, after);
    }
    outcome.replaced.push({ before, after });
  }

  /**
   * @param {Patch} patch
   * @param {HTMLElement} thing
   * @param {Outcome} outcome
   */
  #insert(patch, thing, outcome) {
    const list = this.#lists().find((each) => each.dataset.list === patch.list);
    if (!list) return;
    const place = placeIn(list, thing);
    if (place === "next") delete list.dataset.open;
    if (place !== "here") return;
    thing.classList.add("arriving");
    insert(list, thing);
    thing.hidden = mustWait(thing);
    const wasWhole = list.dataset.more === undefined;
    const isOver = trim(list).length > 0;
    // The way to the second page is the server's to show.
    outcome.incomplete ||= isOver && wasWhole && this.root.querySelector("fire-pager") !== null;
    outcome.inserted.push(thing);
  }

  /**
   * It is on another page now: posts before it came or went.
   *
   * @param {HTMLElement} existing
   * @param {(thing: HTMLElement) => void} leave
   * @param {Outcome} outcome
   */
  #shift(existing, leave, outcome) {
    outcome.elsewhere.add(existing.id);
    this.#remove(existing, leave, outcome);
  }

  /**
   * @param {HTMLElement} existing
   * @param {(thing: HTMLElement) => void} leave
   * @param {Outcome} outcome
   */
  #remove(existing, leave, outcome) {
    const list = listOf(existing);
    const neighbour = existing.nextElementSibling ?? existing.previousElementSibling ?? this.root;
    keepFocus(() => leave(existing), neighbour);
    outcome.removed.push(existing);
    outcome.gone ||= SUBJECT.test(existing.id);
    outcome.incomplete ||= list !== null && isIncomplete(list, outcome.moved);
  }

  /** @param {string} target */
  #find(target) {
    const name = `#${CSS.escape(target)}`;
    const beside = document.querySelector(`${BESIDE} ${name}`); // such as the tally of notices
    return /** @type {HTMLElement | null} */ (this.root.querySelector(name) ?? beside);
  }

  /** @returns {HTMLElement[]} */
  #lists() {
    return [...this.root.querySelectorAll("[data-list]")].map((list) => /** @type {HTMLElement} */ (list));
  }

  /**
   * @param {string} target
   * @param {HTMLElement | null} existing
   */
  #knownVersion(target, existing) {
    return Math.max(Number(existing?.dataset.version ?? 0), this.#versions.get(target) ?? 0);
  }

  /** @param {Patch} patch */
  #remember({ target, version }) {
    this.#versions.delete(target); // set again at the end: the map is ordered by use
    this.#versions.set(target, version);
    const oldest = this.#versions.keys().next();
    if (this.#versions.size > MEMORY && !oldest.done) this.#versions.delete(oldest.value);
  }
}

/**
 * @param {HTMLElement} thing
 * @returns {HTMLElement | null}
 */
function listOf(thing) {
  const parent = thing.parentElement;
  return parent?.dataset.list === undefined ? null : parent;
}

/**
 * The one element in a patch's HTML, or null when there is none. It is inert (no image loads, no custom
 * element wakes) until it is put into the page.
 *
 * @param {string} html
 * @returns {HTMLElement | null}
 */
function elementFrom(html) {
  const template = document.createElement("template");
  template.innerHTML = trusted(html);
  return /** @type {HTMLElement | null} */ (template.content.firstElementChild);
}

/**
 * Whether what the page is about has another frame now, which only the server knows: it is in another category,
 * or has fewer pages.
 *
 * @param {HTMLElement} before
 * @param {HTMLElement} after
 */
function isElsewhere(before, after) {
  if (after.dataset.merged !== undefined) return false; // it leads on, and whoever reads it goes when he likes
  const isShorter = Number(after.dataset.pages ?? 0) < Number(before.dataset.pages ?? 0);
  return isShorter || after.dataset.category !== before.dataset.category;
}

/**
 * What the page is about has another heading: the window's title follows.
 *
 * @param {HTMLElement} before
 * @param {HTMLElement} after
 */
function retitle(before, after) {
  const [old, now] = [before, after].map((head) => head.querySelector("h1")?.textContent ?? "");
  if (old && old !== now) document.title = document.title.replace(old, () => now ?? "");
}
