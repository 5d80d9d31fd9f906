/**
 * What the server's messages do to the page.
 *
 * The page's root says where it stands: `data-epoch`, `data-position` and `data-channels`. Changes that
 * continue a channel are applied; what was seen is ignored; where something is missing the server is asked
 * for it from the channel's own position. What cannot be patched is fetched over HTTP: after `reset`, when a
 * list lacks something, when rights were lost. Until then patches go on arriving, and if the fetched page
 * turns out to be older than what was seen already, the server is asked for the difference.
 */

import { ANSWERED, CHANGED, HERE, REPLACED, TYPING, hear, tell } from "../lib/events.js";
import { holdLine } from "../lib/reading.js";
import { messagesIn, read } from "./messages.js";
import { Patches } from "./patches.js";
import { Positions } from "./positions.js";
import { NoPage, adopt, fetchPage } from "./reload.js";
import { UntilDone } from "./until_done.js";

/** @typedef {import("./messages.js").Message} Message */
/** @typedef {import("./messages.js").Changes} Changes */

const ARRIVING = 4000; // milliseconds that a new thing is marked
const SPREAD = 700; // milliseconds over which readers of the same page fetch it, or they all would at once

export class LivePage {
  #epoch;
  #positions;
  #patches;
  #send;
  #isFor;
  #fetching = new UntilDone(() => this.#fetch());
  #wasReset = false;

  /**
   * @param {HTMLElement} root
   * @param {(message: object) => void} send
   * @param {(viewer: string) => boolean} [isFor] whether this page may go on, now that its part is this viewer's
   */
  constructor(root, send, isFor = () => true) {
    this.root = root;
    this.#send = send;
    this.#isFor = isFor;
    this.#patches = new Patches(root);
    this.#epoch = root.dataset.epoch ?? "";
    this.#positions = positionsOf(root);
    hear(ANSWERED, (/** @type {unknown} */ values) => this.#applyAnswer(messagesIn(values)));
  }

  /** Up to where the page has seen everything. */
  where() {
    return {
      epoch: this.#epoch,
      position: this.#positions.min(),
      channels: this.#positions.channels,
    };
  }

  hello() {
    this.#positions.askAfresh();
    return { type: "hello", ...this.where() };
  }

  /** Something that the server answers at once, though it has told the answer already; null without channels. */
  question() {
    const [channel] = this.#positions.channels;
    if (channel === undefined) return null;
    const position = this.#positions.of(channel);
    return { type: "subscribe", epoch: this.#epoch, channels: [channel], position };
  }

  /**
   * Takes a frame; true for `ready`.
   *
   * @param {unknown} data
   */
  receive(data) {
    const message = read(data);
    return message !== null && this.take(message);
  }

  /**
   * Does what a message says; true for `ready`.
   *
   * @param {Message} message
   */
  take(message) {
    switch (message.type) {
      case "ready":
        if (message.denied.length) this.#drop(message.denied, true);
        return true;
      case "changes":
        this.#follow(message);
        return false;
      case "heartbeat":
        if (!this.#wasReset) this.#positions.advanceAll(message.position);
        return false;
      case "reset":
        this.#wasReset = true;
        this.refill();
        return false;
      case "dropped":
        this.#drop(message.channels, message.purge);
        return false;
      case "here":
        tell(HERE, message);
        return false;
      case "typing":
        tell(TYPING, message);
        return false;
      default:
        return false;
    }
  }

  /**
   * Fetches the live part again, after a moment; a promise of the page being fresh.
   *
   * @param {number} [wait] milliseconds
   */
  refill(wait = Math.random() * SPREAD) {
    return this.#fetching.start(wait);
  }

  /** A promise that everything is done that had to be fetched. */
  settled() {
    return this.#fetching.done;
  }

  /** Fetches the page once; false when it should be tried again. */
  async #fetch() {
    try {
      const fetched = await fetchPage(location.href);
      if (!this.#isFor(fetched.viewer)) return true;
      adopt(this.root, fetched);
      this.#stand();
      tell(REPLACED);
      return true;
    } catch (error) {
      if (!(error instanceof NoPage)) return false;
      location.replace(error.url); // the server says in its own words what is there now
      return true;
    }
  }

  /** Takes over where the fetched page stands. */
  #stand() {
    const old = this.#positions;
    const sameEpoch = this.#epoch === this.root.dataset.epoch;
    this.#epoch = this.root.dataset.epoch ?? "";
    this.#positions = positionsOf(this.root);
    if (!sameEpoch) this.#patches.forget();
    const { channels } = this.#positions;
    const left = old.channels.filter((channel) => !channels.includes(channel));
    if (left.length) this.#send({ type: "unsubscribe", channels: left });
    const isBehind = this.#wasReset || this.#positions.min() < old.max();
    this.#ask(channels.filter((channel) => isBehind || !old.channels.includes(channel)));
    this.#wasReset = false;
  }

  /** @param {Changes} changes */
  #follow(changes) {
    const verdict = this.#positions.judge(changes);
    if (verdict === "gap") this.#ask([changes.channel]);
    if (verdict !== "apply") return;
    this.#apply(changes.patches);
    this.#positions.advance(changes.channel, changes.position);
  }

  /**
   * The same patches come by the socket too, which alone moves the positions.
   *
   * @param {Message[]} answer
   */
  #applyAnswer(answer) {
    for (const message of answer) {
      const isOurs = message.type === "changes" && this.#positions.channels.includes(message.channel);
      if (isOurs) this.#apply(message.patches);
    }
  }

  /** @param {Changes["patches"]} patches */
  #apply(patches) {
    const outcome = holdLine(
      this.root,
      (leave) => this.#patches.apply(patches, leave),
      ({ moved }) => moved,
    );
    for (const { classList } of outcome.inserted) setTimeout(() => classList.remove("arriving"), ARRIVING);
    tell(CHANGED, outcome);
    if (outcome.gone) this.#purge();
    else if (outcome.incomplete) this.refill();
  }

  /** @param {string[]} channels each is asked for once until it is answered */
  #ask(channels) {
    const asked = channels.filter((channel) => this.#positions.ask(channel));
    const position = Math.min(...asked.map((channel) => this.#positions.of(channel)));
    if (asked.length) this.#send({ type: "subscribe", epoch: this.#epoch, channels: asked, position });
  }

  /**
   * @param {string[]} channels
   * @param {boolean} purge
   */
  #drop(channels, purge) {
    const ours = channels.filter((channel) => this.#positions.channels.includes(channel));
    for (const channel of ours) this.#positions.drop(channel);
    if (ours.length && purge) this.#purge();
    else if (ours.length) this.refill();
  }

  /** Takes everything off the page at once; what the viewer may still see comes from the server. */
  #purge() {
    const line = document.createElement("p");
    line.className = "empty";
    line.textContent = "What was here is not available any more.";
    this.root.replaceChildren(line);
    this.refill();
  }
}

/** @param {HTMLElement} root */
function positionsOf(root) {
  const channels = (root.dataset.channels ?? "").split(" ").filter(Boolean);
  return new Positions(channels, Number(root.dataset.position));
}
