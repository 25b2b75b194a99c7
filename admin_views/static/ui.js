/* tomoiki: theme before paint, drawer, menus, keys, unsaved changes. Every page works without it. */
(() => {
  "use strict";
  const root = document.documentElement;
  if (!root.dataset.bsTheme && matchMedia("(prefers-color-scheme:dark)").matches) root.dataset.bsTheme = "dark";

  function drawer() {
    const open = document.querySelector("[data-drawer]"), side = document.getElementById("nav");
    if (!open) return;
    const set = (on) => { side.classList.toggle("open", on); open.setAttribute("aria-expanded", on); (on ? side.querySelector("a") : open).focus(); };
    open.addEventListener("click", (e) => { e.preventDefault(); set(!side.classList.contains("open")); });
    document.addEventListener("click", (e) => { if (side.classList.contains("open") && !side.contains(e.target) && !open.contains(e.target)) set(false); });
    side.addEventListener("keydown", (e) => { if (e.key === "Escape") set(false); });
  }

  function menus() {
    const all = document.querySelectorAll("details.menu");
    document.addEventListener("click", (e) => all.forEach((d) => { if (!d.contains(e.target)) d.open = false; }));
    all.forEach((d) => d.addEventListener("keydown", (e) => { if (e.key === "Escape") { d.open = false; d.firstElementChild.focus(); } }));
  }

  /* one more empty row: a copy of the template, numbered */
  function rows(box) {
    const add = box.querySelector("[data-add]"), template = box.querySelector("template");
    if (!add) return;
    let number = box.querySelectorAll("[role=group]").length;
    add.hidden = false;
    add.addEventListener("click", () => {
      const copy = template.content.firstElementChild.cloneNode(true);
      number += 1;
      copy.innerHTML = copy.innerHTML.replaceAll("-newN-", `-new${number}-`);
      template.before(copy);
      copy.querySelector("input:not([type=hidden]),select,textarea")?.focus();
    });
  }

  function keys() {
    const go = { "/": "[name=q]", n: "[data-key=n]", e: "[data-key=e]", s: "[data-key=s]", "[": "[rel=prev]", "]": "[rel=next]" };
    document.addEventListener("keydown", (e) => {
      const typing = e.target.closest("input,textarea,select,[contenteditable]");
      if (e.key === "Enter" && (e.ctrlKey || e.metaKey) && typing && typing.form) { e.preventDefault(); typing.form.requestSubmit(); return; }
      if (typing || e.ctrlKey || e.metaKey || e.altKey || !go[e.key]) return;
      const el = document.querySelector(go[e.key]);
      if (el) { e.preventDefault(); if (el.matches("input")) el.focus(); else el.click(); }
    });
  }

  function guard(form) {
    let changed = false;
    form.addEventListener("input", () => { changed = true; });
    form.addEventListener("submit", () => { changed = false; });
    addEventListener("beforeunload", (e) => { if (changed) e.preventDefault(); });
  }

  document.addEventListener("DOMContentLoaded", () => {
    drawer(); menus(); keys();
    document.querySelectorAll("[data-rows]").forEach(rows);
    document.querySelectorAll("[data-guard]").forEach(guard);
    document.getElementById("refusal")?.focus();
  });
})();
