/**
 * Whose text may become elements: the server's.
 *
 * The server sanitises what people write and escapes everything else; nothing that a person typed or that the
 * browser knows is ever put together with markup here. Where the browser knows Trusted Types, the policy
 * named `fireside` is the only one, so that the content security policy can refuse every other way.
 */

/** @typedef {{createHTML: (html: string) => string}} Policy */

const policy = trustedPolicy();

/**
 * HTML from the server in the form in which the browser takes it.
 *
 * @param {string} html
 */
export function trusted(html) {
  return policy.createHTML(html);
}

/**
 * A whole page that was fetched.
 *
 * @param {string} html
 */
export function pageFrom(html) {
  return new DOMParser().parseFromString(trusted(html), "text/html");
}

/** @returns {Policy} */
function trustedPolicy() {
  const rules = { createHTML: (/** @type {string} */ html) => html };
  /** @type {{trustedTypes?: {createPolicy: (name: string, rules: Policy) => Policy}}} */
  const browser = /** @type {object} */ (globalThis);
  return browser.trustedTypes?.createPolicy("fireside", rules) ?? rules;
}
