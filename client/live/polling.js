/**
 * The fallback where no socket stays open: behind proxies that cut it, or with too many pages open. It asks
 * for the same messages over HTTP, now and then; less often in a hidden tab, and not at all offline.
 *
 * What answers may be something else: a hotel's page that wants a room number answers for everybody. Only
 * messages as the board says them are an answer.
 */

import { messagesIn } from "./messages.js";

/** @typedef {import("./messages.js").Message} Message */
/** @typedef {{epoch: string, position: number, channels: string[]}} Where */

/** @typedef {"working" | "unreachable" | "stranger"} Verdict what the last answer came from */

const EVERY = 20_000; // milliseconds from one answer to the next question
const EVERY_HIDDEN = 120_000; // milliseconds, in a tab that nobody looks at
const PATIENCE = 15_000; // milliseconds until an answer counts as lost
const SERVER_FAILURE = 500; // HTTP statuses from here on come from a server in trouble, or its proxy
const SIGN_IN_TO_NETWORK = 511; // RFC 6585, section 6
const TOO_MANY_REQUESTS = 429;

export class Polling {
  #timer = 0;
  #isRunning = false;
  /** @type {Promise<Verdict> | null} */
  #asking = null;
  #askedAt = -Infinity; // by performance.now()
  #lastHeard = 0;
  /** @type {Verdict | null} */
  #verdict = null;

  /**
   * @param {() => Where} where where the page stands
   * @param {(message: Message) => unknown} take
   * @param {() => void} onChange the verdict may be another
   */
  constructor(where, take, onChange) {
    this.where = where;
    this.take = take;
    this.onChange = onChange;
  }

  /** What the last question while running showed; null while it does not run. */
  get verdict() {
    return this.#isRunning ? this.#verdict : null;
  }

  /** When the server was heard last, by the wall clock. */
  get lastHeard() {
    return this.#lastHeard;
  }

  start() {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#verdict = null;
    this.#go();
  }

  stop() {
    this.#isRunning = false;
    clearTimeout(this.#timer);
  }

  /** Something says that now is a good moment to ask, or that there is no network to ask by. */
  hurry() {
    const isDue = performance.now() - this.#askedAt > EVERY / 2;
    if (this.#isRunning && (isDue || !navigator.onLine)) this.#go();
  }

  /** Asks once, running or not. Who asks meanwhile gets the same answer. */
  ask() {
    this.#askedAt = performance.now();
    this.#asking ??= this.#hear().finally(() => (this.#asking = null));
    return this.#asking;
  }

  async #go() {
    clearTimeout(this.#timer);
    if (navigator.onLine) this.#verdict = await this.ask();
    if (!navigator.onLine) {
      this.#verdict = "unreachable";
      this.#askedAt = -Infinity; // once there is a network again, the next question is due
    }
    if (!this.#isRunning) return;
    this.onChange();
    clearTimeout(this.#timer);
    const pause = document.hidden ? EVERY_HIDDEN : EVERY;
    this.#timer = window.setTimeout(() => this.#go(), pause * (0.8 + Math.random() * 0.4));
  }

  /** @returns {Promise<Verdict>} */
  async #hear() {
    const asked = this.where();
    const query = new URLSearchParams({
      epoch: asked.epoch,
      position: String(asked.position),
      channels: asked.channels.join(","),
    });
    try {
      const answer = await fetch(`/live?${query}`, {
        headers: { Accept: "application/json" },
        redirect: "manual",
        signal: AbortSignal.timeout(PATIENCE),
      });
      if (!answer.ok) return verdictOn(answer);
      const messages = messagesIn(await answer.json().catch(() => null));
      const ready = messages.find((message) => message.type === "ready");
      if (!ready) return "stranger";
      this.#lastHeard = Date.now();
      this.#tell(asked, ready.position, messages);
      return "working";
    } catch {
      return "unreachable";
    }
  }

  /**
   * @param {Where} asked
   * @param {number} position up to which the answer speaks
   * @param {Message[]} messages
   */
  #tell(asked, position, messages) {
    if (this.where().epoch !== asked.epoch) return; // history was lost meanwhile, and the page knows already
    for (const message of messages) this.take(message);
    const { channels } = this.where();
    const isSame = channels.every((channel) => asked.channels.includes(channel));
    if (isSame) this.take({ type: "heartbeat", position });
  }
}

/**
 * @param {Response} answer not a success
 * @returns {Verdict}
 */
function verdictOn({ status }) {
  const isTrouble = status >= SERVER_FAILURE || status === TOO_MANY_REQUESTS;
  return isTrouble && status !== SIGN_IN_TO_NETWORK ? "unreachable" : "stranger";
}
