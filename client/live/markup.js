/**
 * The only place where text from the server becomes elements.
 *
 * The server sanitises what people write and escapes everything else; nothing that a person typed or that the
 * browser knows is ever put together with markup here. Where the browser knows Trusted Types, the policy named
 * `fireside` is the only one, so that the content security policy can refuse every other way.
 */

/** @typedef {{createHTML: (html: string) => string}} Policy */

const policy = trustedPolicy();

/**
 * The one element in a patch's HTML, or null when there is none. It is inert (no image loads, no custom element
 * wakes) until it is put into the page.
 *
 * @param {string} html
 * @returns {HTMLElement | null}
 */
export function elementFrom(html) {
  const template = document.createElement("template");
  template.innerHTML = policy.createHTML(html);
  return /** @type {HTMLElement | null} */ (template.content.firstElementChild);
}

/**
 * A whole page that was fetched.
 *
 * @param {string} html
 */
export function pageFrom(html) {
  return new DOMParser().parseFromString(policy.createHTML(html), "text/html");
}

/** @returns {Policy} */
function trustedPolicy() {
  const rules = { createHTML: (/** @type {string} */ html) => html };
  /** @type {{trustedTypes?: {createPolicy: (name: string, rules: Policy) => Policy}}} */
  const browser = /** @type {object} */ (globalThis);
  return browser.trustedTypes?.createPolicy("fireside", rules) ?? rules;
}
