// The review desk by keyboard. Every key presses a button or follows a link that is on the page; without this script they are
// pressed by hand.
"use strict";
(() => {
  const desk = () => document.getElementById("desk");
  const one = selector => desk()?.querySelector(selector);
  const typing = target => target.closest("input:not([type=checkbox]):not([type=radio]), select, textarea, [contenteditable]");

  // The chosen candidate: a column of the table.
  const chosen = () => Number(one('th[data-candidate][aria-selected="true"]')?.dataset.candidate ?? 1);
  const choose = number => {
    const head = one(`th[data-candidate="${number}"]`);
    if (!head) return;
    desk().querySelectorAll("[data-candidate]").forEach(cell => {
      const on = cell.dataset.candidate === String(number);
      cell.classList.toggle("on", on);
      if (cell.matches("th")) cell.setAttribute("aria-selected", on ? "true" : "false");
    });
    head.scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  const said = key => one(`.words td[data-candidate="${chosen()}"] [data-word="${key}"]`);
  const press = element => { element?.click(); return Boolean(element); };

  const help = () => {
    const dialog = document.getElementById("desk-help");
    if (dialog.open) dialog.close(); else dialog.showModal();
  };

  const keys = {
    j: () => press(one('[data-key="j"]')),
    k: () => press(one('[data-key="k"]')),
    u: () => press(one('[data-key="u"]')),
    c: () => press(said("c")),
    z: () => press(said("z")),
    x: () => {
      const summary = said("x");
      if (!summary) return false;
      summary.parentElement.open = true;
      summary.parentElement.querySelector("select").focus();
      return true;
    },
    a: () => {
      const input = document.getElementById("add-offer");
      if (!input) return false;
      input.closest("details").open = true;
      input.focus();
      return true;
    },
    "/": () => { one('[data-key="/"]')?.focus(); return true; },
    "?": () => { help(); return true; },
  };
  keys.ArrowRight = keys.j;
  keys.ArrowLeft = keys.k;

  document.addEventListener("keydown", event => {
    if (!desk() || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      const open = event.target.closest?.("details.reject[open]");
      if (open) { open.open = false; open.querySelector("summary").focus(); }
      return;
    }
    if (typing(event.target)) return;
    if (document.querySelector("dialog[open]") && event.key !== "?") return;
    // A table that is wider than its place is scrolled with the arrows.
    if (event.key.startsWith("Arrow") && event.target.closest(".scroll")) return;
    if (/^[1-9]$/.test(event.key)) {
      choose(Number(event.key));
      event.preventDefault();
    } else if (keys[event.key]?.()) {
      event.preventDefault();
    }
  });

  document.addEventListener("click", event => {
    if (event.target.closest("[data-desk-help]")) help();
    const cell = event.target.closest("table.candidates [data-candidate]");
    if (cell && !event.target.closest("button, a, input, select, summary")) choose(Number(cell.dataset.candidate));
  });

  // After a need was swapped in, the first candidate without a word is chosen, and the keyboard is at the need.
  const ready = () => {
    if (!one("th[data-candidate]")) return;
    const open = desk().querySelector(".words td[data-candidate]:not(:has([data-word=z]))");
    choose(Number(open?.dataset.candidate ?? 1));
  };
  document.addEventListener("htmx:after:swap", event => {
    if (!(event.target.id === "desk" || event.target.contains?.(desk()))) return;
    ready();
    if (document.activeElement === document.body || !document.activeElement) one(".desk-need")?.focus({ preventScroll: true });
  });
  ready();
})();
