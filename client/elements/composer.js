/**
 * `<fire-composer data-draft="topic-12">`: the form one writes in.
 *
 * What is typed is kept in the browser until the server has acknowledged it. The form is sent by `fetch`, so
 * the reply appears without a page load, through the same patches that everyone gets. The form token stays
 * the same until the server has saved something under it, so that trying again after a broken connection
 * cannot post twice. Whatever is unexpected is left to the browser, which sends the form the plain way.
 */

import { giveFocus } from "../lib/carry.js";
import { ANSWERED, CHANGED, STATE, hear, tell } from "../lib/events.js";
import { clearProblems, showProblems } from "../lib/problems.js";
import { mapOf, newToken, send } from "../lib/writes.js";
import { ComposerDraft } from "./composer_draft.js";
import { ComposerHelp } from "./composer_help.js";
import { ComposerNews } from "./composer_news.js";
import { startTools } from "./composer_tools.js";

/** @typedef {import("../live/patches.js").Outcome} Outcome */
/** @typedef {import("../lib/events.js").State} State */
/** @typedef {import("../lib/writes.js").Refused} Refused */

const SIGN_IN = 401;
const CONFLICT = 409;
const RULES = "rules"; // the code of a refusal until the rules are accepted
const WARNING = "warning"; // and until a warning of the moderators was read

class FireComposer extends HTMLElement {
  #ending = new AbortController();
  #draft = new ComposerDraft("", this);
  #news = new ComposerNews(null);
  #help = new ComposerHelp(null);
  #isSending = false;
  /** The text of an attempt that may have arrived although no answer did. @type {string | null} */
  #unclear = null;
  /** Whether somebody waits for the board in order to send again. */
  #isWaiting = false;

