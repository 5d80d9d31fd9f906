/**
 * A quiet offer below what one writes: numbers to call, when the text speaks of harm. The server knows the
 * words, and is asked when one pauses. It keeps nothing of it, and nothing here ever holds a post up.
 */

import { pageFrom } from "../live/markup.js";

const ASK_AFTER = 1500; // milliseconds without typing
const LEAST = 8; // characters: less says nothing yet

export class ComposerHelp {
  #timer = 0;
  #asked = "";

  /** @param {HTMLFormElement | null} form */
  constructor(form) {
    this.form = form;
    this.place = form?.querySelector(".composer-help");
  }

  askSoon() {
    clearTimeout(this.#timer);
    if (!this.place) return;
    this.#timer = window.setTimeout(() => this.#ask(), ASK_AFTER);
  }

  /** @param {unknown} html from the server; empty takes away what is shown */
  show(html) {
    clearTimeout(this.#timer);
    if (typeof html === "string") this.place?.replaceChildren(...pageFrom(html).body.childNodes);
  }

  stop() {
    clearTimeout(this.#timer);
  }

  async #ask() {
    const written = new FormData(this.form ?? undefined);
    const texts = ["title", "body"].map((name) => [name, String(written.get(name) ?? "")]);
    const asked = texts.map(([, text]) => text).join("\n");
    if (asked === this.#asked || asked.trim().length < LEAST) return;
    this.#asked = asked;
    try {
      const answer = await fetch("/help-lines/check", { method: "POST", body: new URLSearchParams(texts) });
      const html = answer.ok ? await answer.text() : null;
      if (html !== null && asked === this.#asked) this.show(html);
    } catch {
      // Without a connection nothing is offered; the post itself will have its answer.
    }
  }
}
