/**
 * Where a thing stands in a list.
 *
 * Things carry `data-order`; most lists descend, those with `data-places` ascend. A list with places
 * ("21-40") takes what has its `data-place` among them, and the thing after its last place opens the next
 * page. Other lists take new things only with `data-open`, hold at most `data-limit`, and say by `data-more`
 * that the server has further ones; such a list cannot know what follows its last thing.
 */

/**
 * Whether the list takes the thing. "next": it belongs on a later page.
 *
 * @param {HTMLElement} list
 * @param {HTMLElement} thing
 * @returns {"here" | "next" | "elsewhere"}
 */
export function placeIn(list, thing) {
  if (list.dataset.places === undefined) return isOpen(list) ? "here" : "elsewhere";
  const [first = 0, last = 0] = list.dataset.places.split("-").map(Number);
  const place = Number(thing.dataset.place);
  if (place > last) return "next";
  return place >= first ? "here" : "elsewhere";
}

/**
 * Whether a thing of the list still has its place in it; one of a list without places always has.
 *
 * @param {HTMLElement} list
 * @param {HTMLElement} thing
 */
export function isWithin(list, thing) {
  return list.dataset.places === undefined || placeIn(list, thing) === "here";
}

/**
 * Puts the thing where its order says. Equal orders keep their sequence of arrival.
 *
 * @param {HTMLElement} list
 * @param {HTMLElement} thing
 */
export function insert(list, thing) {
  const order = orderOf(thing);
  const others = things(list).filter((other) => other !== thing);
  const next = others.find((other) => (descends(list) ? orderOf(other) < order : orderOf(other) > order));
  const last = others.at(-1);
  if (next) next.before(thing);
  else if (last) last.after(thing);
  else list.append(thing);
}

/**
 * Whether the thing may stay where it is although it is replaced by one of another order.
 *
 * @param {HTMLElement} list
 */
export function keepsOrder(list) {
  return isOpen(list) || list.dataset.places !== undefined;
}

/**
 * Takes off what is beyond the list's limit.
 *
 * @param {HTMLElement} list
 * @returns {HTMLElement[]} what was taken off
 */
export function trim(list) {
  const extra = things(list).slice(limitOf(list));
  for (const thing of extra) thing.remove();
  if (extra.length) list.dataset.more = "";
  return extra;
}

/**
 * Whether something that only the server knows belongs at the list's end.
 *
 * @param {HTMLElement} list
 * @param {ReadonlySet<string>} sunk ids of things that were in the list before and moved within it
 */
export function isIncomplete(list, sunk) {
  if (list.dataset.more === undefined || !isOpen(list)) return false;
  const present = things(list);
  return present.length < limitOf(list) || sunk.has(present.at(-1)?.id ?? "");
}

/** @param {HTMLElement} thing */
export function orderOf(thing) {
  return Number(thing.dataset.order);
}

/** @param {HTMLElement} list */
function things(list) {
  return /** @type {HTMLElement[]} */ ([...list.querySelectorAll(":scope > [data-order]")]);
}

/** @param {HTMLElement} list */
function isOpen(list) {
  return list.dataset.open !== undefined;
}

/** @param {HTMLElement} list */
function descends(list) {
  return list.dataset.descending !== undefined;
}

/** @param {HTMLElement} list */
function limitOf(list) {
  return list.dataset.limit === undefined ? Infinity : Number(list.dataset.limit);
}
