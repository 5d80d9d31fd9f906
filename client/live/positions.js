/**
 * How far this page has seen each of its channels.
 *
 * A `changes` message says which position of its channel it continues (`after`) and where it ends
 * (`position`), so every message is either the next one, one that was seen already, or proof that something
 * is missing. Towards the server one number is enough: the smallest. A heartbeat raises all channels, because
 * everything up to it has been told; but not while a channel waits for what it missed, or the heartbeat would
 * make the missing changes look like duplicates. The server answers a browser's messages in order, so that
 * after the second heartbeat a request must have been answered, if only by silence.
 */

/** Heartbeats after which a request without an answer counts as answered with nothing. */
const BEATS_TO_ANSWER = 2;

export class Positions {
  /** @type {Map<string, number>} */
  #seen = new Map();
  /** Channels whose missing changes were asked for, and the heartbeats since. @type {Map<string, number>} */
  #asked = new Map();

  /**
   * @param {Iterable<string>} channels
   * @param {number} position where the page was rendered
   */
  constructor(channels, position) {
    for (const channel of channels) this.#seen.set(channel, position);
  }

  get channels() {
    return [...this.#seen.keys()];
  }

  /** The position from which nothing is missing on any channel; 0 without channels. */
  min() {
    return this.#seen.size ? Math.min(...this.#seen.values()) : 0;
  }

  /** The newest position seen on any channel. */
  max() {
    return Math.max(0, ...this.#seen.values());
  }

  /** @param {string} channel */
  of(channel) {
    return this.#seen.get(channel) ?? 0;
  }

  /**
   * @param {{channel: string, after: number, position: number}} changes
   * @returns {"apply" | "ignore" | "gap"}
   */
  judge({ channel, after, position }) {
    const seen = this.#seen.get(channel);
    if (seen === undefined || position <= seen) return "ignore";
    return after > seen ? "gap" : "apply";
  }

  /**
   * After applying a channel's changes: it has been seen up to here, and waits for nothing any more.
   *
   * @param {string} channel
   * @param {number} position
   */
  advance(channel, position) {
    this.#asked.delete(channel);
    const seen = this.#seen.get(channel);
    if (seen !== undefined && position > seen) this.#seen.set(channel, position);
  }

  /**
   * A heartbeat: everything up to `position` has been told.
   *
   * @param {number} position
   */
  advanceAll(position) {
    for (const [channel, beats] of this.#asked) {
      if (beats + 1 >= BEATS_TO_ANSWER) this.#asked.delete(channel);
      else this.#asked.set(channel, beats + 1);
    }
    if (this.#asked.size) return;
    for (const channel of this.#seen.keys()) this.advance(channel, position);
  }

  /**
   * Notes that a channel's missing changes are being asked for; false when they already are.
   *
   * @param {string} channel
   */
  ask(channel) {
    if (this.#asked.has(channel)) return false;
    this.#asked.set(channel, 0);
    return true;
  }

  /**
   * A new connection asks for everything from the smallest position: earlier requests died with the old one.
   */
  askAfresh() {
    this.#asked.clear();
  }

  /** @param {string} channel */
  drop(channel) {
    this.#seen.delete(channel);
    this.#asked.delete(channel);
  }
}
