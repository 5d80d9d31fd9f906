/**
 * How long to stay away after a connection was lost.
 *
 * A random part of a time that doubles ("full jitter"), so that ten thousand readers of a server that
 * restarts do not come at once. A server that restarts in an orderly way says itself when it wants them back;
 * that is kept to the second, also when the tab is looked at meanwhile. Where the page has another way to
 * its news, it tries only now and then.
 */

/** Close code for too many connections. Coming back soon would change nothing; later, other tabs are closed. */
export const TOO_MANY = 4504;

const BASE = 500; // milliseconds; the first wait is a random part of it
const CAP = 30_000; // milliseconds
const RARELY = [60_000, 120_000]; // milliseconds between tries while there is another way
const CROWDED = [240_000, 360_000]; // milliseconds after TOO_MANY
const LONGEST_RESTART = 300; // seconds; a server that asks for more is not believed
const PATIENT = new Map([
  [4013, 4],
  [4029, 4],
]); // close codes after which the first wait is longer: doublings

export class Pauses {
  #attempts = 0;
  /** The range in which the server wants its readers back, in seconds. @type {number[] | null} */
  #restart = null;
  /** By `performance.now()`; whatever happens, nobody comes earlier. */
  #notBefore = 0;

  /**
   * The server is about to restart.
   *
   * @param {number[]} range the earliest and the latest second to come back, counted from its closing
   */
  expectRestart([low = 0, high = low]) {
    const isFair = 0 <= low && low <= high && high <= LONGEST_RESTART;
    this.#restart = isFair ? [low, high] : null;
  }

  /** A connection has lived long enough to trust this network again. */
  reset() {
    this.#attempts = 0;
  }

  /**
   * Milliseconds to wait after a loss.
   *
   * @param {number} code the close code, 0 without one
   * @param {boolean} hasOther whether news come on another way meanwhile
   */
  after(code, hasOther) {
    const restart = this.#restart;
    this.#restart = null;
    if (restart) return this.#hold(between(restart) * 1000);
    if (code === TOO_MANY) return this.#hold(between(CROWDED));
    if (hasOther) return between(RARELY);
    this.#attempts = Math.max(this.#attempts, PATIENT.get(code) ?? 0);
    const wait = Math.random() * Math.min(CAP, BASE * 2 ** this.#attempts);
    this.#attempts += 1;
    return wait;
  }

  /** Milliseconds that nobody may cut short; 0 when now is as good as later. */
  get left() {
    return Math.max(0, this.#notBefore - performance.now());
  }

  /** @param {number} wait milliseconds */
  #hold(wait) {
    this.#attempts = 0;
    this.#notBefore = performance.now() + wait;
    return wait;
  }
}

/** @param {number[]} range */
function between([low = 0, high = low]) {
  return low + Math.random() * (high - low);
}
