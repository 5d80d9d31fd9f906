/**
 * `<fire-pager data-page="3">`: the pager around a topic's pages grows with the topic.
 */

import { CHANGED, hear } from "../lib/events.js";

class FirePager extends HTMLElement {
  #ending = new AbortController();

  connectedCallback() {
    this.#ending = new AbortController();
    hear(CHANGED, () => this.#grow(), this.#ending.signal);
  }

  disconnectedCallback() {
    this.#ending.abort();
  }

  #grow() {
    const head = document.querySelector(".topic-head[data-pages]");
    const pages = Number(head?.getAttribute("data-pages") ?? 0);
    if (!pages) return;
    const page = Number(this.dataset.page);
    this.hidden = pages === 1 && page === 1;
    const shown = this.querySelector("[data-pages]");
    if (shown) shown.textContent = String(pages);
    this.querySelector("input[name=page]")?.setAttribute("max", String(pages));
    this.#link("a[rel=next]", page + 1, page < pages);
    this.#link("a.pager-last", pages, page < pages);
  }

  /**
   * @param {string} selector
   * @param {number} page where it leads
   * @param {boolean} applies
   */
  #link(selector, page, applies) {
    const link = this.querySelector(selector);
    if (!(link instanceof HTMLAnchorElement)) return;
    link.href = pageAddress(page);
    link.hidden = !applies;
  }
}

/**
 * The address of another page of what is shown here.
 *
 * @param {number} page
 */
export function pageAddress(page) {
  return page <= 1 ? location.pathname : `${location.pathname}?page=${page}`;
}

customElements.define("fire-pager", FirePager);
