/* tomoiki: theme before paint, drawer, menus, keys. Every page works without it. */
(() => {
  "use strict";
  const root = document.documentElement, all = (css) => [...document.querySelectorAll(css)], find = (css) => document.querySelector(css);
  if (!root.dataset.bsTheme && matchMedia("(prefers-color-scheme:dark)").matches) root.dataset.bsTheme = "dark";

  function drawer() {
    const open = find("[data-drawer]"), side = find("#nav");
    if (!open) return;
    const set = (on) => { side.classList.toggle("open", on); open.setAttribute("aria-expanded", on); (on ? side.querySelector("a") : open).focus(); };
    open.addEventListener("click", (e) => { e.preventDefault(); set(!side.classList.contains("open")); });
    document.addEventListener("click", (e) => { if (side.classList.contains("open") && !side.contains(e.target) && !open.contains(e.target)) set(false); });
    side.addEventListener("keydown", (e) => { if (e.key === "Escape") set(false); });
  }

  function menus() {
    const menus = all("details.menu");
    document.addEventListener("click", (e) => menus.forEach((d) => { if (!d.contains(e.target)) d.open = false; }));
    menus.forEach((d) => d.addEventListener("keydown", (e) => { if (e.key === "Escape") { d.open = false; d.firstElementChild.focus(); } }));
  }

  function keys(e) {
    const typing = e.target.closest("input,textarea,select");
    if (e.key === "Enter" && (e.ctrlKey || e.metaKey) && typing?.form) { e.preventDefault(); typing.form.requestSubmit(); }
    if (typing || e.ctrlKey || e.metaKey || e.altKey || root.dataset.keys || !/^[a-z/?[\]]$/.test(e.key)) return;
    const lines = all("main .row-link"), at = lines.indexOf(e.target);
    const to = e.key === "j" ? lines[at + 1] : e.key === "k" ? lines[Math.max(at - 1, 0)] : find(`[data-key="${e.key}"]`);
    if (!to) return;
    e.preventDefault();
    if (lines.includes(to) || to.matches("input")) to.focus(); else to.click();
  }

  document.addEventListener("DOMContentLoaded", () => {
    drawer(); menus();
    document.addEventListener("keydown", keys);
    if (find(".ok-n")) delete sessionStorage[sessionStorage.sent];
    all("[action='/logout']").forEach((form) => form.addEventListener("submit", () => sessionStorage.clear()));
    find("#refusal")?.focus();
  });
})();
