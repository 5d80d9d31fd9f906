/**
 * What is wrong with a form: the server's sentences, each beside its field, as the server's own pages have
 * them.
 */

/**
 * @param {HTMLFormElement} form
 * @param {string} message shown above the fields when no field has a sentence of its own
 * @param {Map<string, string>} fields sentences by the names of fields
 */
export function showProblems(form, message, fields) {
  clearProblems(form);
  /** @type {HTMLElement | null} */
  let first = null;
  const general = [];
  for (const [name, sentence] of fields) {
    const field = form.elements.namedItem(name);
    if (field instanceof HTMLElement && field.checkVisibility()) {
      showBeside(field, name, sentence);
      first ??= field;
    } else {
      general.push(sentence);
    }
  }
  if (!first && !general.length) general.push(message);
  for (const sentence of general) form.prepend(alertOf(sentence));
  first?.focus();
}

/** @param {HTMLFormElement} form */
export function clearProblems(form) {
  for (const sentence of form.querySelectorAll(".problem, .problems")) sentence.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    const others = (field.getAttribute("aria-describedby") ?? "")
      .split(" ")
      .filter((id) => id && !id.endsWith("-problem"));
    if (others.length) field.setAttribute("aria-describedby", others.join(" "));
    else field.removeAttribute("aria-describedby");
  }
}

/**
 * @param {HTMLElement} field
 * @param {string} name
 * @param {string} sentence
 */
function showBeside(field, name, sentence) {
  const line = lineOf(sentence);
  line.id = `${name}-problem`;
  (field.closest(".writing") ?? field).before(line);
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") ?? ""} ${line.id}`.trim());
}

/** @param {string} sentence */
function alertOf(sentence) {
  const box = document.createElement("div");
  box.className = "problems";
  box.role = "alert";
  box.append(lineOf(sentence));
  return box;
}

/** @param {string} sentence */
function lineOf(sentence) {
  const line = document.createElement("p");
  line.className = "problem";
  line.textContent = sentence;
  return line;
}
