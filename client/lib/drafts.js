/**
 * Unsent text, kept in this browser until the server has it: through reloads, crashes, sign-out and bad
 * networks.
 *
 * One entry per member and form, `fireside:draft:{member}:{key}`, holding the form's text fields by name: who
 * signs in next on the same tablet does not find what somebody else was writing, who finds it again later.
 * Storage may be full or forbidden; then the functions say so, and nothing breaks.
 */

/** The page's member, who stays its author also while the page is being taken from him. */
const PREFIX = `fireside:draft:${document.body.dataset.viewer ?? ""}:`;

/**
 * Keeps the fields, or forgets them when nothing is written in any; false when the browser refused.
 *
 * @param {string} key
 * @param {Map<string, string>} fields
 */
export function keep(key, fields) {
  try {
    if ([...fields.values()].some((text) => text.trim())) {
      localStorage.setItem(PREFIX + key, JSON.stringify([...fields]));
    } else {
      localStorage.removeItem(PREFIX + key);
    }
    return true;
  } catch {
    return false;
  }
}

/**
 * What was kept, empty when nothing was.
 *
 * @param {string} key
 * @returns {Map<string, string>}
 */
export function recall(key) {
  try {
    const entries = JSON.parse(localStorage.getItem(PREFIX + key) ?? "[]");
    return new Map(Array.isArray(entries) ? entries.filter(isField) : []);
  } catch {
    return new Map();
  }
}

/** @param {string} key */
export function forget(key) {
  return keep(key, new Map());
}

/**
 * @param {unknown} entry
 * @returns {entry is [string, string]}
 */
function isField(entry) {
  return Array.isArray(entry) && entry.length === 2 && entry.every((part) => typeof part === "string");
}
