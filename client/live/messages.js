/**
 * What the server says on the socket, as types, and the one place where its text becomes a value.
 *
 * Answers to writes carry the same `changes` messages, so both ways into the page are checked here.
 */

/**
 * @typedef {object} Patch One thing as it is now, or the fact that it is gone.
 * @property {"put" | "remove"} op
 * @property {string} target id of the element
 * @property {number} version position of the thing's last change
 * @property {string} [list] name of the list it belongs to
 * @property {number} [order] its place in that list
 * @property {boolean} [moved] of `remove`: it is in another topic, where who reads this may see it
 * @property {string} [html] the element, for `put`
 */

/**
 * @typedef {{type: "changes", channel: string, after: number, position: number, patches: Patch[]}} Changes
 */
/**
 * @typedef {object} Ready
 * @property {"ready"} type
 * @property {string} epoch
 * @property {number} position
 * @property {string[]} channels
 * @property {string[]} denied
 * @property {number | null} [viewer] the member for whom the server speaks, null for a guest
 * @property {string} [role] what that member may do
 * @property {number[]} [moderates] the categories that a member was given to moderate
 * @property {number} [now] the server's clock, in milliseconds since 1970
 */
/** @typedef {{type: "heartbeat", position: number}} Heartbeat */
/** @typedef {{type: "reset", reason: string}} Reset */
/** @typedef {{type: "dropped", channels: string[], purge: boolean}} Dropped */
/**
 * @typedef {object} Draining The server is about to restart.
 * @property {"draining"} type
 * @property {number[]} retry seconds, the earliest and the latest moment to come back
 */
/** @typedef {{type: "here"} & import("../lib/people.js").Here} Here */
/** @typedef {{type: "typing"} & import("../lib/people.js").Typing} Typing */
/** @typedef {Changes | Ready | Heartbeat | Reset | Dropped | Draining | Here | Typing} Message */

/**
 * The message in a frame, or null for what this client does not know: newer servers may say more.
 *
 * @param {unknown} data
 * @returns {Message | null}
 */
export function read(data) {
  if (typeof data !== "string") return null;
  try {
    return known(JSON.parse(data));
  } catch {
    return null;
  }
}

/**
 * The messages in an answer over HTTP; anything else in it is left out.
 *
 * @param {unknown} values
 * @returns {Message[]}
 */
export function messagesIn(values) {
  return Array.isArray(values) ? values.map(known).filter((message) => message !== null) : [];
}

/**
 * @param {unknown} value
 * @returns {Message | null}
 */
function known(value) {
  const fields = fieldsOf(value);
  switch (fields.get("type")) {
    case "changes":
      return isText(fields, "channel") &&
        areNumbers(fields, "after", "position") &&
        arePatches(fields.get("patches"))
        ? /** @type {Changes} */ (value)
        : null;
    case "ready":
      return isReady(fields) ? /** @type {Ready} */ (value) : null;
    case "heartbeat":
      return areNumbers(fields, "position") ? /** @type {Heartbeat} */ (value) : null;
    case "reset":
      return /** @type {Reset} */ (value);
    case "dropped":
      return areNames(fields, "channels") ? /** @type {Dropped} */ (value) : null;
    case "draining":
      return isRange(fields.get("retry")) ? /** @type {Draining} */ (value) : null;
    case "here":
      return arePeople(fields) && areNumbers(fields, "guests") ? /** @type {Here} */ (value) : null;
    case "typing":
      return arePeople(fields) ? /** @type {Typing} */ (value) : null;
    default:
      return null;
  }
}

/**
 * The object's own fields; a name such as `__proto__` finds nothing in a Map.
 *
 * @param {unknown} value
 * @returns {Map<string, unknown>}
 */
function fieldsOf(value) {
  return new Map(typeof value === "object" && value !== null ? Object.entries(value) : []);
}

/** @param {Map<string, unknown>} fields */
function isReady(fields) {
  return areNames(fields, "channels") && areNames(fields, "denied") && areNumbers(fields, "position");
}

/** @param {Map<string, unknown>} fields */
function arePeople(fields) {
  return isText(fields, "channel") && areNames(fields, "members");
}

/** @param {unknown} range */
function isRange(range) {
  return Array.isArray(range) && range.length === 2 && range.every((end) => Number.isFinite(end));
}

/** @param {unknown} patches */
function arePatches(patches) {
  return Array.isArray(patches) && patches.every((patch) => isPatch(fieldsOf(patch)));
}

/** @param {Map<string, unknown>} fields */
function isPatch(fields) {
  const known = isText(fields, "target") && areNumbers(fields, "version");
  return known && (fields.get("op") === "remove" || (fields.get("op") === "put" && isText(fields, "html")));
}

/**
 * @param {Map<string, unknown>} fields
 * @param {string} name
 */
function isText(fields, name) {
  return typeof fields.get(name) === "string";
}

/**
 * @param {Map<string, unknown>} fields
 * @param {string[]} names
 */
function areNumbers(fields, ...names) {
  return names.every((name) => Number.isSafeInteger(fields.get(name)));
}

/**
 * @param {Map<string, unknown>} fields
 * @param {string} name
 */
function areNames(fields, name) {
  const names = fields.get(name);
  return Array.isArray(names) && names.every((each) => typeof each === "string");
}
