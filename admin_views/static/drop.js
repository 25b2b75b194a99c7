/* tomoiki: files dropped on the form are as if chosen in its control; everything works without it. */
(() => {
  "use strict";
  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-drop]").forEach((form) => {
    const control = form.querySelector("[type=file][multiple]"), box = form.closest("section");
    const light = (on) => box.classList.toggle("border-primary", on);
    box.addEventListener("dragover", (e) => { if (e.dataTransfer.types.includes("Files")) { e.preventDefault(); light(true); } });
    box.addEventListener("dragleave", (e) => { if (!box.contains(e.relatedTarget)) light(false); });
    box.addEventListener("drop", (e) => {
      if (!e.dataTransfer.files.length) return;
      e.preventDefault(); light(false);
      control.files = e.dataTransfer.files;
      control.focus();
    });
  }));
})();
