/**
 * The list of notices: those that were looked at count as read when the page is left, so that what is new stays
 * marked while it is being read. Without JavaScript there is the button.
 */

const LOOKED_AT = 1500; // milliseconds on screen

class Notices extends HTMLElement {
  #timer = 0;
  #seen = 0;

  connectedCallback() {
    this.#watch();
    document.addEventListener("visibilitychange", this.#watch);
    addEventListener("pagehide", this.#tell);
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
    document.removeEventListener("visibilitychange", this.#watch);
    removeEventListener("pagehide", this.#tell);
  }

  #watch = () => {
    clearInterval(this.#timer);
    if (document.visibilityState === "visible") this.#timer = window.setInterval(this.#look, LOOKED_AT);
    else this.#tell();
  };

  #look = () => {
    const numbers = [...document.querySelectorAll(".notice-row.unread")].map((row) =>
      Number(row.id.replace("notice-", "")),
    );
    this.#seen = Math.max(this.#seen, ...numbers);
    if (this.#seen) this.dataset.seen = String(this.#seen);
  };

  #tell = () => {
    if (this.#seen === 0) return;
    const body = new URLSearchParams({ up_to: String(this.#seen) });
    this.#seen = 0;
    // A refusal is nothing to tell of: then they stay unread.
    fetch("/notices/read", {
      method: "POST",
      headers: { Accept: "application/json" },
      body,
      keepalive: true,
    }).catch(() => {});
  };
}

customElements.define("fire-notices", Notices);
