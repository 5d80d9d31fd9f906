/**
 * `<fire-card>` around a link to a profile: a small card with the same facts, without leaving the page.
 *
 * It opens by a click, a tap or Enter, and then has the focus; or under a mouse that rests on the link, and then
 * takes nothing from the reader. Escape and a click elsewhere close it, and the focus goes back to the link. The
 * card is the server's, made for who asks. It hangs on the page and not in the post, which may be put anew at any
 * moment. Without a script, and where a browser knows no popovers, the link leads to the profile.
 */

import { SHOWN, tell } from "../lib/events.js";
import { pageFrom } from "../live/markup.js";

const RESTS = 350; // milliseconds that a mouse stays on the link before the card opens
const LEAVES = 300; // milliseconds in which it may come back, or go over to the card
const PATIENCE = 8000; // milliseconds for the server to answer; then a click leads to the profile
const GAP = 4; // pixels between link and card
const EDGE = 16; // pixels between card and window

/**
 * The one card that is open.
 *
 * @type {{panel: HTMLElement, name: string, post: string, isHeld: boolean} | null}
 */
let open = null;
let timer = 0;

class FireCard extends HTMLElement {
  #ending = new AbortController();
  #wasOpen = false;

  connectedCallback() {
    if (!("popover" in HTMLElement.prototype)) return;
    this.#ending = new AbortController();
    const { signal } = this.#ending;
    this.addEventListener("pointerdown", () => (this.#wasOpen = this.#isOpen && open?.isHeld === true), { signal });
    this.addEventListener("click", (event) => this.#click(event), { signal });
    this.addEventListener("pointerenter", (event) => this.#enter(event), { signal });
    this.addEventListener("pointerleave", leave, { signal });
  }

  disconnectedCallback() {
    this.#ending.abort();
  }

  get #link() {
    return this.querySelector("a");
  }

  get #post() {
    return this.closest("[id]")?.id ?? "";
  }

  get #isOpen() {
    return open !== null && open.post === this.#post;
  }

  /** @param {MouseEvent} event */
  #click(event) {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    clearTimeout(timer);
    const wasOpen = this.#wasOpen;
    this.#wasOpen = false;
    if (wasOpen) open?.panel.hidePopover();
    else this.#open(true);
  }

  /** @param {PointerEvent} event */
  #enter(event) {
    if (event.pointerType !== "mouse") return;
    clearTimeout(timer);
    if (!open) timer = window.setTimeout(() => this.#open(false), RESTS);
  }

  /** @param {boolean} isHeld whether it gets the focus and stays */
  async #open(isHeld) {
    const asked = this.#link;
    const post = this.#post;
    if (!asked) return;
    const panel = await cardAt(`${asked.href}/card`);
    if (!panel) {
      if (isHeld) location.assign(asked.href);
      return;
    }
    const link = isHeld ? linkIn(post) : asked;
    if (!link || (!isHeld && !this.matches(":hover"))) return;
    open?.panel.hidePopover();
    open = { panel, name: link.href, post, isHeld };
    show(panel, link);
    if (isHeld) panel.focus();
  }
}

/**
 * The link that opens the card, which is another one when the post was put anew meanwhile.
 *
 * @param {string} post the element's id
 * @returns {HTMLAnchorElement | null}
 */
function linkIn(post) {
  return document.getElementById(post)?.querySelector("fire-card a") ?? null;
}

/**
 * The card from the server, or null where something else or nothing answers.
 *
 * @param {string} address
 * @returns {Promise<HTMLElement | null>}
 */
async function cardAt(address) {
  try {
    const response = await fetch(address, {
      headers: { Accept: "text/html" },
      signal: AbortSignal.timeout(PATIENCE),
    });
    return response.ok ? pageFrom(await response.text()).querySelector(".glance") : null;
  } catch {
    return null;
  }
}

/**
 * @param {HTMLElement} panel
 * @param {HTMLElement} link
 */
function show(panel, link) {
  panel.popover = "auto";
  document.body.append(panel);
  link.setAttribute("aria-expanded", "true");
  panel.addEventListener("toggle", (event) => {
    if (/** @type {ToggleEvent} */ (event).newState === "closed") closed(panel);
  });
  panel.addEventListener("pointerenter", () => clearTimeout(timer));
  panel.addEventListener("pointerleave", leave);
  panel.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget instanceof Node && !panel.contains(relatedTarget)) panel.hidePopover();
  });
  panel.querySelector("button")?.addEventListener("click", () => panel.hidePopover());
  panel.showPopover();
  place(panel, link.getBoundingClientRect());
  tell(SHOWN);
}

/**
 * Below the link, or above it where there is more room.
 *
 * @param {HTMLElement} panel
 * @param {DOMRect} link
 */
function place(panel, link) {
  const { offsetWidth: width, offsetHeight: height } = panel;
  const { clientWidth, clientHeight } = document.documentElement;
  const isAbove = link.bottom + GAP + height > clientHeight && link.top > clientHeight - link.bottom;
  const left = Math.max(EDGE, Math.min(link.left, clientWidth - width - EDGE));
  const top = isAbove ? link.top - GAP - height : link.bottom + GAP;
  panel.style.left = `${left + scrollX}px`;
  panel.style.top = `${Math.max(0, top + scrollY)}px`;
}

/** @param {PointerEvent} event */
function leave(event) {
  if (event.pointerType !== "mouse") return;
  clearTimeout(timer);
  timer = window.setTimeout(() => {
    if (open && !open.isHeld && !open.panel.contains(document.activeElement)) open.panel.hidePopover();
  }, LEAVES);
}

/**
 * The focus goes back to the link, if it was in the card; the link may be another one by now.
 *
 * @param {HTMLElement} panel
 */
function closed(panel) {
  const card = open?.panel === panel ? open : null;
  const link = card && linkIn(card.post);
  link?.removeAttribute("aria-expanded");
  const hadFocus = panel.contains(document.activeElement) || document.activeElement === document.body;
  if (card?.isHeld && hadFocus) link?.focus({ preventScroll: true });
  panel.remove();
  if (card) open = null;
}

customElements.define("fire-card", FireCard);
