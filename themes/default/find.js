// The look-up page: a typed code leads to its link. Who runs the host learns no more from it than that a file was fetched.
import { Refused, codeOf, fetched, jsonOf, locatorOf, secure } from "./seal.js";

const form = document.querySelector("form#find");
const handed = () => {
  const [, code] = location.hash.match(/^#k=(.+)$/) ?? [];
  if (code) history.replaceState(history.state, "", location.pathname + location.search);
  return code;
};
const code = handed();
if (form) {
  const said = form.dataset, field = form.querySelector("#code"), go = form.querySelector("[data-part=go]");
  const status = document.querySelector("#said"), progress = document.querySelector("main progress");
  const wait = busy => { go.disabled = busy; progress.hidden = !busy; };
  const look = async typed => {
    if (go.disabled) return;
    field.ariaInvalid = null;
    try {
      const code = codeOf(typed);
      wait(true);
      status.textContent = said.checking;
      const { name, material } = await locatorOf(code, said.salt, +said.iterations);
      const { v, go: to } = await jsonOf(await fetched(said.entries + name, { cache: "no-cache" }), material);
      // A path of this site, and of no other.
      if (v !== 1 || !to.startsWith(said.base) || new URL(to, location.href).origin !== location.origin) throw new Refused("damaged");
      location.assign(to + "#k=" + code);
    } catch (error) {
      wait(false);
      const reason = { missing: "unknown", damaged: "unknown" }[error.reason] ?? error.reason;
      status.textContent = (said[reason] ?? said.network).replace("{count}", error.detail);
      field.ariaInvalid = "true";
      field.focus();
      field.select();
    }
  };
  form.onsubmit = event => { event.preventDefault(); look(field.value); };
  field.oninput = () => { field.ariaInvalid = null; if (!go.disabled) status.textContent = ""; };
  addEventListener("hashchange", () => { const code = handed(); if (code) look(code); });
  addEventListener("pagehide", () => { field.value = ""; });
  addEventListener("pageshow", event => { if (event.persisted) { wait(false); status.textContent = ""; } });
  if (!secure) {
    field.disabled = go.disabled = true;
    status.textContent = said.insecure;
  } else if (code) look(code);
  else field.focus({ preventScroll: true });
}
