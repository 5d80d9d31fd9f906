/**
 * Empty rooms that keep the page from moving.
 *
 * A `.space` goes as soon as it is out of view. In view it goes after a while, if nothing that can be read
 * stands on one side of it: then the other side may stay where it is. Between two visible things it stays
 * until one scrolls.
 */

/** How long a space in view stays at least, in milliseconds. */
const REST = 4000;

/**
 * Puts a space of the same height in the place of a thing; a space is taken as it is.
 *
 * @param {HTMLElement} thing
 * @param {(space: HTMLElement) => void} remove takes the space off the page without moving what is read
 */
export function leaveSpace(thing, remove) {
  const space = thing.classList.contains("space") ? thing : replaceBySpace(thing);
  const watch = new IntersectionObserver(([entry]) => {
    if (!entry?.isIntersecting) go();
  });
  const go = () => {
    watch.disconnect();
    if (space.isConnected) remove(space);
  };
  watch.observe(space);
  setTimeout(() => {
    if (canShrink(space)) shrink(space).then(go);
  }, REST);
}

/**
 * An empty element of that height, fit to stand in `parent`.
 *
 * @param {Element} parent
 * @param {number} height CSS pixels
 */
export function spaceOf(parent, height) {
  const space = document.createElement(["OL", "UL"].includes(parent.tagName) ? "li" : "div");
  space.className = "space";
  space.ariaHidden = "true";
  space.style.height = `${height}px`;
  return space;
}

/** @param {HTMLElement} thing */
function replaceBySpace(thing) {
  const { marginTop, marginBottom } = getComputedStyle(thing);
  const space = spaceOf(thing.parentElement ?? document.body, thing.getBoundingClientRect().height);
  Object.assign(space.style, { marginTop, marginBottom });
  thing.replaceWith(space);
  return space;
}

/**
 * Lets the styles make it small gently, where nothing below it would be seen moving.
 *
 * @param {HTMLElement} space
 */
async function shrink(space) {
  if (sidesOf(space).below) return;
  space.classList.add("shrinking");
  await Promise.allSettled(space.getAnimations().map(({ finished }) => finished));
}

/** @param {HTMLElement} space */
function canShrink(space) {
  if (!space.isConnected) return false;
  const { above, below } = sidesOf(space);
  const { height } = space.getBoundingClientRect();
  const roomBelow = document.documentElement.scrollHeight - scrollY - innerHeight;
  return (!below && roomBelow >= height) || (!above && scrollY >= height);
}

/**
 * Whether something that can be read is in view above and below the space.
 *
 * @param {HTMLElement} space
 */
function sidesOf(space) {
  const { top, bottom } = space.getBoundingClientRect();
  const readable = [...document.querySelectorAll("[id][data-version], fire-composer")]
    .map((thing) => thing.getBoundingClientRect())
    .filter((box) => box.height > 0 && box.bottom > 0 && box.top < innerHeight);
  return {
    above: readable.some((box) => box.top < top),
    below: readable.some((box) => box.bottom > bottom),
  };
}
