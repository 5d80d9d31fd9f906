/**
 * The socket's life: connecting, coming back (`pauses.js`), and noticing death.
 *
 * A socket may say OPEN and be dead, and a hidden tab's timers run once a minute; so whether it lives is
 * judged by the time of the last message, whenever there is an occasion to look: a timer, the tab that is
 * looked at again, the network that is back. When something may have cut it without a word, waiting a
 * minute for silence is too long: then it is asked to prove itself. After a sleep it is replaced at once.
 *
 * A way that lets sockets open but not live (a proxy that cuts them, or swallows what is said) is counted as
 * failed too. Close codes of the server's own are no failure of the way, and offline there is none.
 */

import { Clocks } from "./clocks.js";
import { Pauses, TOO_MANY } from "./pauses.js";

/** @typedef {"catching-up" | "live" | "restarting" | "retrying"} Phase */

/**
 * @typedef {object} Talk what the connection is for
 * @property {() => object} hello the first message of each connection
 * @property {() => object | null} question a message that the server answers at once, if there is one
 * @property {(data: unknown) => boolean} receive takes a frame; true when it is `ready`
 * @property {() => boolean} hasOther whether news come on another way
 * @property {() => void} onChange phase, failures or trust have changed
 * @property {(code: number) => void} onRefused the server wants no more connections of this page
 */

const DEAD_AFTER = 60_000; // milliseconds without a message; the server beats every 25 s
const OPEN_WITHIN = 10_000; // milliseconds for a handshake and `ready`
const PROOF_WITHIN = 4_000; // milliseconds for the answer to a question
const WORRY_AFTER = 1_000; // milliseconds of waiting for it before the line says so
const LOOK_EVERY = 4_000; // milliseconds between two looks at the clock: with the way back, below 65 s of silence
const STEADY_AFTER = 10_000; // milliseconds; who is heard later than that after `ready` is no fleeting guest
const HIDDEN_SPREAD = 10_000; // milliseconds over which a window's hidden tabs come back after a sleep
const RESTARTS = new Set([1012, 4000]); // the server went in an orderly way
const GOING_AWAY = 1001;
const OWN = 4000; // close codes from here on are the server's
const FINAL = 4500; // close codes from here on, save one, end it

export class Connection {
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {Phase} */
  #phase = "catching-up";
  #pauses = new Pauses();
  #clocks = new Clocks();
  #failures = 0;
  #isReady = false;
  #isWanted = false;
  /** Whether the way here has let a socket open but not live. */
  #wasFleeting = false;
  // By performance.now():
  #startedAt = 0;
  #readyAt = 0;
  #heardAt = 0;
  /** When the open question was asked; NaN without one. */
  #askedAt = NaN;
  #lastHeard = Date.now();
  // Timers:
  #retry = 0;
  #looking = 0;
  #worry = 0;

  /**
   * @param {string} url ws: or wss:
   * @param {Talk} talk
   */
  constructor(url, talk) {
    this.url = url;
    this.talk = talk;
  }

  get phase() {
    return this.#phase;
  }

  /** When the server was heard last, by the wall clock. */
  get lastHeard() {
    return this.#lastHeard;
  }

  /** Connections in a row that the way here did not let live. */
  get failures() {
    return this.#failures;
  }

  /** Whether it will last: one that was ready and cut makes those after it prove that they live longer. */
  get isTrusted() {
    return this.#isReady && (this.#isSteady || !this.#wasFleeting);
  }

