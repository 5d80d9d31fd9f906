/**
 * The moderators' queue: who opens a case looks at it, and the others see that until he closes it, leaves the
 * page, or does nothing for some minutes. Without JavaScript there is a button for it.
 */

const AGAIN = 120_000; // milliseconds: while a case is open and on screen, it is said again
const TICK = 5_000; // milliseconds after which what is over is taken away

class Cases extends HTMLElement {
  #timers = [0];

  connectedCallback() {
    this.dataset.ready = "";
    this.addEventListener("toggle", this.#toggled, true);
    addEventListener("pagehide", this.#leave);
    this.#timers = [window.setInterval(this.#repeat, AGAIN), window.setInterval(this.#tidy, TICK)];
  }

  disconnectedCallback() {
    removeEventListener("pagehide", this.#leave);
    for (const timer of this.#timers) clearInterval(timer);
  }

  /** @param {Event} event */
  #toggled = ({ target }) => {
    if (!(target instanceof HTMLDetailsElement) || !target.dataset.look) return;
    // What a patch put in the place of an open one is opened again: that is no news.
    const { look = "", away = "" } = target.dataset;
    if (target.open && this.#isFree(target)) say(look);
    else if (!target.open) say(away);
  };

  #repeat = () => {
    if (document.visibilityState !== "visible") return;
    for (const open of this.#open()) if (this.#isMine(open)) say(open.dataset.look ?? "");
  };

  #leave = () => {
    for (const open of this.#open()) if (this.#isMine(open)) say(open.dataset.away ?? "");
  };

  /** Takes away what has not been said again. */
  #tidy = () => {
    for (const line of this.querySelectorAll(".looking"))
      if (line instanceof HTMLElement) line.hidden = Number(line.dataset.until) < Date.now();
  };

  #open() {
    return [...this.querySelectorAll("details[data-look][open]")].filter(
      (open) => open instanceof HTMLDetailsElement,
    );
  }

  /** @param {HTMLElement} more */
  #isMine(more) {
    return this.#looking(more)?.dataset.member === this.dataset.member;
  }

  /** @param {HTMLElement} more */
  #isFree(more) {
    const line = this.#looking(more);
    return line === null || line.hidden;
  }

  /**
   * @param {HTMLElement} more
   * @returns {HTMLElement | null}
   */
  #looking(more) {
    return more.closest(".case")?.querySelector(".looking") ?? null;
  }
}

/** @param {string} address */
function say(address) {
  // A refusal is nothing to tell of: the case is settled, and leaves the list.
  fetch(address, { method: "POST", headers: { Accept: "application/json" }, keepalive: true }).catch(() => {});
}

customElements.define("fire-cases", Cases);
