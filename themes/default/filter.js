// The filter of an open gallery: photos by keyword and month, in place of the grid. What it knows is fetched at the first tap; what is
// chosen stands in the address.
const viewer = document.querySelector("template#viewer"), template = document.querySelector("template#filter"), gallery = viewer?.gallery;
if (template && gallery) {
  const said = template.dataset, prefix = "#filter&";
  const box = document.importNode(template.content.querySelector(".filter"), true);
  document.querySelector("#content").after(box);
  const panel = box.querySelector("#filter-panel"), opener = box.querySelector(".open"), status = box.querySelector("[role=status]");
  const grid = [...document.querySelectorAll(".grid,header.section,nav.pages,main>h2.quiet,.covers")];
  const results = Object.assign(document.createElement("ul"), { className: "tiles found", hidden: true, tabIndex: -1 });
  document.querySelector(".grid").before(results);
  const plurals = new Intl.PluralRules(document.documentElement.lang), forms = JSON.parse(said.count);
  let known, chosen = new URLSearchParams(), turn = 0, last;

  const fetched = () => known ??= fetch(said.from).then(answer => answer.ok ? answer.json() : Promise.reject()).then(all => {
    for (const [by, entries] of Object.entries(all)) {
      const field = panel.querySelector(`[data-by=${by}]`);
      field.hidden = !entries.length;
      for (const [key, text, photos] of entries) {
        const chip = Object.assign(document.createElement("button"), { type: "button", textContent: text, ariaPressed: "false" });
        chip.dataset.key = key;
        chip.append(" ", Object.assign(document.createElement("small"), { textContent: photos.length }));
        chip.onclick = () => {
          const next = new URLSearchParams(chosen), on = next.has(by, key);
          on ? next.delete(by, key) : next.append(by, key);
          go(next);
        };
        field.append(chip);
      }
    }
    return all;
  }).catch(() => { known = null; });

  // Photos have every keyword that is chosen, and one of the months.
  const matching = all => {
    const photos = by => all[by].filter(([key]) => chosen.has(by, key)).map(entry => entry[2]);
    const sets = photos("keyword"), dates = photos("date");
    if (dates.length) sets.push(dates.flat());
    return sets.length ? sets.reduce((some, other) => { const also = new Set(other); return some.filter(one => also.has(one)); }).sort((a, b) => a - b) : null;
  };

  const show = async () => {
    const mine = ++turn, all = await fetched();
    if (mine !== turn) return;
    if (!all) return status.textContent = said.failed;
    for (const chip of panel.querySelectorAll("[data-key]")) chip.ariaPressed = String(chosen.has(chip.parentElement.dataset.by, chip.dataset.key));
    const numbers = matching(all), tiles = [];
    for (const number of numbers ?? []) {
      const photo = await gallery.load(number);
      if (mine !== turn) return;
      if (!photo) continue;
      const tile = document.importNode(photo.tile, false), link = document.importNode(photo.link, true);
      tile.removeAttribute("id");
      link.querySelector("img").loading = "lazy";
      link.onclick = event => {
        if (event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        last = { ...photo, tile, link };
        gallery.open(number);
      };
      tile.append(link);
      tile.number = number;
      tiles.push(tile);
    }
    results.replaceChildren(...tiles);
    results.hidden = !numbers;
    for (const part of grid) part.hidden = Boolean(numbers);
    box.classList.toggle("on", Boolean(numbers));
    status.textContent = !numbers ? "" : numbers.length ? (forms[plurals.select(numbers.length)] ?? forms.other).replace("{count}", numbers.length.toLocaleString(document.documentElement.lang)) : said.none;
    scrollTo({ top: Math.min(scrollY, results.hidden ? scrollY : results.getBoundingClientRect().top + scrollY - 80), behavior: "instant" });
  };
  // Where a photo stands while the filter is on: the viewer closes there.
  gallery.placed = photo => {
    if (results.hidden) return photo;
    const tile = [...results.children].find(one => one.number === photo.number);
    return tile ? { ...photo, tile, link: tile.firstElementChild } : last ?? photo;
  };

  const toggle = open => { panel.hidden = !open; opener.ariaExpanded = String(open); };
  const go = next => {
    chosen = next;
    history.pushState(null, "", next.size ? prefix + next : location.pathname);
    show();
  };
  const recall = () => {
    const next = new URLSearchParams(location.hash.startsWith(prefix) ? location.hash.slice(prefix.length) : "");
    if (String(next) === String(chosen)) return;
    chosen = next;
    show();
  };
  opener.onclick = () => { toggle(panel.hidden); if (!panel.hidden) show(); };
  box.querySelector(".all").onclick = () => { toggle(false); opener.focus(); if (chosen.size) go(new URLSearchParams()); };
  box.addEventListener("keydown", event => { if (event.key === "Escape" && !panel.hidden) { event.preventDefault(); toggle(false); opener.focus(); } });
  // An opened photo has an address of its own, and the grid's comes back with it.
  addEventListener("popstate", event => { if (!event.state?.viewer) recall(); });
  recall();
}
