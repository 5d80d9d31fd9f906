/**
 * The fallback where no socket stays open: behind proxies that cut it, or with too many pages open. It asks
 * for the same messages over HTTP, now and then, and only while the page is looked at.
 */

import { messagesIn } from "./messages.js";

/** @typedef {import("./messages.js").Message} Message */

const EVERY = 20_000; // milliseconds from one answer to the next question
const PATIENCE = 15_000; // milliseconds until an answer counts as lost

export class Polling {
  #timer = 0;
  #isRunning = false;
  #heardAt = Date.now();

  /**
   * @param {() => {epoch: string, position: number, channels: string[]}} hello where the page stands
   * @param {(message: Message) => unknown} take
   * @param {(state: import("../lib/events.js").State) => void} onState
   */
  constructor(hello, take, onState) {
    this.hello = hello;
    this.take = take;
    this.onState = onState;
  }

  get isRunning() {
    return this.#isRunning;
  }

  start() {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#ask();
  }

  stop() {
    this.#isRunning = false;
    clearTimeout(this.#timer);
  }

  async #ask() {
    if (!document.hidden) {
      const isHeard = await this.#hear();
      if (isHeard) this.#heardAt = Date.now();
      if (this.#isRunning) this.onState({ name: isHeard ? "polling" : "retrying", at: this.#heardAt });
    }
    if (this.#isRunning)
      this.#timer = window.setTimeout(() => this.#ask(), EVERY * (0.9 + Math.random() / 5));
  }

  async #hear() {
    const { epoch, position, channels } = this.hello();
    const query = new URLSearchParams({ epoch, position: String(position), channels: channels.join(",") });
    try {
      const answer = await fetch(`/live?${query}`, {
        headers: { Accept: "application/json" },
        signal: AbortSignal.timeout(PATIENCE),
      });
      if (!answer.ok) return false;
      const messages = messagesIn(await answer.json());
      if (!this.#isRunning) return true; // a socket was faster, and asked for the same
      for (const message of messages) this.take(message);
      const ready = messages.find(({ type }) => type === "ready");
      if (ready?.type === "ready") this.take({ type: "heartbeat", position: ready.position });
      return true;
    } catch {
      return false;
    }
  }
}