  /** @param {Phase} [phase] what may be said until it is live */
  start(phase = "catching-up") {
    if (this.#isWanted) return;
    this.#isWanted = true;
    this.#phase = phase;
    this.#clocks.haveJumped(); // while nobody looked
    this.#looking = window.setInterval(() => this.check(), LOOK_EVERY);
    this.#plan(this.#pauses.left);
  }

  /** Ends it without a word; `start` begins anew. */
  stop() {
    this.#isWanted = false;
    clearInterval(this.#looking);
    clearTimeout(this.#retry);
    this.#letGo(1000);
    this.#phase = "catching-up"; // which is what comes after a stop
  }

  /**
   * Sends when connected; otherwise `hello` will say it all.
   *
   * @param {object} message
   */
  send(message) {
    if (this.#isReady) this.#socket?.send(JSON.stringify(message));
  }

  /** Looks at the clocks: a silent socket is dead, whatever it says of itself. */
  check() {
    const hasJumped = this.#clocks.haveJumped();
    if (!this.#socket) return;
    const now = performance.now();
    if (hasJumped) this.#renew();
    else if (!this.#isReady ? now - this.#startedAt > OPEN_WITHIN : this.#isSilent(now)) this.#lost(0);
  }

  /** Something may have cut it unnoticed: asks it to prove that it lives. */
  doubt() {
    this.check();
    if (!this.#isReady || !Number.isNaN(this.#askedAt)) return;
    const question = this.talk.question();
    if (!question) return this.#renew();
    this.#askedAt = performance.now();
    this.send(question);
    this.#worry = window.setTimeout(() => {
      this.#enter("catching-up");
      this.#worry = window.setTimeout(() => this.check(), PROOF_WITHIN - WORRY_AFTER + 1);
    }, WORRY_AFTER);
  }

  /** Something says that now is a good moment to come back. */
  hurry() {
    this.check();
    if (this.#isWanted && !this.#socket && !this.#pauses.left) this.#plan(0);
  }

  /**
   * The server has said that it is about to restart.
   *
   * @param {number[]} range seconds after its closing between which it wants its readers back
   */
  expectRestart(range) {
    this.#pauses.expectRestart(range);
    this.#enter("restarting");
  }

  /** Whether it has been heard long enough after it was ready: a slow handshake proves nothing. */
  get #isSteady() {
    return this.#isReady && this.#heardAt - this.#readyAt > STEADY_AFTER;
  }

  /** @param {number} now */
  #isSilent(now) {
    const isAsked = !Number.isNaN(this.#askedAt);
    return isAsked ? now - this.#askedAt > PROOF_WITHIN : now - this.#heardAt > DEAD_AFTER;
  }

  /** @param {number} wait milliseconds */
  #plan(wait) {
    clearTimeout(this.#retry);
    if (wait) this.#retry = window.setTimeout(() => this.#connect(), wait);
    else this.#connect();
  }

  #connect() {
    const socket = new WebSocket(this.url);
    this.#socket = socket;
    this.#startedAt = performance.now();
    const isCurrent = () => this.#socket === socket;
    socket.onopen = () => {
      if (!isCurrent()) return;
      this.#enter("catching-up");
      socket.send(JSON.stringify(this.talk.hello()));
    };
    socket.onmessage = ({ data }) => {
      if (isCurrent()) this.#hear(data);
    };
    socket.onclose = ({ code }) => {
      if (isCurrent()) this.#lost(code);
    };
  }

  /** @param {unknown} data */
  #hear(data) {
    const wasSteady = this.#isSteady;
    this.#heardAt = performance.now();
    this.#lastHeard = Date.now();
    this.#stopAsking();
    if (this.talk.receive(data) && !this.#isReady) {
      this.#isReady = true;
      this.#readyAt = this.#heardAt;
    }
    if (!this.#isReady) return; // or the page was left meanwhile
    if (this.#phase === "catching-up") this.#enter("live");
    if (wasSteady || !this.#isSteady) return;
    this.#failures = 0;
    this.#wasFleeting = false;
    this.#pauses.reset();
    this.talk.onChange();
  }

  /** A socket that may be dead gives way to a new one, without waiting for the answer. */
  #renew() {
    this.#letGo(OWN);
    if (this.#isWanted) this.#plan(document.hidden ? Math.random() * HIDDEN_SPREAD : 0);
  }

  /** @param {number} code why it closed; 0 when it died in silence */
  #lost(code) {
    const isServers = code >= OWN || code === GOING_AWAY || RESTARTS.has(code);
    if (!isServers && !this.#isSteady && navigator.onLine) {
      this.#failures += 1;
      this.#wasFleeting ||= this.#isReady;
    }
    const isRestart = RESTARTS.has(code) || (this.#isReady && this.#phase === "restarting");
    this.#letGo(OWN);
    if (!this.#isWanted) return;
    if (code >= FINAL && code < FINAL + 100 && code !== TOO_MANY) {
      this.stop();
      this.talk.onRefused(code);
      return;
    }
    this.#plan(this.#pauses.after(code, this.talk.hasOther()));
    this.#enter(isRestart ? "restarting" : "retrying");
    if (code === TOO_MANY) this.talk.onRefused(code);
  }

  /** @param {number} code for the other side */
  #letGo(code) {
    const socket = this.#socket;
    this.#socket = null;
    this.#isReady = false;
    this.#stopAsking();
    socket?.close(code);
  }

  #stopAsking() {
    this.#askedAt = NaN;
    clearTimeout(this.#worry);
  }

  /** @param {Phase} phase */
  #enter(phase) {
    this.#phase = phase;
    this.talk.onChange();
  }
}
