/**
 * Ages in words, the same words as the server's (`ago` in views/filters.py): the largest full unit.
 *
 * Times come from the server, and the clock of this device may be hours off. The server says what time it has
 * (`ready`), and ages are counted by that.
 */

/** Milliseconds that the server's clock is ahead of this device's, as far as is known. */
let ahead = 0;
/** @type {(() => void)[]} */
const listeners = [];

/** @type {[unit: string, seconds: number][]} */
const UNITS = [
  ["year", 365 * 86_400],
  ["month", 30 * 86_400],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/**
 * The server's clock just now, in milliseconds since 1970.
 */
export function serverNow() {
  return Date.now() + ahead;
}

/**
 * The server has said what time it has.
 *
 * @param {number} [now] milliseconds since 1970; older servers do not say it
 */
export function learnTime(now) {
  if (now === undefined || !Number.isFinite(now)) return;
  ahead = now - Date.now();
  for (const react of listeners) react();
}

/** @param {() => void} react called each time when the server's clock was heard */
export function onTime(react) {
  listeners.push(react);
}

/**
 * @param {number} seconds since it happened; less than none counts as none
 */
export function ago(seconds) {
  const [unit, length] = UNITS.find(([, length]) => seconds >= length) ?? [];
  if (!unit || !length) return "just now";
  return `${counted(Math.floor(seconds / length), unit, `${unit}s`)} ago`;
}

/**
 * A counted noun: `1 reply`, `5,208 replies`.
 *
 * @param {number} number
 * @param {string} one
 * @param {string} many
 */
export function counted(number, one, many) {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}
