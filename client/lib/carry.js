/**
 * What a person was doing in an element goes on in the one that takes its place: the focus, what was typed or chosen,
 * which details are open, and whether it waits to be shown.
 *
 * The same control is the one of the same tag, name, class and address at the same count. Where it is gone or
 * hidden ("Thank" becomes "Take back"), the visible control nearest to its place gets the focus, one of the
 * same kind if there is any; at last the element itself.
 */

const CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";

/**
 * @param {Element} before
 * @param {Element} after
 * @param {() => void} change puts `after` in the place of `before`
 */
export function carry(before, after, change) {
  const active = before.contains(document.activeElement) ? document.activeElement : null;
  const place = active ? controlsIn(before).indexOf(active) : -1;
  const selection = active && isWritten(active) ? [active.selectionStart, active.selectionEnd] : null;
  keepState(before, after);
  change();
  if (!active) return;
  const same = active === before ? after : twin(active, before, after);
  const near = same ? controlsIn(after).indexOf(same) : place;
  const control = same && isVisible(same) ? same : nearest(after, active.localName, near);
  giveFocus(control ?? after);
  if (selection && same && isWritten(same) && same === control) {
    same.setSelectionRange(selection[0] ?? null, selection[1] ?? null);
  }
}

/**
 * Moves an element, or takes it off the page; then the focus that was in it goes to a neighbour.
 *
 * @param {() => void} change
 * @param {Element} neighbour
 */
export function keepFocus(change, neighbour) {
  const active = document.activeElement;
  change();
  if (!active || active === document.activeElement) return;
  giveFocus(active.isConnected ? active : neighbour);
}

/**
 * Moves the focus to an element that need not be focusable by itself; the page does not scroll.
 *
 * @param {Element} element
 */
export function giveFocus(element) {
  if (!(element instanceof HTMLElement)) return;
  element.focus({ preventScroll: true });
  if (document.activeElement === element) return;
  element.tabIndex = -1;
  element.focus({ preventScroll: true });
}

/**
 * @param {Element} before
 * @param {Element} after
 */
function keepState(before, after) {
  if (before instanceof HTMLElement && before.hidden && after instanceof HTMLElement) after.hidden = true;
  for (const open of before.querySelectorAll("details[open]")) {
    twin(open, before, after)?.setAttribute("open", "");
  }
  for (const field of before.querySelectorAll("input, textarea")) {
    const other = isWritten(field) && field.value !== field.defaultValue ? twin(field, before, after) : null;
    if (isWritten(field) && other && isWritten(other)) other.value = field.value;
    const box = isTicked(field) && field.checked !== field.defaultChecked ? twin(field, before, after) : null;
    if (isTicked(field) && box && isTicked(box)) box.checked = field.checked;
  }
}

/**
 * @param {Element} element
 * @param {Element} before
 * @param {Element} after
 */
function twin(element, before, after) {
  const kind = selectorOf(element);
  const count = [...before.querySelectorAll(kind)].indexOf(element);
  return after.querySelectorAll(kind)[count] ?? null;
}

/** @param {Element} element */
function selectorOf(element) {
  const classes = [...element.classList].map((name) => `.${CSS.escape(name)}`).join("");
  const attributes = ["name", "href", "type"]
    .filter((name) => element.hasAttribute(name))
    .map((name) => `[${name}="${CSS.escape(element.getAttribute(name) ?? "")}"]`);
  return `${element.localName}${classes}${attributes.join("")}`;
}

/**
 * @param {Element} after
 * @param {string} kind a tag's name
 * @param {number} place
 */
function nearest(after, kind, place) {
  const visible = controlsIn(after)
    .map((control, index) => ({ control, distance: Math.abs(index - place) }))
    .filter(({ control }) => isVisible(control));
  visible.sort((one, other) => one.distance - other.distance);
  return (visible.find(({ control }) => control.localName === kind) ?? visible[0])?.control ?? null;
}

/** @param {Element} element */
function controlsIn(element) {
  return [...element.querySelectorAll(CONTROLS)];
}

/** @param {Element} element */
function isVisible(element) {
  return element.checkVisibility({ visibilityProperty: true });
}

/**
 * @param {Element} element
 * @returns {element is HTMLInputElement}
 */
function isTicked(element) {
  return element instanceof HTMLInputElement && ["radio", "checkbox"].includes(element.type);
}

/**
 * @param {Element} element
 * @returns {element is HTMLInputElement | HTMLTextAreaElement}
 */
function isWritten(element) {
  if (element instanceof HTMLTextAreaElement) return true;
  return (
    element instanceof HTMLInputElement &&
    ["text", "search", "url", "tel", "password", ""].includes(element.type)
  );
}
