/**
 * What the composer's tools do to text: pure functions from a text and its selection to an edit.
 */

/**
 * @typedef {object} Edit Replace characters `start` (included) to `end` (excluded) by `text`.
 * @property {number} start
 * @property {number} end
 * @property {string} text
 * @property {[number, number]} select what is selected afterwards
 */

const QUOTED = /\[quote=(\d+)/g;

/**
 * @param {string} tool a button's `data-tool`
 * @param {string} text
 * @param {number} start of the selection
 * @param {number} end of the selection
 * @returns {Edit | null} null for a tool that is not known
 */
export function format(tool, text, start, end) {
  switch (tool) {
    case "bold":
      return wrap(text, start, end, "**");
    case "italic":
      return wrap(text, start, end, "_");
    case "link":
      return link(text, start, end);
    case "quote":
      return prefixLines(text, start, end, "> ");
    case "list":
      return prefixLines(text, start, end, "- ");
    default:
      return null;
  }
}

/**
 * A block on lines of its own at the cursor.
 *
 * @param {string} block
 * @param {string} text
 * @param {number} at
 * @returns {Edit}
 */
export function insertBlock(block, text, at) {
  const before = text.slice(0, at);
  const gap = before === "" || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  const added = `${gap}${block}\n`;
  const rest = text.slice(at).startsWith("\n") || at === text.length ? "" : "\n";
  const cursor = at + added.length;
  return { start: at, end: at, text: added + rest, select: [cursor, cursor] };
}

/**
 * The lines that quote a post, or a passage of it.
 *
 * @param {string} post its number
 * @param {string} passage empty for the whole post
 */
export function quoteBlock(post, passage) {
  return passage ? `[quote=${post}]\n${passage}\n[/quote]\n` : `[quote=${post}]\n`;
}

/**
 * Numbers of the posts that a text quotes.
 *
 * @param {string} text
 * @returns {Set<string>}
 */
export function quotedIn(text) {
  return new Set([...text.matchAll(QUOTED)].map(([, post = ""]) => post));
}

/**
 * Puts marks around the selection, or takes them off again.
 *
 * @param {string} text
 * @param {number} start
 * @param {number} end
 * @param {string} mark
 * @returns {Edit}
 */
function wrap(text, start, end, mark) {
  const { length } = mark;
  const inside = text.slice(start, end);
  if (text.slice(start - length, start) === mark && text.slice(end, end + length) === mark) {
    return { start: start - length, end: end + length, text: inside, select: [start - length, end - length] };
  }
  return { start, end, text: mark + inside + mark, select: [start + length, end + length] };
}

/**
 * @param {string} text
 * @param {number} start
 * @param {number} end
 * @returns {Edit}
 */
function link(text, start, end) {
  const inside = text.slice(start, end);
  if (/^https?:\/\/\S+$/.test(inside)) {
    return { start, end, text: `[](${inside})`, select: [start + 1, start + 1] };
  }
  const address = start + inside.length + 3; // after `[`, the words, and `](`
  return { start, end, text: `[${inside}](https://)`, select: [address, address + "https://".length] };
}

/**
 * Begins every line of the selection with a prefix, or takes it off when all have it.
 *
 * @param {string} text
 * @param {number} start
 * @param {number} end
 * @param {string} prefix
 * @returns {Edit}
 */
function prefixLines(text, start, end, prefix) {
  const first = text.lastIndexOf("\n", start - 1) + 1;
  const lines = text.slice(first, end).split("\n");
  const all = lines.every((line) => line.startsWith(prefix));
  const changed = lines.map((line) => (all ? line.slice(prefix.length) : prefix + line)).join("\n");
  const cursor = first + changed.length;
  return { start: first, end, text: changed, select: [start === end ? cursor : first, cursor] };
}
