/**
 * Loading the whole page anew, where patches cannot help: another viewer, another version of the board.
 *
 * Only when the board answers, because what a browser shows without a network cannot be read on; and once a
 * minute at most for the same reason, because what a reload has not cured it will not cure.
 */

import { UntilDone } from "./until_done.js";

const RELOADS = "fireside:reloads";
const APART = 60_000; // milliseconds between two reloads for the same reason
const PATIENCE = 15_000; // milliseconds until an answer counts as lost

/**
 * Whom the server takes this browser for: a member's id, or "" for a guest; null when it cannot be asked.
 *
 * @returns {Promise<string | null>}
 */
export async function askViewer() {
  try {
    const answer = await fetch("/viewer", {
      headers: { Accept: "application/json" },
      redirect: "manual",
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE),
    });
    const viewer = new Map(Object.entries(answer.ok ? await answer.json() : {}));
    return viewer.has("role") ? String(viewer.get("id") ?? "") : null;
  } catch {
    return null;
  }
}

/**
 * Loads the page anew as soon as the board answers; false when it has just done so for the same reason.
 *
 * @param {string} why
 * @param {number} wait milliseconds before it begins
 * @returns {boolean}
 */
export function loadAnew(why, wait = 0) {
  if (!mayReload(why)) return false;
  new UntilDone(async () => {
    if ((await askViewer()) === null) return false;
    location.reload();
    return true;
  }).start(wait);
  return true;
}

/**
 * Notes the reload. One that has changed the page's viewer, role or version did help, and counts no more. Where
 * nothing can be noted there is no reload, or a page could go on reloading for ever.
 *
 * @param {string} why
 */
function mayReload(why) {
  const { viewer = "", role = "", moderates = "" } = document.body.dataset;
  const page = `${viewer} ${role} ${moderates} ${import.meta.url}`;
  try {
    const noted = new Map(Object.entries(JSON.parse(sessionStorage.getItem(RELOADS) ?? "{}")));
    const reloads = new Map(noted.get("page") === page ? Object.entries(noted.get("at")) : []);
    if (Math.abs(Date.now() - Number(reloads.get(why) ?? 0)) < APART) return false;
    reloads.set(why, Date.now());
    sessionStorage.setItem(RELOADS, JSON.stringify({ page, at: Object.fromEntries(reloads) }));
    return true;
  } catch {
    return false;
  }
}
