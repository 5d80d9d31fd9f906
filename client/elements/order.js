/**
 * `<fire-order>` around sections of categories: they can be dragged by a handle, over the edge of a section too.
 *
 * Without a script, and for who does not drag, there are the arrows, which are forms of their own. A drag is one
 * too: the whole new order is sent when the category is let go. While it is dragged, the others make room.
 */

import { send } from "../lib/writes.js";

const SAVED = "Saved. Everyone sees this order already.";
const EDGE = 60; // pixels from the window's edge where the page scrolls along
const STEP = 12; // pixels a frame

class FireOrder extends HTMLElement {
  connectedCallback() {
    for (const thing of this.querySelectorAll("[data-category]")) this.#giveHandle(/** @type {HTMLElement} */ (thing));
  }

  /** @param {HTMLElement} thing */
  #giveHandle(thing) {
    const handle = document.createElement("span");
    handle.className = "handle";
    handle.ariaHidden = "true"; // the arrows do the same for who cannot drag
    handle.title = "Drag";
    thing.prepend(handle);
    handle.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      this.#drag(thing);
    });
  }

  /**
   * The window hears the pointer: an element that is put elsewhere loses it.
   *
   * @param {HTMLElement} thing
   */
  #drag(thing) {
    const before = this.#order();
    const ending = new AbortController();
    const { signal } = ending;
    const back = { list: thing.parentElement, next: thing.nextElementSibling };
    thing.classList.add("dragged");
    const move = (/** @type {PointerEvent} */ event) => {
      scrollAlong(event.clientY);
      this.#place(thing, event.clientY);
    };
    const end = (/** @type {boolean} */ isKept) => {
      ending.abort();
      thing.classList.remove("dragged");
      if (!isKept) back.list?.insertBefore(thing, back.next);
      else if (this.#order() !== before) this.#save();
    };
    addEventListener("pointermove", move, { signal });
    addEventListener("pointerup", () => end(true), { signal });
    addEventListener("pointercancel", () => end(false), { signal });
    addEventListener("keydown", ({ key }) => key === "Escape" && end(false), { signal });
  }

  /**
   * Puts the thing before the first one whose middle is below the pointer, in the section that is under it.
   *
   * @param {HTMLElement} thing
   * @param {number} y
   */
  #place(thing, y) {
    const sections = [...this.querySelectorAll("[data-section]")];
    const section = sections.find((one) => one.getBoundingClientRect().bottom > y) ?? sections.at(-1);
    const list = section?.querySelector("ol");
    if (!list) return;
    const others = [...list.children].filter((one) => one !== thing);
    const next = others.find((one) => y < middleOf(one)) ?? null;
    if (next !== thing.nextElementSibling || thing.parentElement !== list) list.insertBefore(thing, next);
  }

  /** Sections with their categories, as `actions/board_shape.arrange` reads them. */
  #order() {
    const sections = [...this.querySelectorAll("[data-section]")].map((section) => {
      const things = [...section.querySelectorAll("[data-category]")];
      const ids = things.map((thing) => thing.getAttribute("data-category"));
      return `${section.getAttribute("data-section")}:${ids.join(",")}`;
    });
    return sections.join(";");
  }

  async #save() {
    const form = this.querySelector("form");
    const field = form?.querySelector("input");
    if (!form || !field) return;
    field.value = this.#order();
    const result = await send(form);
    if (result.kind === "saved") this.#say(SAVED);
    else if (result.kind === "unexpected") form.submit();
    else this.#say(result.kind === "refused" ? (result.fields.get("order") ?? result.message) : result.why);
  }

  /** @param {string} words */
  #say(words) {
    const line = this.querySelector(".order-says");
    if (line) line.textContent = words;
  }
}

/** @param {Element} thing */
function middleOf(thing) {
  const { top, height } = thing.getBoundingClientRect();
  return top + height / 2;
}

/** @param {number} y */
function scrollAlong(y) {
  if (y < EDGE) scrollBy(0, -STEP);
  else if (y > innerHeight - EDGE) scrollBy(0, STEP);
}

customElements.define("fire-order", FireOrder);