  connectedCallback() {
    const form = this.querySelector("form");
    const text = this.querySelector("textarea");
    if (!form || !text) return;
    this.#ending = new AbortController();
    const { signal } = this.#ending;
    const former = this.dataset.former ?? "";
    this.#draft = new ComposerDraft(this.dataset.draft ?? location.pathname, this, former);
    this.#news = new ComposerNews(this.querySelector(".composer-news"));
    this.#help = new ComposerHelp(form);
    this.#draft.restore((bringBack) => this.#offer(bringBack));
    this.addEventListener("input", () => this.#draft.keepSoon(), { signal });
    this.addEventListener("input", () => this.#help.askSoon(), { signal });
    addEventListener("pagehide", () => this.#draft.keepNow(), { signal });
    document.addEventListener("visibilitychange", () => this.#draft.keepNow(), { signal });
    hear(CHANGED, (/** @type {Outcome} */ outcome) => this.#news.take(outcome, text.value), signal);
    hear(STATE, (/** @type {State} */ state) => this.#hearOf(state), signal);
    form.addEventListener(
      "submit",
      (event) => {
        event.preventDefault();
        this.#send(form, text);
      },
      { signal },
    );
    text.addEventListener(
      "keydown",
      (event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
      },
      { signal },
    );
    startTools(this, text, signal);
  }

  disconnectedCallback() {
    this.#draft.keepNow();
    this.#help.stop();
    this.#ending.abort();
  }

  /**
   * @param {HTMLFormElement} form
   * @param {HTMLTextAreaElement} text
   */
  async #send(form, text) {
    if (this.#isSending) return;
    this.#isSending = true;
    const written = text.value;
    this.#draft.keepNow();
    this.#draft.say("Sending…");
    const result = await send(form, () => this.#draft.say("No answer. Trying again…"));
    this.#isSending = false;
    this.#draft.say("");
    if (result.kind === "saved") {
      this.#saved(result.answer, form, written);
    } else if (result.kind === "unreachable") {
      this.#unclear ??= written;
      this.#isWaiting = true;
      this.#news.unsay("back");
      this.#news.say("sending", `${result.why} Your text is kept; please send it again in a moment.`);
    } else if (result.kind === "unexpected" || result.status === CONFLICT) {
      form.submit();
    } else {
      this.#refused(result, form);
    }
  }

  /**
   * @param {Map<string, unknown>} answer
   * @param {HTMLFormElement} form
   * @param {string} written
   */
  #saved(answer, form, written) {
    const post = mapOf(answer.get("post") ?? answer.get("topic"));
    const isOther = this.#unclear !== null && this.#unclear !== written;
    this.#unclear = null;
    this.#isWaiting = false;
    renewToken(form);
    clearProblems(form);
    tell(ANSWERED, answer.get("changes"));
    this.#news.clear();
    this.#help.show(answer.get("help") ?? "");
    const pending = mapOf(answer.get("pending"));
    const own = document.getElementById(
      answer.has("pending") ? `pending-here-${pending.get("id")}` : answer.has("post") ? `post-${post.get("id")}` : "",
    );
    if (isOther) {
      this.#news.say(
        "sending",
        "Posted, but your first attempt may have arrived earlier. Please compare before you go.",
      );
    } else if (form.querySelector("textarea")?.value === written) {
      this.#draft.sent(); // what was typed since would go with it
      if (own) empty(form);
    }
    if (own) show(own);
    else if (!isOther) go(answer.get("help_url") ?? post.get("url") ?? pending.get("url"), form);
  }

  /**
   * @param {Refused} refusal
   * @param {HTMLFormElement} form
   */
  #refused({ status, code, message, fields }, form) {
    if (status === SIGN_IN) {
      this.#lead("You are signed out. Your text is kept on this device.", "/login", "Sign in");
    } else if (code === RULES) {
      this.#lead("The rules have changed. Your text is kept on this device.", "/rules/accept", "Read and accept them");
    } else if (code === WARNING) {
      this.#lead("The moderators have written to you. Your text is kept on this device.", "/settings/standing", "Read it");
    } else {
      this.#news.unsay("sending");
      showProblems(form, message, fields);
    }
  }

  /**
   * Says what has to be done elsewhere first, with the way there, which comes back to this page.
   *
   * @param {string} words
   * @param {string} path
   * @param {string} label
   */
  #lead(words, path, label) {
    const link = document.createElement("a");
    link.href = `${path}?next=${encodeURIComponent(location.pathname + location.search)}`;
    link.textContent = label;
    this.#news.say("sending", words, link);
  }

  /** @param {State} state */
  #hearOf({ name }) {
    if (!this.#isWaiting || (name !== "live" && name !== "polling")) return;
    this.#isWaiting = false;
    this.#news.unsay("sending");
    this.#news.say("back", "The board is back. Your text is kept, and you can send it now.");
  }

  /** @param {() => void} bringBack */
  #offer(bringBack) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "plain";
    button.textContent = "Bring it back";
    button.addEventListener("click", () => {
      this.#news.clear();
      bringBack();
    });
    this.#news.say("draft", "There is an unsent draft of this.", button);
  }
}

/** @param {HTMLFormElement} form */
function renewToken(form) {
  const token = form.querySelector("input[name=form_token]");
  if (token instanceof HTMLInputElement) token.value = newToken();
}

/** @param {HTMLFormElement} form */
function empty(form) {
  for (const text of form.querySelectorAll("textarea")) text.value = "";
}

/**
 * One's own post is shown, and is where one is.
 *
 * @param {HTMLElement} post
 */
function show(post) {
  post.scrollIntoView({ block: "nearest" });
  giveFocus(post);
}

/**
 * Goes where the server says the post is; only to a path of this board.
 *
 * @param {unknown} url
 * @param {HTMLFormElement} form
 */
function go(url, form) {
  const target = typeof url === "string" ? new URL(url, location.href) : null;
  if (target?.origin === location.origin) location.assign(target);
  else form.submit();
}

customElements.define("fire-composer", FireComposer);
