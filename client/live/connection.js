/**
 * The socket's life: connecting, coming back, and noticing death.
 *
 * After a loss it comes back after a random part of a doubling time ("full jitter"), so that ten thousand
 * readers of a server that restarts do not come at once. A socket may say OPEN and be dead, and a hidden
 * tab's timers run once a minute; so whether it lives is judged by the time of the last message, whenever
 * there is an occasion to ask: a timer, the tab that is looked at again, the network that is back. Close
 * codes from 4500 on mean that coming back would change nothing; the rest is weather.
 */

/** @typedef {import("../lib/events.js").State} State */

/**
 * @typedef {object} Talk what the connection is for
 * @property {() => object} hello the first message of each connection
 * @property {(data: unknown) => boolean} receive takes a frame; true when it is `ready`
 * @property {(state: State) => void} onState
 * @property {(code: number, at: number) => void} onRefused the server wants no more connections of this page
 */

const BASE = 500; // milliseconds; the first wait is a random part of it
const CAP = 30_000; // milliseconds
const DEAD_AFTER = 60_000; // milliseconds without a message; the server beats every 25 s
const OPEN_WITHIN = 10_000; // milliseconds for a handshake and `ready`
const LOOK_EVERY = 5_000; // milliseconds between two looks at the clock
const PATIENT = new Map([
  [4013, 4],
  [4029, 4],
]); // close codes after which the first wait is longer: doublings
const STEADY_AFTER = 10_000; // milliseconds; a connection that lived this long makes the waits short again
const FINAL = 4500; // close codes from here on end it

export class Connection {
  /** @type {WebSocket | null} */
  #socket = null;
  #attempts = 0;
  #failures = 0;
  #ready = false;
  #wanted = false;
  #startedAt = 0;
  #heardAt = Date.now();
  #retry = 0;
  #clock = 0;

  /**
   * @param {string} url ws: or wss:
   * @param {Talk} talk
   */
  constructor(url, talk) {
    this.url = url;
    this.talk = talk;
  }

  /** Connections in a row that were lost before the server had said `ready`. */
  get failures() {
    return this.#failures;
  }

  start() {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#clock = window.setInterval(() => this.check(), LOOK_EVERY);
    this.#connect();
  }

  /** Ends it without a word; `start` begins anew. */
  stop() {
    this.#wanted = false;
    clearInterval(this.#clock);
    clearTimeout(this.#retry);
    this.#letGo(1000);
  }

  /**
   * Sends when connected; otherwise `hello` will say it all.
   *
   * @param {object} message
   */
  send(message) {
    if (this.#ready) this.#socket?.send(JSON.stringify(message));
  }

  /** Looks at the clock: a silent socket is dead, whatever it says of itself. */
  check() {
    if (!this.#socket) return;
    const silent = this.#ready
      ? Date.now() - this.#heardAt > DEAD_AFTER
      : Date.now() - this.#startedAt > OPEN_WITHIN;
    if (silent) this.#lost(0);
  }

  /** Something says that now is a good moment: the tab is looked at, or the network is back. */
  hurry() {
    this.check();
    if (!this.#wanted || this.#socket) return;
    clearTimeout(this.#retry);
    this.#connect();
  }

  #connect() {
    const socket = new WebSocket(this.url);
    this.#socket = socket;
    this.#startedAt = Date.now();
    const alive = () => this.#socket === socket;
    socket.onopen = () => {
      if (!alive()) return;
      this.#tell("catching-up");
      socket.send(JSON.stringify(this.talk.hello()));
    };
    socket.onmessage = ({ data }) => {
      if (!alive()) return;
      this.#heardAt = Date.now();
      if (!this.talk.receive(data)) return;
      this.#ready = true;
      this.#failures = 0;
      this.#tell("live");
    };
    socket.onclose = ({ code }) => {
      if (alive()) this.#lost(code);
    };
  }

  /** @param {number} code why it closed; 0 when it died in silence */
  #lost(code) {
    if (this.#ready && Date.now() - this.#startedAt > STEADY_AFTER) this.#attempts = 0;
    if (!this.#ready) this.#failures += 1;
    this.#letGo(4000);
    if (!this.#wanted) return;
    if (code >= FINAL && code < FINAL + 100) {
      this.stop();
      this.talk.onRefused(code, this.#heardAt);
      return;
    }
    this.#attempts = Math.max(this.#attempts, PATIENT.get(code) ?? 0);
    this.#tell("retrying");
    const wait = Math.random() * Math.min(CAP, BASE * 2 ** this.#attempts);
    this.#attempts += 1;
    this.#retry = window.setTimeout(() => this.#connect(), wait);
  }

  /** @param {number} code for the other side */
  #letGo(code) {
    const socket = this.#socket;
    this.#socket = null;
    this.#ready = false;
    socket?.close(code);
  }

  /** @param {State["name"]} name */
  #tell(name) {
    this.talk.onState({ name, at: this.#heardAt });
  }
}
