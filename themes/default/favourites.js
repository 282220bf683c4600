// Favourites: lists of photos that a client chooses, kept on this device from the first tap on a heart on, and handed over by the client.
// A photo is known by its file's name, which stays when pictures get other addresses.
const viewer = document.querySelector("template#viewer"), template = document.querySelector("template#favourites"), gallery = viewer?.gallery;
if (template && gallery) {
  const said = template.dataset, key = "safelight-favourites:" + said.key;
  const { fill } = gallery;
  const make = (name, rest, ...inside) => { const one = Object.assign(document.createElement(name), rest); one.append(...inside); return one; };
  document.body.append(document.importNode(template.content, true));
  const part = Object.fromEntries([...document.querySelectorAll("[data-pick]")].map(one => [one.dataset.pick, one]));
  const { bar, dialog, list: chooser } = part;
  const limits = new Map([...chooser.options].map(option => [option.value, +option.dataset.limit || 0]));
  const heart = bar.querySelector("svg");

  // What was chosen. Storage may be refused; then it lasts as long as the page.
  const nothing = () => ({ lists: {}, numbers: {}, notes: {}, note: "", from: "" });
  let kept = true;
  const recall = () => {
    try { return { ...nothing(), ...JSON.parse(localStorage.getItem(key)) }; } catch { kept = false; return nothing(); }
  };
  let chosen = recall();
  const keep = () => {
    try { localStorage.setItem(key, JSON.stringify(chosen)); } catch { kept = false; }
    part.local.textContent = kept ? said.local : said.off;
  };
  const files = list => chosen.lists[list] ?? [];
  const any = () => [...limits.keys()].some(list => files(list).length);

  const tell = text => { ([...document.querySelectorAll("dialog[open]")].pop() ?? document.body).append(part.status); part.status.textContent = text; clearTimeout(tell.later); tell.later = setTimeout(() => part.status.textContent = "", 6000); };
  const toggle = (list, photo) => {
    const file = photo.tile.dataset.file, has = files(list).includes(file), limit = limits.get(list);
    if (!has && limit && files(list).length >= limit) return tell(fill(said.full, { list, limit }));
    chosen.lists[list] = has ? files(list).filter(one => one !== file) : [...files(list), file];
    chosen.numbers[file] = photo.number;
    keep();
    paint();
  };

  // A heart for a photo and a list; it tells by its label what a tap does.
  const button = (list, photo, text) => {
    const one = make("button", { type: "button", className: "heart" }, heart.cloneNode(true));
    if (text) one.append(list);
    one.paint = () => {
      const has = files(list).includes(photo.tile.dataset.file);
      one.ariaPressed = String(has);
      one.ariaLabel = one.title = fill(has ? said.remove : said.add, { list });
    };
    one.onclick = () => toggle(list, photo);
    one.paint();
    return one;
  };

  // Hearts come to the photos that come near; all at once would hold up a long page.
  const near = new IntersectionObserver(entries => {
    for (const { target, isIntersecting } of entries) if (isIntersecting) {
      near.unobserve(target);
      [...target.children].forEach((tile, at) => {
        const photo = gallery.photos.get(+target.dataset.first + at);
        if (photo?.tile.dataset.file) tile.append(button(chooser.value, photo));
      });
    }
  }, { rootMargin: "50%" });
  const hearts = () => { for (const one of document.querySelectorAll(".tiles .heart")) one.remove(); for (const one of document.querySelectorAll(".tiles")) near.observe(one); };

  const paint = () => {
    for (const one of document.querySelectorAll(".heart")) one.paint?.();
    const list = chooser.value, limit = limits.get(list), count = files(list).length;
    part.count.textContent = limit ? fill(said.count, { count, limit }) : count;
    part.open.classList.toggle("any", count > 0);
    part.clear.disabled = part.out.disabled = !any();
  };

  // The viewer asks for a heart of each list beside what it says of the photo.
  document.addEventListener("photo", event => {
    const bar = event.target.querySelector(".foot"), photo = event.detail;
    for (const one of bar.querySelectorAll(".heart")) one.remove();
    if (!photo.tile?.dataset.file) return;
    bar.querySelector("p").after(...[...limits.keys()].map(list => button(list, photo, limits.size > 1)));
  });
  document.addEventListener("keydown", event => {
    const one = event.target.closest?.("dialog.viewer")?.querySelector(".heart");
    if (one && event.key.toLowerCase() === "l" && !event.ctrlKey && !event.metaKey && !event.altKey) one.click();
  });

  // All that was chosen, on one page, with room for notes.
  const find = async file => {
    const number = chosen.numbers[file];
    const there = number && await gallery.load(number);
    if (there?.tile.dataset.file === file) return there;
    // Photos were added or taken away since: it has another number.
    for (let at = 1; at <= gallery.total; at += 1) {
      const photo = gallery.photos.get(at) ?? await gallery.load(at);
      if (photo?.tile.dataset.file === file) return photo;
    }
  };
  const review = async () => {
    const parts = [];
    for (const list of limits.keys()) {
      const entries = [];
      for (const file of files(list)) {
        const photo = await find(file);
        if (!photo) continue;
        const copy = document.importNode(photo.link.querySelector("picture"), true);
        for (const one of copy.children) one.setAttribute("sizes", "12rem");
        copy.querySelector("img").loading = "lazy";
        const note = make("textarea", { rows: 1, maxLength: 1000, placeholder: said.note, ariaLabel: said.note, value: chosen.notes[file] ?? "" });
        note.oninput = () => { chosen.notes[file] = note.value; keep(); };
        entries.push(make("li", {}, make("div", { className: "look " + photo.tile.className },
          make("button", { type: "button", onclick: () => gallery.open(photo.number) }, copy), button(list, photo)), note));
      }
      if (entries.length) parts.push(make("h3", { textContent: `${list} (${said.count && limits.get(list) ? fill(said.count, { count: entries.length, limit: limits.get(list) }) : entries.length})` }), make("ul", { className: "picked" }, ...entries));
    }
    part.chosen.replaceChildren(...parts);
    part.empty.hidden = parts.length > 0;
  };
  const open = () => { part.message.value = chosen.note; part.from.value = chosen.from; part.local.textContent = kept ? said.local : said.off; paint(); review(); if (!dialog.open) dialog.showModal(); document.documentElement.classList.add("viewing"); };
  const shut = () => { if (dialog.open) dialog.close(); if (!document.querySelector("dialog[open]")) document.documentElement.classList.remove("viewing"); };
  const close = () => history.state?.favourites ? history.back() : shut();
  part.open.onclick = () => { history.pushState({ favourites: true }, ""); open(); };
  part.close.onclick = close;
  dialog.addEventListener("cancel", event => { event.preventDefault(); close(); });
  addEventListener("popstate", event => event.state?.favourites ? open() : event.state?.viewer || shut());
  if (history.state?.favourites) open();
  part.message.oninput = () => { chosen.note = part.message.value; keep(); };
  part.from.oninput = () => { chosen.from = part.from.value; keep(); };
  chooser.onchange = () => { hearts(); paint(); };

  // The forms in which it is handed over.
  const encode = bytes => btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const picks = async () => {
    const token = location.pathname.split("/g/")[1]?.split("/")[0];
    const link = token && crypto.subtle && encode(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode("safelight link\0" + token))).slice(0, 12));
    const lists = [...limits].filter(([list]) => files(list).length).map(([name, limit]) => ({
      name, limit: limit || undefined, photos: files(name).map(file => ({ number: chosen.numbers[file], file, note: chosen.notes[file] || undefined })),
    }));
    return { type: "safelight-picks", version: 1, site: said.site, gallery: said.gallery, key: said.key, link, from: chosen.from || undefined, note: chosen.note || undefined, total: gallery.total, lists };
  };
  const bare = file => file.split("/").pop();
  const text = all => [
    ...all.lists.map(list => `${list.name} (${list.photos.length})\n${list.photos.map(photo => photo.file).join(", ")}`),
    ...new Set(all.lists.flatMap(list => list.photos).filter(photo => photo.note).map(photo => `${photo.file}: ${photo.note}`)),
    all.note, all.from,
  ].filter(Boolean).join("\n\n");
  // A cell that a spreadsheet would take for a formula begins with an apostrophe.
  const cell = value => { const safe = /^[=+\-@\t\r]/.test(value ?? "") ? "'" + value : String(value ?? ""); return /[",;\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe; };
  const table = all => "\ufeff" + [["list", "number", "file", "note", "from"], ...all.lists.flatMap(list => list.photos.map(photo => [list.name, photo.number, photo.file, photo.note, all.from]))].map(row => row.map(cell).join(",")).join("\r\n") + "\r\n";
  const name = ending => `${said.saved}.${ending}`;
  const save = (content, type, ending) => {
    const url = URL.createObjectURL(new Blob([content], { type }));
    make("a", { href: url, download: name(ending) }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60000);
  };
  const copy = async value => { await navigator.clipboard.writeText(value); tell(said.copied); };
  const squeeze = async (bytes, Stream) => new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(new Stream("deflate-raw"))).arrayBuffer());
  const whole = async address => { const answer = await fetch(address); if (!answer.ok) throw Error(answer.status); return answer.blob(); };
  // Phones save through their share sheet, in batches that are fetched before the tap; others file by file.
  let saving = false;
  const saveAll = async () => {
    const wanted = [], lost = [];
    for (const file of new Set([...limits.keys()].flatMap(files))) {
      const photo = await find(file);
      if (photo?.tile.dataset.download) wanted.push(photo.tile.dataset);
    }
    if (!matchMedia("(pointer:coarse)").matches || !navigator.canShare?.({ files: [new File([""], "a.jpg", { type: "image/jpeg" })] })) {
      for (const { download, name } of wanted) {
        try {
          const url = viewer.file && URL.createObjectURL(await viewer.file(download, name));
          make("a", { href: url ?? download, download: name }).click();
          if (url) setTimeout(() => URL.revokeObjectURL(url), 60000);
        } catch { lost.push(name); }
        await new Promise(done => setTimeout(done, 400));
      }
      return lost;
    }
    const label = part.save.textContent, total = wanted.length;
    while (wanted.length) {
      const batch = [];
      for (let size = 0; wanted.length && batch.length < 10 && size < 4e7;) {
        tell(fill(said.waiting, { number: total - wanted.length + 1, total }));
        const { download, name } = wanted.shift();
        try {
          const body = await (viewer.file ?? whole)(download, name);
          size += body.size;
          batch.push(new File([body], name, { type: body.type }));
        } catch { lost.push(name); }
      }
      if (!batch.length) break;
      part.save.textContent = fill(said.batch, { count: batch.length });
      await new Promise(done => part.save.addEventListener("click", () => navigator.share({ files: batch }).catch(() => {}).finally(done), { once: true }));
    }
    part.save.textContent = label;
    return lost;
  };
  const hand = {
    file: async () => save(JSON.stringify(await picks(), null, 1), "application/json", "json"),
    csv: async () => save(table(await picks()), "text/csv", "csv"),
    names: async () => copy([...new Set((await picks()).lists.flatMap(list => list.photos).map(photo => bare(photo.file).replace(/\.[^.]+$/, "")))].join(", ")),
    mail: async () => location.assign(`mailto:${said.mail ?? ""}?subject=${encodeURIComponent(said.subject)}&body=${encodeURIComponent(text(await picks()))}`),
    share: async () => {
      const all = await picks(), file = new File([JSON.stringify(all)], name("txt"), { type: "text/plain" });
      await navigator.share(navigator.canShare?.({ files: [file] }) ? { files: [file] } : { text: text(all) });
    },
    link: async () => copy(location.href.split("#")[0] + "#picks=" + encode(await squeeze(JSON.stringify(await picks()), CompressionStream))).then(() => tell(said.link)),
    send: async () => {
      const all = await picks(), form = new FormData();
      for (const [field, value] of [["subject", said.subject], ["name", chosen.from], ["message", text(all)], ["picks", JSON.stringify(all)]]) form.append(field, value);
      part.send.disabled = true;
      try {
        const answer = await fetch(said.send, { method: "POST", body: form, headers: { accept: "application/json" }, credentials: "omit", referrerPolicy: "no-referrer" });
        tell(answer.ok ? said.sent : said.failed);
      } catch { tell(said.failed); }
      part.send.disabled = false;
    },
    save: async () => {
      if (saving) return;
      saving = true;
      try {
        const lost = await saveAll();
        if (lost.length) tell(fill(said.unsaved, { file: lost.join(", ") }));
      } finally { saving = false; }
    },
    clear: () => { if (confirm(said.ask)) { try { localStorage.removeItem(key); } catch { /* Nothing was kept. */ } chosen = nothing(); open(); } },
  };
  part.save.hidden = ![...gallery.photos.values()].some(photo => photo.tile.dataset.download);
  part.share.hidden = !navigator.share;
  part.link.hidden = !globalThis.CompressionStream;
  for (const [way, run] of Object.entries(hand)) part[way]?.addEventListener("click", () => Promise.resolve(run()).catch(error => error.name === "AbortError" || tell(said.failed)));

  // From another device: added only when asked for.
  const brought = location.hash.match(/^#picks=([\w-]{1,200000})$/);
  if (brought) (async () => {
    history.replaceState(null, "", location.pathname);
    const bytes = Uint8Array.from(atob(brought[1].replaceAll("-", "+").replaceAll("_", "/")), one => one.charCodeAt());
    const all = JSON.parse(new TextDecoder().decode(await squeeze(bytes, DecompressionStream)));
    const photos = all.lists.flatMap(list => limits.has(list.name) ? list.photos.map(photo => [list.name, photo]) : []);
    if (all.key !== said.key || !photos.length || !confirm(fill(said.receive, { count: photos.length }))) return;
    for (const [list, { file, number, note }] of photos) {
      if (typeof file !== "string") continue;
      if (!files(list).includes(file)) chosen.lists[list] = [...files(list), file];
      chosen.numbers[file] = number;
      if (note) chosen.notes[file] ||= String(note);
    }
    chosen.note ||= String(all.note ?? "");
    chosen.from ||= String(all.from ?? "");
    keep();
    paint();
  })().catch(() => tell(said.failed));

  addEventListener("storage", event => { if (event.key === key) { chosen = recall(); paint(); if (dialog.open) review(); } });
  hearts();
  paint();
}
