/**
 * Whose page this is, and what happens when that changes in another tab.
 *
 * A page is made for its viewer: a guest, or one member. When somebody signs out, or in as somebody else, the
 * browser's other pages still show what was private. They learn of it in three ways: the server closes their
 * sockets; the page that comes after signing in or out writes down for whom it was made, which the browser
 * tells its other tabs; and whatever the server says first on a connection names the viewer. Then what is
 * private goes at once, drafts stay with their author (`lib/drafts.js`), and the page is loaded anew.
 */

import { askViewer, loadAnew } from "./anew.js";

const VIEWER = "fireside:viewer";
const FAREWELL = "fireside:farewell"; // what the page says that comes in place of one that was taken away
const ANSWER_WITHIN = 2000; // milliseconds that the page after signing out has to come
const COMES_BACK = "This page comes back, without what was private, as soon as the board answers.";
const LOAD_AGAIN = "Please load this page again.";

export class PageViewer {
  #own = document.body.dataset.viewer ?? "";
  #role = document.body.dataset.role ?? "";
  #moderates = document.body.dataset.moderates ?? "";
  #isLeaving = false;
  #isSigningOut = false;

  /** @param {(why: string) => void} leave ends what lives on the page */
  constructor(leave) {
    this.leave = leave;
  }

  /** Writes down for whom this page was made, and watches what other tabs write. */
  start() {
    write(this.#own);
    sayFarewell();
    addEventListener("storage", ({ key, newValue }) => {
      if (key === VIEWER && newValue !== null) this.compare(newValue);
    });
    // The answer to signing out is a page, whose place this one would take if it were loaded anew meanwhile.
    addEventListener("submit", ({ target }) => {
      this.#isSigningOut = target instanceof HTMLFormElement && target.matches("[action='/logout']");
    });
    addEventListener("pageshow", ({ persisted }) => persisted && this.wake());
  }

  /** Looks at what other tabs wrote while this page slept; false when it is somebody else's by now. */
  wake() {
    return this.compare(read() ?? this.#own);
  }

  /**
   * Compares with what the server says, or another tab; false when the page is to be another one.
   *
   * @param {string} viewer a member's id, or "" for a guest
   */
  compare(viewer) {
    if (viewer === this.#own) return !this.#isLeaving;
    if (this.#own === "") this.#becomeMembers();
    else this.close(viewer === "" ? "You are signed out" : "Somebody else is signed in here");
    return this.#own === "";
  }

  /**
   * Compares what the member may do by now with what this page was made for; false when it is to be another one.
   *
   * @param {string} role
   * @param {string} [moderates] the categories that he moderates
   */
  compareRole(role, moderates = "") {
    if (this.#own !== "" && (role !== this.#role || moderates !== this.#moderates)) this.close("What you may do here has changed");
    return !this.#isLeaving;
  }

  /**
   * Takes away what was for this member only, and loads the page as its next viewer sees it.
   *
   * @param {string} why
   * @param {boolean} [isLasting] whether the page that comes says it too: nobody is to wonder where his name went
   */
  close(why, isLasting = false) {
    if (this.#isLeaving) return;
    this.#isLeaving = true;
    this.leave(why);
    if (this.#own !== "" && isLasting) writeFarewell(why);
    const comesBack = loadAnew(why, this.#isSigningOut ? ANSWER_WITHIN : 0);
    if (this.#own !== "") clear(`${why}. ${comesBack ? COMES_BACK : LOAD_AGAIN}`);
  }

  /** A guest has signed in elsewhere: nothing here is private, so there is time to ask first. */
  async #becomeMembers() {
    const viewer = await askViewer();
    if (viewer && !this.#isLeaving && !isWrittenOn()) loadAnew(`viewer ${viewer}`);
  }
}

/**
 * Takes everything off the page that was made for a member. Its height stays, so that the one who comes after
 * finds the same place.
 *
 * @param {string} words what stands there instead
 */
function clear(words) {
  const main = document.querySelector("main");
  if (main) {
    main.style.minHeight = `${main.getBoundingClientRect().height}px`;
    const line = document.createElement("p");
    line.className = "blank";
    line.textContent = words;
    main.replaceChildren(line);
  }
  for (const part of document.querySelectorAll(".account, .sites, .crumbs")) part.replaceChildren();
  document.title = document.querySelector(".brand")?.textContent ?? "";
  document.body.dataset.role = "guest";
  delete document.body.dataset.viewer;
  delete document.body.dataset.username;
}

/** Whether somebody has filled in a form here; a guest's forms keep no drafts. */
function isWrittenOn() {
  const fields = [...document.querySelectorAll("input, textarea")];
  return fields.some(
    (field) =>
      (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) &&
      (field.value !== field.defaultValue || field === document.activeElement),
  );
}

/** @param {string} why */
function writeFarewell(why) {
  try {
    sessionStorage.setItem(FAREWELL, why);
  } catch {
    // Then signing in says it alone.
  }
}

/** Says once, at the top of the page, why it is a guest's now. */
function sayFarewell() {
  let why = null;
  try {
    why = sessionStorage.getItem(FAREWELL);
    sessionStorage.removeItem(FAREWELL);
  } catch {
    return;
  }
  const top = document.querySelector("header.top");
  if (!why || !top || document.body.dataset.viewer) return;
  const line = document.createElement("p");
  line.className = "notice farewell";
  line.setAttribute("role", "status");
  line.textContent = `${why}.`;
  top.append(line);
}

function read() {
  try {
    return localStorage.getItem(VIEWER);
  } catch {
    return null;
  }
}

/** @param {string} viewer */
function write(viewer) {
  try {
    localStorage.setItem(VIEWER, viewer);
  } catch {
    // Then other tabs learn of it from the server alone.
  }
}
