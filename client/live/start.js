/**
 * Joins the page with its two ways to the server, the socket and the questions over HTTP; decides which one is
 * used; and wakes them when the browser says that the time is right.
 *
 * Browsers may keep a page that was left, alive or as it came over the network, and show it again hours later, with
 * things on it that were removed since. Such a page stays hidden until it has caught up, or for as long as an
 * answer may reasonably take.
 */

import { SEND, STATE, hear, tell } from "../lib/events.js";
import { learnTime } from "../lib/times.js";
import { loadAnew } from "./anew.js";
import { Connection } from "./connection.js";
import { read } from "./messages.js";
import { LivePage } from "./page.js";
import { TOO_MANY } from "./pauses.js";
import { Polling } from "./polling.js";
import { Veil } from "./veil.js";
import { PageViewer } from "./viewer.js";

/** @typedef {import("./messages.js").Message} Message */

const POLL_AFTER = 2; // connections in a row that came to nothing
const VEILED_FOR = 5_000; // milliseconds at most
const DOUBTED_AFTER = 30_000; // milliseconds out of sight
const HIDDEN_SPREAD = 10_000; // milliseconds over which hidden tabs come back when the network does

const OLD_VERSION = 4506;
const BANNED = 4503;
/** Close codes after which the viewer is somebody else, and what to say then. */
const OTHER_VIEWER = new Map([
  [4501, "You are signed out"],
  [4503, "This account is closed or banned. Signing in tells you why, and until when"],
]);

/** @param {HTMLElement | null} root what lives on the page, if anything does */
export function startLive(root) {
  if (root) new Live(root).start();
  else new PageViewer(() => {}).start();
}

class Live {
  #why = "";
  #hiddenAt = performance.now();
  /** Counts how often the page was shown or left: what began before does not go on after. */
  #visits = 0;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.page = new LivePage(
      root,
      (message) => this.connection.send(message),
      (viewer) => !this.#why && this.viewer.compare(viewer),
    );
    this.veil = new Veil(root);
    this.viewer = new PageViewer((why) => this.#end(why));
    this.polling = new Polling(
      () => this.page.where(),
      (message) => this.#take(message),
      () => this.#choose(),
    );
    this.connection = new Connection(`${location.origin.replace(/^http/, "ws")}/live`, {
      hello: () => this.page.hello(),
      question: () => this.page.question(),
      receive: (data) => {
        const message = read(data);
        return message !== null && this.#take(message);
      },
      hasOther: () => this.polling.verdict === "working",
      onChange: () => this.#choose(),
      onRefused: (code) => this.#refused(code),
    });
  }

  start() {
    this.viewer.start();
    if (cameFromMemory()) {
      this.veil.drop();
      this.#comeBack();
    } else {
      this.connection.start();
    }
    hear(SEND, (/** @type {object} */ message) => this.connection.send(message));
    addEventListener("focus", () => this.connection.hurry());
    addEventListener("online", () => setTimeout(() => this.#reconsider(), spread()));
    addEventListener("offline", () => {
      this.connection.doubt();
      this.polling.hurry();
    });
    document.addEventListener("resume", () => this.connection.doubt());
    document.addEventListener("visibilitychange", () => this.#seen());
    addEventListener("pagehide", ({ persisted }) => this.#leave(persisted));
    addEventListener("pageshow", ({ persisted }) => persisted && this.#comeBack());
  }

  /**
   * @param {Message} message
   * @returns {boolean} true for `ready`
   */
  #take(message) {
    if (this.#why) return false;
    if (message.type === "draining") this.connection.expectRestart(message.retry);
    if (message.type === "ready") {
      learnTime(message.now);
      const { viewer, role, moderates = [] } = message;
      if (viewer !== undefined && !this.viewer.compare(String(viewer ?? ""))) return false;
      if (role !== undefined && !this.viewer.compareRole(role, moderates.join(" "))) return false;
    }
    return this.page.take(message);
  }

  /** Which way the news come, and what may be said of it. */
  #choose() {
    const { connection, polling } = this;
    const isLive = connection.phase === "live";
    // Where questions are answered, a socket that may be cut in a moment is not relied on.
    if (isLive && (connection.isTrusted || polling.verdict !== "working")) polling.stop();
    else if (connection.failures >= POLL_AFTER && !this.#why) polling.start();
    tell(STATE, { name: this.#name(), at: Math.max(connection.lastHeard, polling.lastHeard), why: this.#why });
  }

  /** @returns {import("../lib/events.js").State["name"]} */
  #name() {
    const { phase } = this.connection;
    const { verdict } = this.polling;
    if (this.#why) return "stopped";
    if (verdict === "working") return "polling";
    return verdict === "stranger" && phase !== "live" ? "stranger" : phase;
  }

  /** @param {number} code */
  #refused(code) {
    const other = OTHER_VIEWER.get(code);
    if (code === TOO_MANY) this.polling.start();
    else if (other) this.viewer.close(other, code === BANNED);
    else {
      const isOld = code === OLD_VERSION;
      this.#end(isOld ? "This page is out of date, please load it again" : "Not live");
      if (isOld) loadAnew("version");
    }
  }

  /** @param {string} why */
  #end(why) {
    this.#why = why;
    this.connection.stop();
    this.polling.stop();
    this.#choose();
  }

  /** The network may be another one. */
  #reconsider() {
    this.connection.doubt();
    this.connection.hurry();
    this.polling.hurry();
  }

  #seen() {
    if (document.hidden) {
      this.#hiddenAt = performance.now();
      return;
    }
    if (performance.now() - this.#hiddenAt > DOUBTED_AFTER) this.connection.doubt();
    this.connection.hurry();
    this.polling.hurry();
  }

  /**
   * An open socket would keep the browser from keeping the page.
   *
   * @param {boolean} isKept
   */
  #leave(isKept) {
    this.#visits += 1;
    this.connection.stop();
    this.polling.stop();
    if (isKept) this.veil.drop();
  }

  async #comeBack() {
    const visit = (this.#visits += 1);
    if (this.viewer.wake() && !this.#why) {
      this.#choose();
      const patience = new Promise((resolve) => setTimeout(resolve, VEILED_FOR));
      const verdict = await Promise.race([this.#catchUp(), patience]);
      if (visit !== this.#visits) return;
      if (!this.#why) this.connection.start(verdict === "working" ? "catching-up" : "retrying");
    }
    this.veil.lift();
  }

  async #catchUp() {
    const verdict = await this.polling.ask();
    await this.page.settled();
    return verdict;
  }
}

/** On the way back in history, and after their own restart, browsers show stored pages without asking. */
function cameFromMemory() {
  const [navigation] = performance.getEntriesByType("navigation");
  const isBack = navigation instanceof PerformanceNavigationTiming && navigation.type === "back_forward";
  return isBack && navigation.transferSize === 0;
}

/** Hidden tabs let those go first that are looked at. */
function spread() {
  return document.hidden ? Math.random() * HIDDEN_SPREAD : 0;
}
