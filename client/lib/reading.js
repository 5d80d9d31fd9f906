/**
 * Reading is sacred: nobody's line moves because somebody else wrote.
 *
 * Before a change the place of what is being read is noted: the field one writes in if it is in view, else
 * the first visible paragraph, or the first visible thing that lives. After the change, in the same frame,
 * the page is scrolled by what it moved. The browser's own scroll anchoring would correct the same move a
 * second time, so it is off for that moment; before and after it does its work, for pictures that load late.
 * Fractions of a pixel that could not be scrolled are owed to the next change, or the line would creep.
 *
 * Where there is nothing left to scroll, because the page became shorter below, an empty `.space` keeps the
 * room. One also stands for a removed thing in view. Spaces go when nobody would see anything move
 * (`spaces.js`).
 */

import { leaveSpace, spaceOf } from "./spaces.js";

/** @typedef {{top: number, now: () => number | null}} Mark where something is, and where it is now */

/** Headings of whole pages: what is read is below them. */
const HEADING = /^(topic|category-head|profile)-\d+$/;
const LEAST = 1; // CSS pixels; less is no move

let owed = 0;
let leftAt = NaN;

/**
 * Changes the page and keeps the line that is being read where it is.
 *
 * @template Result
 * @param {HTMLElement} root
 * @param {(leave: (thing: HTMLElement) => void) => Result} change takes things off the page by `leave`
 * @param {(result: Result) => ReadonlySet<string>} [movedBy] ids of what has another place in its list
 * @returns {Result}
 */
export function holdLine(root, change, movedBy = () => new Set()) {
  const marks = marksOf(root);
  const due = scrollY === leftAt ? owed : 0;
  const anchoring = pauseAnchoring();
  try {
    const result = change((thing) => (isInView(thing) ? leaveSpace(thing, remove) : thing.remove()));
    const moved = movedBy(result);
    const mark = marks.find(({ id, mark }) => !moved.has(id) && mark.now() !== null)?.mark;
    if (mark) owed = correct(root, mark, mark.top - due);
    leftAt = scrollY;
    return result;
  } finally {
    anchoring();
  }

  /** @param {HTMLElement} space */
  function remove(space) {
    holdLine(root, () => space.remove());
  }
}

/**
 * Scrolls by what the mark has moved and returns what is left to be corrected.
 *
 * @param {HTMLElement} root
 * @param {Mark} mark
 * @param {number} top where it should be
 */
function correct(root, mark, top) {
  const move = () => (mark.now() ?? top) - top;
  const drift = move();
  if (drift === 0) return 0;
  const hadScrolled = scrollY > 0;
  scrollBy({ top: drift, behavior: "instant" });
  const missing = move();
  if (Math.abs(missing) >= LEAST && hadScrolled) {
    const space = spaceOf(root, Math.abs(missing));
    if (missing > 0) root.append(space);
    else root.prepend(space);
    scrollBy({ top: move(), behavior: "instant" });
    leaveSpace(space, (gone) => holdLine(root, () => gone.remove()));
  }
  const left = move();
  return Math.abs(left) < LEAST ? left : 0;
}

/**
 * What could be followed through a change, best first.
 *
 * @param {HTMLElement} root
 * @returns {{id: string, mark: Mark}[]}
 */
function marksOf(root) {
  const { left, width } = root.getBoundingClientRect();
  const column = left + width / 4; // the margin beside the main column has lists too, but is not what is read
  const visible = [...root.querySelectorAll("[id][data-version]")].filter((thing) => isInView(thing, column));
  const things = visible.filter(({ id }) => !HEADING.test(id));
  if (scrollY === 0 && things.length && things.every(isRow)) return writing();
  const found = (things.length ? things : visible).map((thing) => ({
    id: thing.id,
    mark: markOf(() => byId(thing.id)),
  }));
  const [first] = things;
  const lines = first && first.getBoundingClientRect().top < 0 ? linesOf(first) : [];
  return [...writing(), ...lines, ...found];
}

/**
 * Whether it stands in a list with the newest first. At the very top of one nobody reads on, one watches: what is
 * new comes in above, or the list would creep away under its own heading.
 *
 * @param {Element} thing
 */
function isRow(thing) {
  return thing.closest("[data-descending]") !== null;
}

/** @returns {{id: string, mark: Mark}[]} */
function writing() {
  const field = document.activeElement;
  const isField = field instanceof HTMLTextAreaElement || field instanceof HTMLInputElement;
  return isField && isInView(field)
    ? [{ id: "", mark: markOf(() => (field.isConnected ? field : null)) }]
    : [];
}

/**
 * The visible paragraphs of a thing that begins above the window. They are found again by their words.
 *
 * @param {Element} thing
 * @returns {{id: string, mark: Mark}[]}
 */
function linesOf(thing) {
  return [...thing.querySelectorAll(".body > *")]
    .filter((line) => isInView(line))
    .map((line) => {
      const words = line.textContent;
      const again = () =>
        [...(byId(thing.id)?.querySelectorAll(".body > *") ?? [])].find(
          (other) => other.textContent === words,
        );
      return { id: thing.id, mark: markOf(() => again() ?? null) };
    });
}

/**
 * @param {() => Element | null} find
 * @returns {Mark}
 */
function markOf(find) {
  const now = () => find()?.getBoundingClientRect().top ?? null;
  return { top: now() ?? 0, now };
}

/** @param {string} id */
function byId(id) {
  return document.getElementById(id);
}

/**
 * @param {Element} element
 * @param {number} [column] a place from the left that the element must cover
 */
export function isInView(element, column) {
  const { top, bottom, left, right, height } = element.getBoundingClientRect();
  const across = column === undefined || (left <= column && column <= right);
  return across && height > 0 && bottom > 0 && top < innerHeight;
}

/** Switches the browser's scroll anchoring off; the result lets it go on after this frame. */
function pauseAnchoring() {
  const { style } = document.documentElement;
  style.setProperty("overflow-anchor", "none");
  return () =>
    requestAnimationFrame(() => requestAnimationFrame(() => style.removeProperty("overflow-anchor")));
}
