/* tomoiki: theme before paint, drawer, menus, search boxes of references, keys, unsaved changes. Every page works without it. */
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

  /* ARIA 1.2 combobox over <slug>/lookup?q= */
  function combo(box) {
    const input = box.querySelector("[role=combobox]"), value = box.querySelector("[type=hidden]"), list = box.querySelector("[role=listbox]");
    let at = -1, timer = 0, asked = 0;
    const show = (on) => { list.hidden = !on; input.setAttribute("aria-expanded", on); if (!on) { at = -1; input.removeAttribute("aria-activedescendant"); } };
    const pick = (li) => { input.value = li.dataset.text; value.value = li.dataset.id; show(false); };
    const mark = (n) => {
      const items = [...list.children]; if (!items.length) return;
      at = (n + items.length) % items.length;
      items.forEach((li, i) => li.setAttribute("aria-selected", i === at));
      input.setAttribute("aria-activedescendant", items[at].id);
    };
    const option = (row, i) => {
      const li = document.createElement("li"), sub = document.createElement("small");
      li.setAttribute("role", "option"); li.setAttribute("aria-selected", "false"); li.id = list.id + i;
      li.dataset.id = row.id; li.dataset.text = row.text; li.append(row.text, sub); sub.textContent = row.sub || "";
      li.addEventListener("mousedown", (e) => { e.preventDefault(); pick(li); });
      return li;
    };
    const load = async () => {
      const mine = ++asked;
      const answer = await fetch(`${box.dataset.lookup}?q=${encodeURIComponent(input.value)}`, { headers: { Accept: "application/json" } });
      const rows = answer.ok ? await answer.json() : [];
      if (mine !== asked) return;
      list.replaceChildren(...rows.slice(0, 8).map(option));
      show(rows.length > 0);
    };
    input.addEventListener("input", () => { value.value = ""; clearTimeout(timer); timer = setTimeout(load, 150); });
    input.addEventListener("blur", () => show(false));
    input.addEventListener("keydown", (e) => {
      if (e.key === "ArrowDown") { e.preventDefault(); if (list.hidden) load(); else mark(at + 1); }
      else if (e.key === "ArrowUp") { e.preventDefault(); mark(at - 1); }
      else if (e.key === "Enter" && at >= 0) { e.preventDefault(); pick(list.children[at]); }
      else if (e.key === "Escape") show(false);
    });
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
      copy.querySelectorAll("[data-lookup]").forEach(combo);
      copy.querySelector("input:not([type=hidden]),select,textarea")?.focus();
    });
  }

  function keys() {
    const go = { "/": "[name=q]", n: "[data-key=n]", e: "[data-key=e]", s: "[data-key=s]" };
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
    document.querySelectorAll("[data-lookup]").forEach(combo);
    document.querySelectorAll("[data-rows]").forEach(rows);
    document.querySelectorAll("[data-guard]").forEach(guard);
    document.getElementById("refusal")?.focus();
  });
})();
