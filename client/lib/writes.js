/**
 * Sending a form without leaving the page. Where the board does not answer, it is tried again for some seconds:
 * a server that restarts is back by then. The form token makes that harmless, and so does what a second
 * thank-you means. After that the person has it back. Only the board's own words count as an answer: a
 * hotel's page that wants a room number is none, whatever its status.
 */

/**
 * @typedef {{kind: "saved", answer: Map<string, unknown>}} Saved
 * @typedef {{kind: "refused", status: number, code: unknown, message: string, fields: Map<string, string>}} Refused
 * @typedef {{kind: "unreachable", why: string}} Unreachable the write may have happened, or not
 * @typedef {{kind: "unexpected"}} Unexpected the browser had better send the form as if there were no JavaScript
 */

const PATIENCE = 30_000; // milliseconds until an answer counts as lost, all tries together
const PAUSES = [1000, 2000, 4000]; // milliseconds before each further try, at most; half of it at least
const SERVER_FAILURE = 500; // HTTP statuses from here on come from a server in trouble, or its proxy
const AWAY = new Set([502, 503, 504]); // the server's place is held by its proxy, or it says that it is busy
const SIGN_IN_TO_NETWORK = 511; // RFC 6585, section 6

const UNREACHABLE = "The board cannot be reached.";
const OFFLINE = "You are offline.";
const STRANGER = "There is no connection to the board: this network answers in its place.";

/**
 * @param {HTMLFormElement} form
 * @param {() => void} [onTrouble] called when the first try was in vain and others follow
 * @returns {Promise<Saved | Refused | Unreachable | Unexpected>}
 */
export async function send(form, onTrouble = () => {}) {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
  const signal = AbortSignal.timeout(PATIENCE);
  for (const pause of PAUSES) {
    const response = await post(form.action, body, signal);
    if (response && !AWAY.has(response.status)) return resultOf(response);
    if (!navigator.onLine || signal.aborted) break;
    onTrouble();
    await new Promise((resolve) => setTimeout(resolve, pause * (0.5 + Math.random() / 2)));
  }
  const response = await post(form.action, body, signal);
  return response ? resultOf(response) : { kind: "unreachable", why: navigator.onLine ? UNREACHABLE : OFFLINE };
}

/**
 * @param {string} address
 * @param {URLSearchParams} body
 * @param {AbortSignal} signal
 * @returns {Promise<Response | null>} null without any answer
 */
async function post(address, body, signal) {
  try {
    return await fetch(address, {
      method: "POST",
      headers: { Accept: "application/json" },
      body,
      signal,
    });
  } catch {
    return null;
  }
}

/**
 * @param {Response} response
 * @returns {Promise<Saved | Refused | Unreachable | Unexpected>}
 */
async function resultOf(response) {
  if (response.status === SIGN_IN_TO_NETWORK) return { kind: "unreachable", why: STRANGER };
  if (response.status >= SERVER_FAILURE) return { kind: "unreachable", why: UNREACHABLE };
  const answer = await fieldsOf(response);
  if (!answer) return { kind: "unreachable", why: STRANGER };
  if (response.ok) return { kind: "saved", answer };
  const error = mapOf(answer.get("error"));
  const message = error.get("message");
  if (typeof message !== "string") return { kind: "unexpected" };
  const fields = textsIn(mapOf(error.get("fields")));
  return { kind: "refused", status: response.status, code: error.get("code"), message, fields };
}

/**
 * An object's own fields; empty for anything else.
 *
 * @param {unknown} value
 * @returns {Map<string, unknown>}
 */
export function mapOf(value) {
  return new Map(typeof value === "object" && value !== null ? Object.entries(value) : []);
}

/**
 * A name for one write that nobody else makes. `crypto.randomUUID` is missing on pages without https.
 */
export function newToken() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {Response} response */
async function fieldsOf(response) {
  if (!response.headers.get("Content-Type")?.startsWith("application/json")) return null;
  try {
    return mapOf(await response.json());
  } catch {
    return null;
  }
}

/** @param {Map<string, unknown>} fields */
function textsIn(fields) {
  /** @type {Map<string, string>} */
  const texts = new Map();
  for (const [name, value] of fields) if (typeof value === "string") texts.set(name, value);
  return texts;
}
