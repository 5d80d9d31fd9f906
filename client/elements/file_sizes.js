/**
 * Says at once that a chosen file is too large (`data-most`, in bytes), before minutes of sending it in vain.
 */

import { clearProblems, showProblems } from "../lib/problems.js";

const MB = 1024 * 1024;

export function startFileSizes() {
  document.addEventListener("change", ({ target }) => {
    if (!(target instanceof HTMLInputElement) || !target.form || !target.dataset.most) return;
    clearProblems(target.form);
    const most = Number(target.dataset.most);
    const size = target.files?.[0]?.size ?? 0;
    if (size <= most) return;
    target.value = "";
    const sentence = `This file has ${(size / MB).toFixed(1)} MB; ${most / MB} MB fit. Please choose a smaller one.`;
    showProblems(target.form, sentence, new Map([[target.name, sentence]]));
  });
}
