// The way out is a form and needs no script. With one: the screen empties first, Shift three times does the same, Back
// shows nothing kept, and a page left open empties when its session is over.
(() => {
  "use strict";
  const body = document.body;
  const form = document.getElementById("leave");

  const go = () => {
    body.classList.add("gone");
    const fields = new URLSearchParams(new FormData(form));
    fields.set("leave", "1");
    fetch("/", { method: "POST", body: fields, keepalive: true, redirect: "manual" }).catch(() => {});
    location.replace(form.dataset.to);
  };
  form.addEventListener("submit", (event) => { event.preventDefault(); go(); });

  const dots = form.querySelector(".dots");
  let presses = [];
  document.addEventListener("keyup", (event) => {
    if (event.key !== "Shift") { presses = []; dots.hidden = true; return; }
    const now = Date.now();
    presses = [...presses.filter((at) => now - at < 5000), now];
    dots.hidden = false;
    [...dots.children].forEach((dot, rank) => dot.classList.toggle("on", rank < presses.length));
    if (presses.length >= 3) go();
  });

  addEventListener("pageshow", (event) => {
    if (event.persisted) { body.classList.add("gone"); location.replace("/"); }
  });

  const idle = Number(body.dataset.idle || 0) * 1000;
  if (!idle) return;
  setTimeout(() => { document.getElementById("stay").hidden = false; }, idle - 120_000);
  setTimeout(() => { body.classList.add("gone"); location.replace("/"); }, idle + 5_000);
})();
