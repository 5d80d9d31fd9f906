/**
 * Where the client begins. Every page works without it; with it the page lives.
 */

import "./elements/arrivals.js";
import "./elements/composer.js";
import "./elements/pager.js";
import { startAnnouncer } from "./elements/announcer.js";
import { startConnectionLine } from "./elements/connection_line.js";
import { startMenus } from "./elements/menus.js";
import { startThanks } from "./elements/thanks.js";
import { startTimes } from "./elements/times.js";
import { startLive } from "./live/start.js";

startTimes();
startThanks();
startMenus();
startAnnouncer();
startConnectionLine();

startLive(document.getElementById("live"));
