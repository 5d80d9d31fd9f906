/**
 * Something that is tried until it succeeds: one try at a time, with pauses that grow and differ. A network that
 * is back ends a pause.
 */

const FIRST_PAUSE = 1000; // milliseconds before a failed try is repeated; doubles
const LONGEST_PAUSE = 30_000; // milliseconds

export class UntilDone {
  /** @type {Promise<void> | null} */
  #running = null;
  #isWanted = false;

  /** @param {() => Promise<boolean>} attempt true when it succeeded */
  constructor(attempt) {
    this.attempt = attempt;
  }

  /**
   * Begins after `wait` milliseconds. While it runs it is only noted that it is to be done once more.
   *
   * @param {number} wait
   */
  start(wait) {
    this.#isWanted = true;
    this.#running ??= this.#run(wait).finally(() => (this.#running = null));
    return this.#running;
  }

  /** Resolves when nothing is being tried any more. */
  get done() {
    return this.#running ?? Promise.resolve();
  }

  /** @param {number} wait */
  async #run(wait) {
    for (let pause = FIRST_PAUSE; this.#isWanted; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      await pauseFor(wait);
      this.#isWanted = false;
      if (!(await this.attempt())) this.#isWanted = true;
      wait = pause * (0.5 + Math.random() / 2);
    }
  }
}

/** @param {number} wait milliseconds at most */
async function pauseFor(wait) {
  const over = new AbortController();
  await new Promise((resolve) => {
    setTimeout(resolve, wait);
    addEventListener("online", resolve, { signal: over.signal });
  });
  over.abort();
}
