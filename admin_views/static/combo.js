/* tomoiki: search as you type, in references (<slug>/lookup) and in the header (/search): the ARIA 1.2 combobox. */
(() => {
  "use strict";
  function combo(box) {
    const input = box.querySelector("[role=combobox]"), value = box.querySelector("[type=hidden]"), list = box.querySelector("[role=listbox]");
    let options = [], at = -1, timer = 0, asked = 0;
    const show = (on) => { list.hidden = !on; input.setAttribute("aria-expanded", on); if (!on) { at = -1; input.removeAttribute("aria-activedescendant"); } };
    const pick = (row) => {
      show(false);
      if (row.href) location.assign(row.href); else { input.value = row.text; value.value = row.id; }
    };
    const mark = (n) => {
      if (!options.length) return;
      at = (n + options.length) % options.length;
      options.forEach(([el], i) => el.setAttribute("aria-selected", i === at));
      input.setAttribute("aria-activedescendant", options[at][0].id);
    };
    const make = (tag, role, ...content) => {
      const el = document.createElement(tag);
      el.setAttribute("role", role);
      el.append(...content);
      return el;
    };
    const option = (row) => {
      const el = make("div", "option", row.text, make("small", "none", row.sub || ""));
      el.id = `${list.id}${options.length}`; el.setAttribute("aria-selected", "false");
      el.addEventListener("mousedown", (e) => { e.preventDefault(); pick(row); });
      options.push([el, row]);
      return el;
    };
    const group = ({ text, rows }) => {
      const head = make("span", "none", text), el = make("div", "group", head, ...rows.map(option));
      head.className = "small muted d-block px-2 pt-2"; head.ariaHidden = "true"; el.setAttribute("aria-label", text);
      return el;
    };
    const load = async () => {
      const mine = ++asked;
      const answer = await fetch(`${box.dataset.lookup}?q=${encodeURIComponent(input.value)}`, { headers: { Accept: "application/json" } }).catch(() => ({}));
      const found = answer.ok ? await answer.json() : [];
      if (mine !== asked || document.activeElement !== input) return;
      options = []; at = -1;
      list.replaceChildren(...found.slice(0, 8).map((one) => one.rows ? group(one) : option(one)));
      show(found.length > 0);
    };
    input.addEventListener("input", () => { if (value) value.value = ""; clearTimeout(timer); timer = setTimeout(load, 150); });
    input.addEventListener("blur", () => show(false));
    input.addEventListener("keydown", (e) => {
      if (e.key === "ArrowDown") { e.preventDefault(); if (list.hidden) load(); else mark(at + 1); }
      else if (e.key === "ArrowUp") { e.preventDefault(); mark(at - 1); }
      else if (e.key === "Enter" && at >= 0) { e.preventDefault(); pick(options[at][1]); }
      else if (e.key === "Escape" && !list.hidden) { e.preventDefault(); show(false); }
    });
  }

  /* woken by the cursor: boxes in rows that are added later too */
  document.addEventListener("focusin", (e) => {
    const box = e.target.closest("[data-lookup]");
    if (!box || box.dataset.awake) return;
    box.dataset.awake = "yes";
    combo(box);
  });
})();
