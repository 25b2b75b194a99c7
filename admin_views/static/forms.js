/* tomoiki, pages with forms: search boxes of references, second readings, more rows, drafts. Every form works without it. */
(() => {
  "use strict";
  const store = sessionStorage, all = (css, at = document) => [...at.querySelectorAll(css)], find = (css) => document.querySelector(css);

  const ask = async (address, words) => {
    const answer = await fetch(`${address}?q=${encodeURIComponent(words)}`).catch(() => ({}));
    return answer.ok ? answer.json() : [];
  };

  /* ARIA 1.2 combobox over <slug>/lookup?q= */
  function combo(box) {
    const [input, value, list] = box.children;
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
      const mine = ++asked, rows = await ask(box.dataset.lookup, input.value);
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

  /* the second reading of a day or postal code, and what follows from it for empty controls beside it */
  function reading(input) {
    input.addEventListener("change", async () => {
      const { say = "", fill = [] } = await ask(input.dataset.asks, input.value);
      find(`#${input.id}-h`).textContent = say;
      let before = "";
      for (const [name, value, words] of fill) {
        const control = input.form.elements[name];
        if (!control) before += words;
        else if (!control.value) control.value = control.matches("select") ? value : before + value;
      }
    });
  }

  const awake = (at) => { all("[data-lookup]", at).forEach(combo); all("[data-asks]", at).forEach(reading); };

  /* one more empty row: a copy of the template, numbered */
  function rows(box) {
    const add = box.querySelector("[data-add]"), template = box.querySelector("template");
    if (!add) return;
    let number = all("[role=group]", box).length;
    add.hidden = false;
    add.addEventListener("click", () => {
      const copy = template.content.firstElementChild.cloneNode(true);
      copy.innerHTML = copy.innerHTML.replaceAll("-newN-", `-new${++number}-`);
      template.before(copy);
      awake(copy);
      copy.querySelector("input:not([type=hidden]),select,textarea")?.focus();
    });
  }

  /* asks before typed words are left; keeps them in this tab until they are saved, but never what is secret */
  function guard(form) {
    const key = `draft ${document.documentElement.dataset.user} ${location.pathname} ${form.action}`, kept = store[key], note = form.querySelector("#draft") || find("#draft");
    const controls = () => [...form.elements].filter((el) => el.name && !/^_|^csrf/.test(el.name) && !("secret" in el.dataset) && !/file|password/.test(el.type));
    const keep = () => { store[key] = JSON.stringify(controls().map((el) => [el.name, el.value, el.checked])); };
    let changed = false;
    delete store[key];
    if (kept && !find("#refusal")) {
      const now = controls();
      JSON.parse(kept).forEach(([name, value, on], i) => { if (now[i]?.name === name) { now[i].value = value; now[i].checked = on; } });
      changed = true; note.hidden = false;
    }
    form.addEventListener("input", () => { changed = true; if (!navigator.onLine) keep(); });
    form.addEventListener("submit", () => { changed = false; keep(); store.sent = key; });
    addEventListener("offline", () => { if (changed) keep(); });
    addEventListener("beforeunload", (e) => { if (changed) e.preventDefault(); });
  }

  document.addEventListener("DOMContentLoaded", () => {
    awake(document);
    all("[data-rows]").forEach(rows);
    all("[data-guard]").forEach(guard);
  });
})();
