/**
 * Where the client begins. Every page works without it; with it the page lives.
 */

import "./elements/arrivals.js";
import "./elements/author_card.js";
import "./elements/cases.js";
import "./elements/composer.js";
import "./elements/here.js";
import "./elements/order.js";
import "./elements/moved.js";
import "./elements/notices.js";
import "./elements/pager.js";
import "./elements/passkeys.js";
import "./elements/slow.js";
import { startAnnouncements } from "./elements/announcements.js";
import { startAnnouncer } from "./elements/announcer.js";
import { startConnectionLine } from "./elements/connection_line.js";
import { startFileSizes } from "./elements/file_sizes.js";
import { startMenus } from "./elements/menus.js";
import { startOnline } from "./elements/online.js";
import { startThanks } from "./elements/thanks.js";
import { startTimes } from "./elements/times.js";
import { startTypingHints } from "./elements/typing.js";
import { startLive } from "./live/start.js";

startTimes();
startThanks();
startMenus();
startFileSizes();
startAnnouncements();
startAnnouncer();
startConnectionLine();
startOnline();
startTypingHints();

startLive(document.getElementById("live"));
