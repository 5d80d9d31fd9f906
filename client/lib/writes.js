/**
 * Sending a form without leaving the page. Whatever is not understood is left to the browser, which sends
 * the form as if there were no JavaScript; the form token makes that harmless.
 */

/**
 * @typedef {{kind: "saved", answer: Map<string, unknown>}} Saved
 * @typedef {{kind: "refused", status: number, message: string, fields: Map<string, string>}} Refused
 * @typedef {{kind: "unreachable"} | {kind: "unexpected"}} Unclear the write may have happened, or not
 */

const PATIENCE = 30_000; // milliseconds until an answer counts as lost
const SERVER_FAILURE = 500; // HTTP statuses from here on come from a server in trouble, or its proxy

/**
 * @param {HTMLFormElement} form
 * @returns {Promise<Saved | Refused | Unclear>}
 */
export async function send(form) {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
  /** @type {Response} */
  let response;
  try {
    response = await fetch(form.action, {
      method: "POST",
      headers: { Accept: "application/json" },
      body,
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch {
    return { kind: "unreachable" };
  }
  if (response.status >= SERVER_FAILURE) return { kind: "unreachable" };
  const answer = await fieldsOf(response);
  if (!answer) return { kind: "unexpected" };
  if (response.ok) return { kind: "saved", answer };
  const error = mapOf(answer.get("error"));
  const message = error.get("message");
  if (typeof message !== "string") return { kind: "unexpected" };
  return { kind: "refused", status: response.status, message, fields: textsIn(mapOf(error.get("fields"))) };
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
