/**
 * Joins the page and its connection, and wakes them when the browser says that the time is right.
 *
 * Browsers may keep a page that was left and show it again hours later, with things on it that were removed
 * since. Such a page stays hidden until it has caught up, or for as long as a fetch may reasonably take.
 */

import { STATE, tell } from "../lib/events.js";
import { Connection } from "./connection.js";
import { LivePage } from "./page.js";
import { Polling } from "./polling.js";

const HIDDEN_FOR = 2000; // milliseconds at most
const POLL_AFTER = 3; // connections in a row that came to nothing
const RELOADED = "fireside:reloaded";
const RELOADS_APART = 60_000; // milliseconds

const REFUSALS = new Map([
  [4501, "You are signed out"],
  [4503, "This account is closed"],
  [4506, "This page is out of date, please reload it"],
]);
/** The close code for too many connections: this page asks over HTTP instead. */
const TOO_MANY = 4504;
/** Close codes after which the viewer is somebody else: the page has to be theirs. */
const OTHER_VIEWER = new Set([4501, 4503]);

/** @param {HTMLElement} root */
export function startLive(root) {
  const page = new LivePage(root, (message) => connection.send(message));
  const polling = new Polling(
    () => page.hello(),
    (message) => page.take(message),
    (state) => tell(STATE, state),
  );
  const connection = new Connection(`${location.origin.replace(/^http/, "ws")}/live`, {
    hello: () => page.hello(),
    receive: (data) => page.receive(data),
    onState: (state) => {
      if (state.name === "live") polling.stop();
      if (!polling.isRunning) tell(STATE, state);
      if (connection.failures >= POLL_AFTER) polling.start();
    },
    onRefused: (code, at) => {
      if (code === TOO_MANY) polling.start();
      else refused(code, at);
    },
  });
  connection.start();

  for (const event of ["online", "focus"]) addEventListener(event, () => connection.hurry());
  document.addEventListener("visibilitychange", () => document.hidden || connection.hurry());
  // An open socket would keep the browser from keeping the page.
  addEventListener("pagehide", () => {
    connection.stop();
    polling.stop();
  });
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) comeBack(root, page).finally(() => connection.start());
  });
}

/**
 * @param {HTMLElement} root
 * @param {LivePage} page
 */
async function comeBack(root, page) {
  root.style.visibility = "hidden";
  tell(STATE, { name: "catching-up", at: Date.now() });
  const patience = new Promise((resolve) => setTimeout(resolve, HIDDEN_FOR));
  await Promise.race([page.refill(0), patience]);
  root.style.visibility = "";
}

/**
 * @param {number} code
 * @param {number} at when the server was heard last
 */
function refused(code, at) {
  if (OTHER_VIEWER.has(code) && mayReload()) location.reload();
  else tell(STATE, { name: "stopped", at, why: REFUSALS.get(code) ?? "Not live" });
}

/** Whether this page was not reloaded for the same reason just now; where that cannot be noted, never. */
function mayReload() {
  try {
    const last = Number(sessionStorage.getItem(RELOADED) ?? 0);
    sessionStorage.setItem(RELOADED, String(Date.now()));
    return Date.now() - last > RELOADS_APART;
  } catch {
    return false;
  }
}
