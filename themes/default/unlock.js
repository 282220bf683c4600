// Opens a sealed gallery on the page of its link and shows it there: asks for what opens it, makes the page from the manifest, and
// fetches and opens pictures as they come near. `seal.js` does the decryption.
import { Refused, codeOf, contentKey, fetched, fileMaterial, handed, jsonOf, offline, secretOf, secure, unseal } from "./seal.js";

const form = document.querySelector("form#unlock");

const code = handed();
// What is said where scripts do not run.
document.querySelector(".old")?.remove();

if (form) {
  const said = form.dataset, folder = said.assets;
  const main = document.querySelector("main"), status = main.querySelector("#said"), progress = main.querySelector("progress");
  const field = form.querySelector("#code"), part = Object.fromEntries([...form.querySelectorAll("[data-part]")].map(one => [one.dataset.part, one]));
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
  const make = (name, rest, ...inside) => { const one = Object.assign(document.createElement(name), rest); one.append(...inside); return one; };
  // `next` is what came in the address meanwhile.
  let busy = false, open = false, next = null;

  const wait = text => {
    busy = true;
    part.go.disabled = true;
    progress.hidden = false;
    field.ariaInvalid = null;
    status.textContent = text;
  };
  const tell = (error, typed = "") => {
    busy = part.go.disabled = false;
    progress.hidden = true;
    let reason = error instanceof Refused ? error.reason : "damaged";
    if (open) return notify(said[reason] ?? said.damaged, false);
    if (next) { const typed = next; next = null; return attempt(typed); }
    if (reason === "damaged") files = null;
    // What is written like a code and is none was tried as a password; four short words are one.
    if (reason === "wrong" && /^\s*\w{4}(\W+\w{4}){3}\s*$/.test(typed) && /[\d\p{Pd}]/u.test(typed)) try { codeOf(typed); } catch { reason = "check"; }
    status.textContent = fill(said[reason], { count: error.detail });
    field.ariaInvalid = String(["symbol", "length", "check", "wrong"].includes(reason));
    field.focus();
    field.select();
  };

  // Both files are fetched while people type. They change when photos or links do, whatever a cache may hold. Where both are missing, they
  // have moved; where one is, an upload is on its way.
  let files;
  const ready = () => files ??= Promise.allSettled(["slots.json", "manifest.bin"].map(async name => (await fetched(folder + name, { cache: "no-cache" })).arrayBuffer().catch(offline)))
    .then(both => {
      const lost = both.map(one => one.reason).filter(Boolean);
      if (!lost.length) return both.map(one => one.value);
      files = null;
      throw lost.find(error => error.reason !== "missing") ?? new Refused(lost[1] ? "missing" : "updating");
    });
  const manifest = async key => jsonOf(new Response((await ready())[1]), await fileMaterial(key, "manifest.bin"));

  const attempt = async typed => {
    if (open) return;
    if (busy) { next = typed; return; }
    try {
      const secret = "passwords" in said ? secretOf(typed) : codeOf(typed);
      if (!secret) return field.focus();
      wait(said.checking);
      const slots = JSON.parse(new TextDecoder().decode((await ready())[0]));
      const key = await contentKey(slots, secret);
      status.textContent = said.opening;
      const wanted = part.remember.checked;
      await show(await manifest(key), key, wanted, wanted ? remember : recall);
    } catch (error) { tell(error, typed); }
  };

  // ---- remembering: a key that cannot be read, with a last day, in the browser's own store
  const DAY = 86400000, MOST_DAYS = 30;
  const store = (mode, act) => new Promise((done, failed) => {
    const opening = indexedDB.open("safelight-keys", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("keys");
    opening.onerror = opening.onblocked = () => failed(opening.error);
    opening.onsuccess = () => {
      const base = opening.result;
      try {
        const change = base.transaction("keys", mode), asked = act(change.objectStore("keys"));
        change.oncomplete = () => { base.close(); done(asked?.result); };
        change.onabort = () => { base.close(); failed(change.error); };
      } catch (error) { base.close(); failed(error); }
    };
  });
  const remember = key => {
    const until = Math.min(Date.now() + MOST_DAYS * DAY, said.until ? Date.parse(said.until) + DAY : Infinity);
    return store("readwrite", keys => keys.put({ key, until }, folder)).then(() => true, () => { notify(said.unkept); return false; });
  };
  const forget = () => store("readwrite", keys => keys.delete(folder)).then(() => location.reload(), () => notify(said.unforgotten)).then(() => true);
  // Whatever is past its day goes, of other galleries too.
  const recall = () => store("readwrite", keys => {
    const all = keys.openCursor();
    all.onsuccess = () => { const at = all.result; if (at) { if (at.value.until <= Date.now()) at.delete(); at.continue(); } };
    return keys.get(folder);
  }).then(kept => kept?.until > Date.now() ? kept.key : null, () => null);
  // The button that remembers or forgets. A store that takes long holds up nothing else.
  const keeping = (template, key, kept, begin) => {
    if (!template) return;
    main.append(document.importNode(template.content, true));
    const button = main.querySelector("[data-forget]"), paint = busy => {
      button.textContent = kept ? button.dataset.forget : button.dataset.remember;
      button.disabled = busy;
    };
    const after = async change => { paint(true); kept = await change; paint(false); };
    button.onclick = () => after(kept ? forget() : remember(key));
    after(begin(key));
  };

  // ---- the page, from its tree: elements and attributes that show something, and no others
  const SVG = "http://www.w3.org/2000/svg";
  const ELEMENTS = new Set("a abbr address article aside b bdi blockquote br button caption cite code col colgroup data dd del details dialog div dl dt em fieldset figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img input ins kbd label legend li mark menu meter nav ol optgroup option p picture pre progress q rp rt ruby s samp section select small span strong sub summary sup table tbody td template textarea tfoot th thead time tr u ul var wbr svg circle defs ellipse g line path polygon polyline rect text title use".split(" "));
  const ATTRIBUTES = new Set("alt autocomplete checked class colspan cx cy d datetime decoding dir disabled download draggable fetchpriority fill fill-rule for height hidden high href hreflang id label lang loading low max maxlength min name open optimum placeholder points r rel role rows rowspan rx ry scope selected sizes span src start stroke stroke-width tabindex title transform type value viewBox width x x1 x2 y y1 y2".split(" "));
  const LEADS = /^($|[#/]|https?:|mailto:|tel:)/i;
  // A file of this site.
  const ours = path => { const { origin, pathname } = new URL(path, location.href); return origin === location.origin && pathname.startsWith(said.base); };
  const leads = { href: (name, to) => name === "use" ? to[0] === "#" : LEADS.test(to), src: (name, from) => name === "img" && ours(from) };
  const allowed = (name, key, value) => /^(aria|data)-[\w-]+$/.test(key) || ATTRIBUTES.has(key) && (leads[key]?.(name, value) ?? true);
  const grow = (node, svg) => {
    if (typeof node === "string") return node;
    const [name, attributes, ...inside] = node;
    if (!ELEMENTS.has(name)) return "";
    svg ||= name === "svg";
    const one = svg ? document.createElementNS(SVG, name) : document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) if (allowed(name, key, value)) one.setAttribute(key, value);
    (one.content ?? one).append(...inside.map(child => grow(child, svg)));
    return one;
  };

  const notice = make("p", { className: "notice" });
  notice.setAttribute("role", "status");
  const notify = (text, last = true) => {
    const place = [...document.querySelectorAll("dialog[open]")].pop() ?? document.body;
    if (notice.parentNode !== place) place.append(notice);
    notice.textContent = text;
    clearTimeout(notify.later);
    if (last) notify.later = setTimeout(() => notify(""), 6000);
  };

  const show = async (all, key, kept, begin) => {
    if (all?.v !== 1) throw new Refused("damaged");
    // With its salt in the address: what a browser or a host has kept of an older file of this name is not that.
    const answered = (at, init) => fetched(`${folder}${all.files[at].join("?")}`, init);
    // One sealed file as a Blob. Browsers move large ones out of memory; pieces are handed over as they come.
    const opened = async (at, type, signal, tally) => {
      const [name, salt] = all.files[at], answer = await answered(at, { signal });
      const pieces = [], size = +answer.headers.get("content-length");
      let have = 0;
      await unseal(answer, await fileMaterial(key, name), piece => {
        pieces.push(piece);
        have += piece.length;
        if (pieces.length > 16) pieces.splice(0, pieces.length, new Blob(pieces));
        tally?.(size && Math.min(1, have / size));
      }, salt);
      return new Blob(pieces, { type });
    };
    const read = async at => { const [name, salt] = all.files[at]; return jsonOf(await answered(at), await fileMaterial(key, name), salt); };

    const page = all.page.map(node => grow(node));
    for (const href of all.styles.filter(ours)) document.head.append(make("link", { rel: "stylesheet", href }));
    const root = document.documentElement, ends = main.querySelector(".ends"), keep = main.querySelector("template#keep");
    root.lang = all.language;
    root.dir = all.direction;
    document.body.className = "gallery";
    document.body.append(notice);
    open = true;
    main.replaceChildren(...page);
    if (ends) main.querySelector(".title .facts")?.append(ends);
    keeping(keep, key, kept, begin);

    // Photos by the names in their addresses: equal photos have pictures in common, and words of their own.
    const names = [...main.querySelectorAll(".tiles > [id^=photo_]")].map(one => one.id.replace("photo_", "#view_"));
    const file = async (address, name, tally) => {
      const at = all.files.findIndex(([file]) => address === folder + file);
      if (at < 0) throw new Refused("missing");
      const ending = name.split(".").pop().toLowerCase();
      return opened(at, TYPES[ending] ?? "image/" + ending, undefined, tally);
    };
    Object.assign(document.querySelector("template#viewer") ?? {}, {
      file,
      read: async link => {
        const fragment = new DocumentFragment(), photo = all.photos[names.indexOf(link.getAttribute("href"))];
        fragment.append(...(await read(photo.about)).map(node => grow(node)));
        return fragment;
      },
    });
    downloads(file);
    pictures(all, opened);
    try { for (const path of all.scripts.filter(ours)) await import(path); } catch { notify(said.network, false); }
    const heading = main.querySelector("h1"), place = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (heading && !document.querySelector("dialog[open]")) {
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
      place ? place.scrollIntoView() : scrollTo(0, 0);
    }
  };

  // ---- downloads: opened here, and saved under their own names
  const TYPES = { jpg: "image/jpeg", tif: "image/tiff", zip: "application/zip" };
  const downloads = opened => {
    const percent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" }), running = new Set();
    document.addEventListener("click", async event => {
      const link = event.target.closest("a[download]"), address = link?.getAttribute("href");
      if (event.defaultPrevented || !address?.startsWith(folder)) return;
      event.preventDefault();
      if (running.has(address)) return;
      running.add(address);
      const file = link.download, tell = part => notify(fill(said.saving, { file, percent: percent.format(part) }), false);
      try {
        const url = URL.createObjectURL(await opened(address, file, tell));
        make("a", { href: url, download: file }).click();
        setTimeout(() => URL.revokeObjectURL(url), 60000);
        notify("");
      } catch ({ reason }) { notify(["network", "server", "missing"].includes(reason) ? said[reason] : fill(said.unsaved, { file })); }
      running.delete(address);
    });
  };

  // ---- pictures: those near the screen, nearest first, in the format and size that the browser can use
  const AT_ONCE = 6, FOR_VIEWER = 2;
  const pictures = (all, opened) => {
    // By file: its address, who shows it, and how its loading is stopped.
    const blobs = new Map(), known = new Map(), refused = new Set(), tried = new Map();
    const decodes = (type, blob) => {
      if (!tried.has(type)) {
        const probe = new Image(), url = probe.src = URL.createObjectURL(blob);
        tried.set(type, probe.decode().then(() => true, () => { refused.add(type); return false; }).finally(() => URL.revokeObjectURL(url)));
      }
      return tried.get(type);
    };
    const take = (file, type, image) => {
      let blob = blobs.get(file);
      if (!blob) {
        const stop = new AbortController();
        blob = { users: new Set(), stop };
        blob.address = opened(file, type, stop.signal).then(async made => {
          if (!await decodes(type, made)) return null;
          stop.signal.throwIfAborted();
          return blob.url = URL.createObjectURL(made);
        });
        const gone = () => { if (!blob.url && blobs.get(file) === blob) blobs.delete(file); };
        blob.address.then(gone, gone);
        blobs.set(file, blob);
      }
      blob.users.add(image);
      return blob.address;
    };
    const leave = (file, image) => {
      const blob = blobs.get(file);
      if (!blob?.users.delete(image) || blob.users.size) return;
      blobs.delete(file);
      blob.stop.abort();
      if (blob.url) URL.revokeObjectURL(blob.url);
    };

    // The smallest file that fills the place of a picture.
    const best = image => {
      const list = all.photos[image.dataset.sealed].pictures, type = list.find(one => !refused.has(one[1]))?.[1];
      const usable = list.filter(one => one[1] === type), [, , width, height] = usable.at(-1) ?? [];
      const asked = /^\d+px$/.test(image.sizes) ? parseInt(image.sizes) : Math.max(image.clientWidth, image.clientHeight * width / height);
      return usable.find(one => one[2] >= Math.floor(asked * devicePixelRatio)) ?? usable.at(-1);
    };
    const load = async (image, state, file) => {
      const before = state.file;
      try {
        for (; file; file = best(image)) {
          const [at, type, width] = file, address = await take(state.goal = at, type, image);
          if (known.get(image) !== state || !state.near) return leave(at, image);
          if (!address) { leave(at, image); continue; }
          image.closest("a")?.querySelector(".lost")?.remove();
          image.src = address;
          state.file = at;
          state.width = width;
          if (before >= 0 && before !== at) image.decode().catch(() => {}).then(() => leave(before, image));
          return;
        }
        throw new Refused("damaged");
      } catch (error) {
        leave(state.goal, image);
        if (error.name === "AbortError") return;
        state.failed = true;
        if (error.reason === "missing" && !outdated) { outdated = true; notify(said.missing, false); }
        image.dispatchEvent(new Event("error"));
        const link = image.closest(".tiles a");
        if (link && !link.querySelector(".lost")) link.append(make("span", { className: "lost", textContent: said.failed }));
      }
    };
    // Once for a frame: whoever asks where pictures stand has the page laid out.
    const running = new Set();
    let outdated = false, queued;
    const work = () => { queued ||= requestAnimationFrame(hurry); };
    const hurry = () => {
      queued = 0;
      const waiting = [];
      for (const [image, state] of known) if (state.near && !state.failed && !running.has(state)) {
        const file = best(image);
        if (!file || state.width >= file[2]) continue;
        const { top, bottom } = image.getBoundingClientRect();
        waiting.push([image.loading === "eager" ? image.fetchPriority === "high" ? -2 : -1 : Math.abs(top + bottom - innerHeight), image, state, file]);
      }
      waiting.sort((one, other) => one[0] - other[0]);
      for (const [rank, ...one] of waiting) {
        if (running.size >= AT_ONCE + (rank < 0 ? FOR_VIEWER : 0)) return;
        running.add(one[1]);
        load(...one).finally(() => { running.delete(one[1]); work(); });
      }
    };

    const near = new IntersectionObserver(entries => {
      for (const { target, isIntersecting } of entries) {
        const state = known.get(target);
        if (!state) continue;
        state.near = isIntersecting;
        state.failed = false;
        if (!isIntersecting) letGo(target, state);
      }
      work();
    }, { rootMargin: "200%" });
    const letGo = (image, state) => {
      for (const file of [state.file, state.goal]) leave(file, image);
      if (state.file !== undefined) image.removeAttribute("src");
      state.file = state.goal = state.width = undefined;
    };
    const meet = image => {
      if (known.has(image) || !all.photos[image.dataset.sealed]) return;
      const eager = image.loading === "eager";
      known.set(image, { near: eager });
      // Slides of the viewer lie side by side in a track of their own: what is there is wanted.
      if (!eager) near.observe(image);
    };
    const lose = image => { const state = known.get(image); if (state) { known.delete(image); near.unobserve(image); letGo(image, state); } };
    const each = (node, act) => { if (node.matches?.("img[data-sealed]")) act(node); else node.querySelectorAll?.("img[data-sealed]").forEach(act); };
    new MutationObserver(records => {
      for (const { target, type, addedNodes, removedNodes } of records) {
        if (type === "attributes" && known.has(target)) known.get(target).failed = false;
        for (const node of removedNodes) each(node, image => image.isConnected || lose(image));
        for (const node of addedNodes) each(node, image => image.isConnected && meet(image));
      }
      work();
    }).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["sizes"] });
    each(main, meet);
    work();
    // A line that was down may be up again.
    const again = () => { if (document.hidden) return; for (const state of known.values()) state.failed = false; work(); };
    addEventListener("online", again);
    document.addEventListener("visibilitychange", again);
    let later;
    addEventListener("resize", () => { clearTimeout(later); later = setTimeout(work, 200); });
  };

  // ---- the form
  part.show.onclick = () => {
    const hidden = field.type === "text";
    field.type = hidden ? "password" : "text";
    part.show.textContent = hidden ? said.show : said.hide;
    field.focus();
  };
  form.onsubmit = event => { event.preventDefault(); attempt(field.value); };
  field.oninput = () => { field.ariaInvalid = null; if (!busy) status.textContent = ""; };
  // A page that is kept to be shown again keeps nothing that was typed.
  addEventListener("pagehide", () => { field.value = ""; });

  if (!secure) {
    field.disabled = part.go.disabled = true;
    status.textContent = said.insecure;
  } else {
    addEventListener("hashchange", () => { const code = handed(); if (code) attempt(code); });
    ready().catch(error => { if (["missing", "updating"].includes(error.reason)) tell(error); });
    if (code) attempt(code);
    else {
      field.focus({ preventScroll: true });
      recall().then(async key => {
        if (!key || busy || open) return;
        wait(said.opening);
        await show(await manifest(key), key, true, recall);
      }).catch(tell);
    }
  }
}
