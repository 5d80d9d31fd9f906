/**
 * Two clocks that are compared.
 *
 * `performance.now()` runs evenly and cannot be set, but on most machines it stands still while they sleep.
 * `Date.now()` goes on in sleep, but may be set, forwards and backwards. So spans are measured with the first.
 * When the two disagree, the machine slept or somebody set its clock; from inside the page nobody can tell
 * which, and whoever asks has to find out whether his connection survived.
 */

const JUMP = 5_000; // milliseconds by which the clocks may disagree between two looks: time servers nudge less

export class Clocks {
  #even = performance.now();
  #wall = Date.now();

  /** Whether one of the clocks jumped, or stood still, since this was last asked. */
  haveJumped() {
    const even = performance.now();
    const wall = Date.now();
    const jump = wall - this.#wall - (even - this.#even);
    this.#even = even;
    this.#wall = wall;
    return Math.abs(jump) > JUMP;
  }
}
