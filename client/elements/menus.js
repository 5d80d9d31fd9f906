/**
 * Menus (`details.more`) open without a script. They also close as people expect: by Escape, which leads back
 * to the button, and by a click anywhere else.
 */

const OPEN = "details.more[open]";

export function startMenus() {
  document.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape") return;
    for (const menu of document.querySelectorAll(OPEN)) {
      const isInside = menu.contains(document.activeElement);
      menu.removeAttribute("open");
      if (isInside) menu.querySelector("summary")?.focus();
    }
  });
  document.addEventListener("click", ({ target }) => {
    for (const menu of document.querySelectorAll(OPEN)) {
      if (!(target instanceof Node && menu.contains(target))) menu.removeAttribute("open");
    }
  });
}
