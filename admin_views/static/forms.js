/* tomoiki, pages with forms: second readings, more rows, drafts. Every form works without it. */
(() => {
  "use strict";
  const store = sessionStorage, all = (css, at = document) => [...at.querySelectorAll(css)], find = (css) => document.querySelector(css);

  const ask = async (address, words) => {
    const answer = await fetch(`${address}?q=${encodeURIComponent(words)}`).catch(() => ({}));
    return answer.ok ? answer.json() : [];
  };

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

  const awake = (at) => all("[data-asks]", at).forEach(reading);

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
