// Comfort only: every page works without this file.
(() => {
  "use strict";
  const typing = (node) => node.closest("input, textarea, select, [contenteditable]");

  // "/" goes to the search box, unless it was switched off (data-shortcut removed by the server).
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      for (const menu of document.querySelectorAll("details.menu[open]")) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
    }
    const box = document.querySelector("[data-shortcut]");
    if (box && event.key === box.dataset.shortcut && !event.ctrlKey && !event.metaKey && !event.altKey && !typing(event.target)) {
      event.preventDefault();
      box.focus();
    }
  });

  // One menu open at a time; a click elsewhere closes it.
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  // After a swap the reader is taken to what is wrong, or told what was done by #annonce (swapped by the server).
  document.addEventListener("htmx:afterSettle", (event) => {
    const target = event.detail.elt || event.target;
    const wrong = target.querySelector?.(".errors");
    if (wrong) wrong.focus();
    else if (event.detail.target?.id === "contenu") document.getElementById("contenu").focus();
  });

  // A quiet save that fails (session over, no network) never touches the page: what was typed stays where it is.
  const quiet = (event) => event.detail.requestConfig?.elt?.matches?.("[data-quiet]");
  const failed = (event) => {
    if (!quiet(event)) return;
    const { xhr, requestConfig } = event.detail;
    const elsewhere = xhr.responseURL && new URL(xhr.responseURL).pathname !== requestConfig.path;
    const lost = event.type !== "htmx:beforeSwap" || xhr.status >= 400 || elsewhere;
    if (lost && event.detail.shouldSwap) event.detail.shouldSwap = false;
    document.querySelector("[data-quiet-failed]").hidden = !lost;
  };
  for (const name of ["htmx:beforeSwap", "htmx:sendError", "htmx:timeout"]) document.addEventListener(name, failed);

  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
})();
