// Says two minutes before that the session will end. Writing counts as being there; what is on the screen does not stay
// after the end, unless something was typed: then it may still be sent, and the server keeps it.
(() => {
  "use strict";
  const note = document.getElementById("session-note");
  if (!note) return;
  const idle = Number(note.dataset.idle) * 1000;
  const before = 120_000;
  let since = Date.now();
  let asked = since;
  let typed = false;

  const present = () => {
    since = asked = Date.now();
    note.hidden = true;
    fetch(note.dataset.ping, { credentials: "same-origin", redirect: "manual" }).catch(() => {});
  };
  document.addEventListener("input", () => {
    typed = true;
    if (Date.now() - asked > before) present();
  });
  document.addEventListener("htmx:afterRequest", () => { since = asked = Date.now(); });
  note.querySelector("button").addEventListener("click", present);

  setInterval(() => {
    const spent = Date.now() - since;
    if (spent >= idle) {
      if (typed) {
        note.querySelector("[data-soon]").hidden = note.querySelector("button").hidden = true;
        note.querySelector("[data-over]").hidden = note.hidden = false;
      } else location.replace(location.pathname + location.search);
    } else if (spent >= idle - before) note.hidden = false;
  }, 5_000);
})();
