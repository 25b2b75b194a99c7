/* tomoiki: picking rows. Counts the ticks, x ticks the row that has the focus. The bar works without it. */
document.addEventListener("DOMContentLoaded", () => {
  "use strict";
  const form = document.getElementById("bulk"), boxes = [...document.querySelectorAll("[form=bulk]")];
  const [chosen, page] = form.elements.which, words = form.querySelector("[data-picked]"), plain = words.textContent;

  function count() {
    const n = boxes.filter((box) => box.checked).length;
    words.textContent = n ? words.dataset.picked.replace("{n}", n) : plain;
  }

  boxes.forEach((box) => box.addEventListener("change", () => { chosen.checked = true; count(); }));
  page.addEventListener("change", () => { boxes.forEach((box) => { box.checked = true; }); count(); });
  document.addEventListener("keydown", (e) => {
    if (e.key !== "x" || e.ctrlKey || e.metaKey || e.altKey || document.documentElement.dataset.keys) return;
    const row = e.target.closest("[data-id]");
    if (row && !e.target.closest("input,textarea,select")) row.querySelector("[form=bulk]").click();
  });
  count();
});
