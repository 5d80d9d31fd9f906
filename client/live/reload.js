/**
 * The page's live part over HTTP: after a reset, when a list lacks something, and when a page comes back from
 * the browser's memory. It is the same page that a reload would show, put in around what must not be
 * disturbed: the composer stays the very element it was, with its text, its cursor and its focus, and the
 * line being read stays where it is.
 */

import { keepWaiting } from "../lib/waiting.js";
import { holdLine } from "../lib/reading.js";
import { pageFrom } from "./markup.js";

/**
 * @typedef {object} Fetched
 * @property {string} viewer for whom it was made: a member's id, or "" for a guest
 * @property {Document} page
 * @property {HTMLElement} root
 * @property {string} url where the page is now
 */

/** The server has no such page for this viewer, or none that lives. */
export class NoPage extends Error {
  /** @param {string} url */
  constructor(url) {
    super("this page is not there any more");
    this.url = url;
  }
}

const PATIENCE = 15_000; // milliseconds until a fetch counts as failed
const SERVER_FAILURE = 500; // HTTP statuses from here on are worth another try

/**
 * Fetches a page afresh. Raises NoPage, or anything else when another try may succeed: a network that answers
 * in the board's place, as hotels' do, is weather too.
 *
 * @param {string} url
 * @returns {Promise<Fetched>}
 */
export async function fetchPage(url) {
  const answer = await fetch(url, {
    headers: { Accept: "text/html" },
    cache: "reload", // asked whether its copy is right, the server says so even when the position is old
    signal: AbortSignal.timeout(PATIENCE),
  });
  if (answer.status >= SERVER_FAILURE || answer.status === 429)
    throw new Error(`the server answered ${answer.status}`);
  const page = pageFrom(await answer.text());
  const { role, viewer = "" } = page.body.dataset;
  if (role === undefined) throw new Error("something else answered instead of the board");
  const root = page.getElementById("live");
  if (!answer.ok || !root) throw new NoPage(answer.url);
  return { viewer, page, root, url: answer.url };
}

/**
 * Makes the live part on the page equal to the fetched one.
 *
 * @param {HTMLElement} root
 * @param {Fetched} fetched
 */
export function adopt(root, fetched) {
  const waitOn = keepWaiting(root);
  holdLine(root, () => {
    copyAttributes(fetched.root, root);
    fill(root, fetched.root, twinsIn(root, fetched.root));
    waitOn();
  });
  adoptBeside(fetched.page);
  document.title = fetched.page.title;
  const hash = location.hash;
  if (fetched.url !== location.href.replace(/#.*/, ""))
    history.replaceState(history.state, "", fetched.url + hash);
}

/**
 * What lives at the top of the page, such as the tally of notices; and what stands around the live part and
 * changes with the board: its name, what it announces, and the way up to a category that may have another name.
 *
 * @param {Document} page
 */
function adoptBeside(page) {
  for (const part of document.querySelectorAll("[data-frame]")) {
    const name = part.getAttribute("data-frame") ?? "";
    const fresh = page.querySelector(`[data-frame="${CSS.escape(name)}"]`);
    if (fresh && !fresh.isEqualNode(part)) part.replaceWith(fresh);
  }
  for (const thing of document.querySelectorAll("header.top [id][data-version]")) {
    const fresh = page.getElementById(thing.id);
    if (fresh) thing.replaceWith(fresh);
  }
}

/**
 * Composers of the same draft on both sides, old to new.
 *
 * @param {Element} old
 * @param {Element} fresh
 * @returns {Map<Element, Element>}
 */
function twinsIn(old, fresh) {
  const twins = new Map();
  for (const composer of old.querySelectorAll("fire-composer[data-draft]")) {
    const draft = composer.getAttribute("data-draft") ?? "";
    const twin = fresh.querySelector(`fire-composer[data-draft="${CSS.escape(draft)}"]`);
    if (twin) twins.set(composer, twin);
  }
  return twins;
}

/**
 * Replaces an element's children, except for those that hold a composer: these stay, and are filled in turn.
 *
 * @param {Element} old
 * @param {Element} fresh
 * @param {Map<Element, Element>} twins
 */
function fill(old, fresh, twins) {
  const kept = new Map(); // fresh child -> old child that stays for it
  for (const [composer, twin] of twins) {
    const oldChild = childHolding(old, composer);
    const freshChild = childHolding(fresh, twin);
    if (oldChild && freshChild && oldChild.localName === freshChild.localName) kept.set(freshChild, oldChild);
  }
  const stays = new Set(kept.values());
  for (const node of [...old.childNodes]) if (!stays.has(node)) node.remove();
  for (const node of [...fresh.childNodes]) {
    const child = kept.get(node);
    if (!child) {
      const next = followingKept(node, kept);
      old.insertBefore(node, next);
    } else if (!twins.has(child)) {
      copyAttributes(/** @type {Element} */ (node), child);
      fill(child, /** @type {Element} */ (node), twins);
    }
  }
}

/**
 * The old element before which a fresh node goes: the next one that stayed.
 *
 * @param {ChildNode} node
 * @param {Map<Node, Element>} kept
 */
function followingKept(node, kept) {
  for (let next = node.nextSibling; next; next = next.nextSibling) {
    const child = kept.get(next);
    if (child) return child;
  }
  return null;
}

/**
 * @param {Element} parent
 * @param {Element} inner
 */
function childHolding(parent, inner) {
  return [...parent.children].find((child) => child.contains(inner)) ?? null;
}

/**
 * @param {Element} from
 * @param {Element} to
 */
function copyAttributes(from, to) {
  for (const name of to.getAttributeNames()) if (!from.hasAttribute(name)) to.removeAttribute(name);
  for (const name of from.getAttributeNames()) to.setAttribute(name, from.getAttribute(name) ?? "");
}
