/**
 * A veil over the live part while it is not known whether what stands there may still be read. Everything
 * keeps its place under it, and who was writing goes on where the cursor was.
 */

export class Veil {
  /** @type {Element | null} */
  #focused = null;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
  }

  drop() {
    const { activeElement } = document;
    this.#focused = activeElement && this.root.contains(activeElement) ? activeElement : null;
    this.root.ariaBusy = "true";
    this.root.style.visibility = "hidden";
  }

  lift() {
    this.root.ariaBusy = null;
    this.root.style.visibility = "";
    const hasFocus = document.activeElement !== document.body;
    if (!hasFocus && this.#focused instanceof HTMLElement) this.#focused.focus({ preventScroll: true });
    this.#focused = null;
  }
}
