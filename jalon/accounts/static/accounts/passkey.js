// The gesture of a passkey. Each form posts twice to its own address: "begin" for the challenge, then the answer.
(() => {
  "use strict";
  // A passkey belongs to a name of host, never to a bare address, and only on a secure page.
  const able = window.isSecureContext && window.PublicKeyCredential && !/^[\d.]+$|^\[/.test(location.hostname);
  if (!able) return;
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const asked = (options) => ({
    ...options,
    challenge: bytes(options.challenge),
    ...(options.user && { user: { ...options.user, id: bytes(options.user.id) } }),
    ...(options.excludeCredentials && { excludeCredentials: known(options.excludeCredentials) }),
    ...(options.allowCredentials && { allowCredentials: known(options.allowCredentials) }),
  });
  const answered = (made) => {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (made.response[name]) response[name] = text(made.response[name]);
    }
    return {
      id: made.id,
      rawId: text(made.rawId),
      type: made.type,
      response,
      authenticatorAttachment: made.authenticatorAttachment,
      clientExtensionResults: made.getClientExtensionResults(),
    };
  };

  for (const note of document.querySelectorAll("[data-passkey-cannot]")) note.hidden = true;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const said = form.querySelector("[data-passkey-said]");
      said.hidden = true;
      try {
        const body = new FormData(form);
        body.delete("credential");
        body.set("begin", "1");
        const reply = await fetch(form.action, { method: "POST", body });
        if (!(reply.headers.get("Content-Type") || "").startsWith("application/json")) return form.submit();
        const publicKey = asked((await reply.json()).publicKey);
        const made = await navigator.credentials[form.dataset.passkey]({ publicKey });
        form.elements.credential.value = JSON.stringify(answered(made));
        form.submit();
      } catch {
        said.hidden = false;
      }
    });
  }
})();
