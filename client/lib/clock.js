/**
 * Times of day and dates, in the zone and the format that the reader chose (`data-zone` and `data-hours` on
 * `<html>`), else as his device has them. The words are the server's (`exact` in views/filters.py).
 */

/** How people here are told dates: in the language of the page. */
const LANGUAGE = "en-GB";

const { zone, hours } = document.documentElement.dataset;

/** @type {Intl.DateTimeFormatOptions} */
const READER = { timeZone: zone, hourCycle: hours === "12" ? "h12" : hours === "24" ? "h23" : habit() };
const CLOCK = format({ hour: READER.hourCycle === "h12" ? "numeric" : "2-digit", minute: "2-digit" });
const DATE = format({ day: "numeric", month: "long", year: "numeric" });
const WEEKDAY = format({ weekday: "long" });

/**
 * `14:02`, or `2:02 pm`.
 *
 * @param {number} at milliseconds since 1970
 */
export function clock(at) {
  return CLOCK.format(at);
}

/**
 * `22 November 2026`.
 *
 * @param {number} at milliseconds since 1970
 */
export function date(at) {
  return DATE.format(at);
}

/**
 * `22 November 2026, 14:02`.
 *
 * @param {number} at milliseconds since 1970
 */
export function moment(at) {
  return `${date(at)}, ${clock(at)}`;
}

/**
 * `Sunday 14:02`.
 *
 * @param {number} at milliseconds since 1970
 */
export function weekdayAndClock(at) {
  return `${WEEKDAY.format(at)} ${clock(at)}`;
}

/** How the device writes the time of day. */
function habit() {
  const { hour12 } = new Intl.DateTimeFormat(undefined, { hour: "numeric" }).resolvedOptions();
  return hour12 ? "h12" : "h23";
}

/** @param {Intl.DateTimeFormatOptions} options */
function format(options) {
  try {
    return new Intl.DateTimeFormat(LANGUAGE, { ...READER, ...options });
  } catch {
    // A zone that this browser does not know, because it is older than the server's.
    return new Intl.DateTimeFormat(LANGUAGE, { ...READER, ...options, timeZone: undefined });
  }
}
