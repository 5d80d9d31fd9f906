/**
 * Ages in words, the same words as the server's (`ago` in views/filters.py): the largest full unit.
 */

/** @type {[unit: string, seconds: number][]} */
const UNITS = [
  ["year", 365 * 86_400],
  ["month", 30 * 86_400],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/**
 * @param {number} seconds since it happened; a clock that is slow makes it negative
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
