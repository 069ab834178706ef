// Reads aloud what a page shows (data-read), with a voice of this very device only: a voice of the network would send the
// text to its maker. Where the device has none for a language, there is no button, and the note says who reads.
(() => {
  "use strict";
  const speech = window.speechSynthesis;
  const blocks = [...document.querySelectorAll("[data-read]")];
  const note = document.querySelector("[data-read-alone]");
  if (!blocks.length) return;

  const own = (lang) => {
    const spoken = lang === "zh" ? /^(zh|cmn)(?!-(hk|mo))\b/i : new RegExp(`^${lang}\\b`, "i");
    return (speech ? speech.getVoices() : []).find(
      (voice) => voice.localService === true && spoken.test(voice.lang.replace(/_/g, "-")));
  };

  let now = null; // the button of what is being read
  let turn = 0; // what was stopped still says that it ended
  const show = (word) => { if (now) now.querySelector("span").textContent = now.dataset[word]; };
  const rest = () => { show("listen"); now = null; };
  const stop = () => { turn += 1; rest(); if (speech) speech.cancel(); };

  const read = (block, button) => {
    stop();
    const voice = own(block.lang);
    if (!voice) return ready();
    const mine = turn;
    const over = () => { if (turn === mine) rest(); };
    now = button;
    show("stop");
    const lines = [...block.querySelectorAll("h2, p")].map((line) => line.textContent.trim());
    lines.forEach((line, rank) => {
      const said = new SpeechSynthesisUtterance(line);
      said.voice = voice;
      said.lang = voice.lang;
      said.rate = 0.9;
      said.onerror = over;
      if (rank === lines.length - 1) said.onend = over;
      speech.speak(said);
    });
  };

  let waited = false; // voices are listed a moment after the page
  const ready = () => {
    const mute = blocks.filter((block) => !own(block.lang));
    for (const block of blocks) block.querySelector("[data-listen]").hidden = mute.includes(block);
    note.hidden = !(mute.length && (waited || mute.length < blocks.length));
  };

  for (const block of blocks) {
    const button = block.querySelector("[data-listen]");
    button.addEventListener("click", () => (now === button ? stop() : read(block, button)));
  }
  if (speech) speech.addEventListener("voiceschanged", ready);
  setTimeout(() => { waited = true; ready(); }, 1500);
  addEventListener("pagehide", stop);
  document.addEventListener("visibilitychange", () => { if (document.hidden) stop(); });
  ready();
})();
