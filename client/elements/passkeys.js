/**
 * `<fire-passkey data-act="add" data-host="forum.example.org" data-then="/settings/passkeys">`: a form that asks
 * the board for a question, has the device answer it, and sends the answer on to `data-then` as a browser sends
 * any form. It shows itself only where the browser knows passkeys and the page's host is the one they are for:
 * an address of numbers is none.
 */

import { clearProblems, showProblems } from "../lib/problems.js";
import { send } from "../lib/writes.js";

const CANCELLED =
  "Nothing was done: your device did not confirm it. Please try again when you are ready, or go on without.";
const KNOWN = "This device has a passkey for your account here already.";
const BROKEN = "Your device could not do that. Please try again, or use another device.";

class FirePasskey extends HTMLElement {
  #isAsking = false;
  #ending = new AbortController();

  connectedCallback() {
    const form = this.querySelector("form");
    if (!form || !knowsPasskeys() || location.hostname !== this.dataset.host) return;
    this.#ending = new AbortController();
    this.querySelector(".passkey-missing")?.remove();
    this.hidden = form.hidden = false;
    form.addEventListener(
      "submit",
      (event) => {
        event.preventDefault();
        if (!this.#isAsking) this.#ask(form);
      },
      { signal: this.#ending.signal },
    );
  }

  disconnectedCallback() {
    this.#ending.abort();
  }

  /** @param {HTMLFormElement} form */
  async #ask(form) {
    this.#isAsking = true;
    clearProblems(form);
    const result = await send(form);
    if (result.kind === "saved") await this.#answer(form, result.answer.get("options"));
    else if (result.kind === "refused") showProblems(form, result.message, result.fields);
    else showProblems(form, result.kind === "unreachable" ? result.why : BROKEN, new Map());
    this.#isAsking = false;
  }

  /**
   * @param {HTMLFormElement} form
   * @param {unknown} options
   */
  async #answer(form, options) {
    try {
      const credential = await (this.dataset.act === "add" ? made(options) : signed(options));
      put(form, "credential", JSON.stringify(credential));
    } catch (error) {
      showProblems(form, wordsFor(error), new Map());
      return;
    }
    for (const field of form.querySelectorAll("input[data-as]")) {
      const like = document.getElementById(field.getAttribute("data-as") ?? "");
      if (like instanceof HTMLInputElement) put(form, like.name, like.checked ? like.value : "");
    }
    put(form, "current", ""); // it has been checked, and is nobody's business any more
    form.action = this.dataset.then ?? form.action;
    form.submit();
  }
}

function knowsPasskeys() {
  return (
    typeof PublicKeyCredential === "function" && "parseRequestOptionsFromJSON" in PublicKeyCredential
  );
}

/** @param {unknown} options */
async function made(options) {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
    /** @type {PublicKeyCredentialCreationOptionsJSON} */ (options),
  );
  return navigator.credentials.create({ publicKey });
}

/** @param {unknown} options */
async function signed(options) {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(
    /** @type {PublicKeyCredentialRequestOptionsJSON} */ (options),
  );
  return navigator.credentials.get({ publicKey });
}

/** @param {unknown} error */
function wordsFor(error) {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "AbortError") return CANCELLED;
  return name === "InvalidStateError" ? KNOWN : BROKEN;
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 * @param {string} value
 */
function put(form, name, value) {
  const field = form.elements.namedItem(name);
  if (field instanceof HTMLInputElement) field.value = value;
}

customElements.define("fire-passkey", FirePasskey);
