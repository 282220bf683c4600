// The look-up page: a typed code leads to its link. Who runs the host learns no more from it than that a file was fetched.
import { Refused, codeOf, fetched, handed, jsonOf, locatorOf, secure } from "./seal.js";

const form = document.querySelector("form#find");
const LOCATOR_LENGTH = 1024;
const code = handed();
document.querySelector(".old")?.remove();
if (form) {
  const said = form.dataset, field = form.querySelector("#code"), go = form.querySelector("[data-part=go]");
  const status = document.querySelector("#said"), progress = document.querySelector("main progress");
  const wait = busy => { go.disabled = busy; progress.hidden = !busy; };
  let next;
  const look = async typed => {
    if (go.disabled) return next = typed;
    next = null;
    field.ariaInvalid = null;
    try {
      const code = codeOf(typed);
      wait(true);
      status.textContent = said.checking;
      const { name, material } = await locatorOf(code, said.salt, +said.iterations);
      const { v, go: to } = await jsonOf(await fetched(said.entries + name, { cache: "no-cache" }), material, undefined, LOCATOR_LENGTH);
      // A path of this site, and of no other.
      if (v !== 1 || !to.startsWith(said.base) || new URL(to, location.href).origin !== location.origin) throw new Refused("damaged");
      // The page there takes the code from its address and erases it; the browser's list of visited pages may keep it.
      location.assign(to + "#k=" + code);
    } catch (error) {
      wait(false);
      if (next) return look(next);
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
