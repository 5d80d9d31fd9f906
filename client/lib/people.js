/**
 * Who is there, in words. Names are for members, who are told them; for guests everyone is a number.
 */

import { counted } from "./times.js";

/**
 * @typedef {object} Here who reads a place, in full
 * @property {string} channel
 * @property {string[]} members names
 * @property {number} [unnamed] members beyond the names
 * @property {number} guests
 */

/**
 * @typedef {object} Typing who writes there, in full
 * @property {string} channel
 * @property {string[]} members names
 * @property {number} [unnamed] members beyond the names
 */

const MOST = 4; // names at once
const ROUNDED = 100; // from here on the server's numbers are rounded

/**
 * The viewer's name as it is now, also when it changed while the page was open; undefined for a guest.
 *
 * @returns {string | undefined}
 */
export function ownName() {
  return document.querySelector(".me-name")?.textContent ?? document.body.dataset.username;
}

/**
 * "Ann, Bo and 38 guests are reading", and shorter ways to say it, down to "40 people are reading"; empty
 * when nobody else is.
 *
 * @param {Here} here
 * @param {string | undefined} self the viewer's name; undefined for a guest
 * @returns {string[]} the first is the best
 */
export function readersOf({ members, unnamed = 0, guests }, self) {
  const isSelfIn = self !== undefined && members.includes(self);
  const all = members.length + unnamed + guests;
  if (all <= (isSelfIn || self === undefined ? 1 : 0)) return [""];
  const names = (isSelfIn ? ["You"] : []).concat(members.filter((name) => name !== self));
  const ways = [[...number(all, "person", "people")]];
  for (let most = 0; most <= Math.min(names.length, MOST); most++) {
    const rest = number(names.length - most + unnamed, most ? "other member" : "member");
    ways.unshift([...names.slice(0, most), ...rest, ...number(guests, "guest")]);
  }
  return ways.map((people) => `${listed(people)} ${all === 1 ? "is" : "are"} reading`);
}

/**
 * "Cleo is writing…"; nothing when nobody else is.
 *
 * @param {Typing} typing
 * @param {string | undefined} self
 */
export function writersOf({ members, unnamed = 0 }, self) {
  const others = members.filter((name) => name !== self);
  if (!others.length && !unnamed) return "";
  const rest = others.length ? number(unnamed, "other") : [unnamed === 1 ? "Somebody" : `${unnamed} people`];
  const isOne = others.length + unnamed === 1;
  return `${listed([...others, ...(unnamed ? rest : [])])} ${isOne ? "is" : "are"} writing…`;
}

/**
 * @param {number} count
 * @param {string} noun
 * @param {string} [nouns]
 * @returns {string[]} one entry, or none for zero
 */
function number(count, noun, nouns = `${noun}s`) {
  return count ? [`${count >= ROUNDED ? "about " : ""}${counted(count, noun, nouns)}`] : [];
}

/** @param {string[]} words */
function listed(words) {
  const last = words.at(-1) ?? "";
  return words.length > 1 ? `${words.slice(0, -1).join(", ")} and ${last}` : last;
}
