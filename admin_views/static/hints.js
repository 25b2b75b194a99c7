/* tomoiki, forms with hints: asks while one types, takes an offer over, copies words. The form works without it. */
(() => {
  "use strict";
  document.addEventListener("DOMContentLoaded", () => {
    const form = document.querySelector("[data-hints]"), at = (id) => document.getElementById(id);
    if (!form) return;
    let timer = 0, asked = 0, ticked = false;

    const show = (page) => page.querySelectorAll("[id^=hint]").forEach((piece) => {
      const old = at(piece.id);
      if (old && old.innerHTML !== piece.innerHTML) old.replaceChildren(...piece.childNodes);
    });
    const wake = () => {
      document.querySelectorAll("[data-copies]").forEach((button) => { button.hidden = !navigator.clipboard; });
      const offer = ticked && form.querySelector("[data-by-itself]");
      ticked = false;
      if (offer) take(offer);
    };
    const ask = async () => {
      const mine = ++asked;
      const answer = await fetch(form.dataset.hints, { method: "POST", body: new FormData(form) }).catch(() => ({}));
      if (!answer.ok || mine !== asked) return; // a later answer is on its way
      show(new DOMParser().parseFromString(await answer.text(), "text/html"));
      wake();
    };

    /* puts the value into its control, whatever that is, and the cursor there */
    const take = (button) => {
      const [name, ...rest] = button.value.split("="), value = rest.join("=");
      const [control, ...more] = [...form.elements].filter((one) => one.name === name), box = form.elements[`${name}-text`];
      if (!control) return;
      const radio = [control, ...more].find((one) => one.type === "radio" && one.value === value);
      if (radio) radio.checked = true; else control.value = value;
      if (box) box.value = button.dataset.words;
      const shown = box || radio || control;
      if (document.activeElement === button && shown.type !== "hidden") shown.focus();
      form.dispatchEvent(new Event("input"));
      ask();
    };

    form.addEventListener("input", (e) => {
      ticked ||= e.target.type === "checkbox" && e.target.checked;
      clearTimeout(timer); timer = setTimeout(ask, 350);
    });
    document.addEventListener("click", (e) => {
      const offer = e.target.closest("[name=_take]"), copies = e.target.closest("[data-copies]");
      if (offer) { e.preventDefault(); take(offer); }
      if (copies) navigator.clipboard.writeText(copies.previousElementSibling.textContent).then(() => copies.textContent = copies.dataset.copies);
    });
    wake();
  });
})();
