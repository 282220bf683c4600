// The viewer: a dialog over the grid with a track of slides, of which those around the photo shown exist. The grid is what it knows of
// the photos: further pages of a long gallery are fetched and read when they are reached.
const template = document.querySelector("template#viewer"), first = document.querySelector(".tiles");
if (template && first && HTMLDialogElement.prototype.showModal) {
  const root = document.documentElement;
  const rtl = document.dir === "rtl" ? -1 : 1;
  const calm = matchMedia("(prefers-reduced-motion:reduce)");
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
  const limit = (value, most) => Math.min(most, Math.max(-most, value));

  // Photos by their number in the gallery, and the pages that hold them.
  const photos = new Map(), pages = new Map();
  const links = [...document.querySelectorAll(".pages ol a")], here = links.findIndex(link => link.ariaCurrent) + 1 || 1;
  const read = (page, from) => {
    for (const list of page.querySelectorAll(".tiles"))
      [...list.children].forEach((tile, at) => photos.set(+list.dataset.first + at, { tile, link: tile.querySelector("a"), number: +list.dataset.first + at, page: from }));
  };
  // The browser reads further pages by itself: no script takes text for markup.
  const fetched = link => new Promise((done, failed) => {
    const asked = new XMLHttpRequest();
    asked.open("GET", link.href);
    asked.responseType = "document";
    asked.onerror = failed;
    asked.onload = () => asked.status === 200 && asked.response ? done(asked.response) : failed();
    asked.send();
  });
  read(document, here);
  const total = +template.dataset.total || photos.size;
  const size = here > 1 ? (+first.dataset.first - 1) / (here - 1) : photos.size;
  const load = async number => {
    const page = Math.ceil(number / size), link = links[page - 1];
    if (photos.has(number) || !link) return photos.get(number);
    if (!pages.has(page)) pages.set(page, fetched(link).then(answer => read(answer, page)).catch(() => pages.delete(page)));
    await pages.get(page);
    return photos.get(number);
  };
  const isHere = tile => tile?.ownerDocument === document;
  const nameOf = tile => tile.id.replace(/^photo_/, "view_");
  const named = hash => [...photos.values()].find(photo => "#" + nameOf(photo.tile) === hash);
  // Where the page has links of holders, the address of a photo stays below the holder's own.
  const addressOf = photo => template.hasAttribute("data-private") ? new URL("#" + nameOf(photo.tile), links[photo.page - 1]?.href ?? location.href).href : photo.link.href;

  let dialog, track, control, now, zoom = 1, x = 0, y = 0, playing, steered;
  const slides = new Map();

  const picture = () => slides.get(now?.number)?.firstElementChild;
  const at = () => Math.round(Math.abs(track.scrollLeft) / track.clientWidth) + 1;
  const widthOf = figure => Math.round(figure.clientWidth * zoom) + "px";

  const slide = number => {
    let one = slides.get(number);
    if (one) return one;
    one = document.createElement("div");
    one.className = "slide";
    one.style.insetInlineStart = (number - 1) / total * 100 + "%";
    one.inert = true;
    slides.set(number, one);
    track.firstElementChild.append(one);
    load(number).then(photo => {
      if (slides.get(number) !== one) return;
      const figure = document.createElement("figure");
      if (!photo) {
        figure.textContent = dialog.dataset.failed;
        figure.className = "failed";
        return one.replaceChildren(figure);
      }
      figure.className = photo.tile.className;
      // Copied where nothing is loaded: what a tile of a sealed gallery shows is not the file that is asked for here.
      const small = photo.link.querySelector("img"), copy = template.content.ownerDocument.importNode(photo.link.querySelector("picture"), true), image = copy.querySelector("img");
      if (image.dataset.sealed) image.removeAttribute("src");
      // What the grid shows already stands in until the larger file is there.
      if (small.complete && small.currentSrc) figure.style.backgroundImage = `url("${small.currentSrc}")`;
      image.loading = "eager";
      image.draggable = false;
      image.fetchPriority = number === now.number ? "high" : "low";
      const failed = Object.assign(document.createElement("p"), { textContent: dialog.dataset.failed, className: "failed" });
      image.onload = () => { figure.style.backgroundImage = ""; failed.remove(); };
      image.onerror = () => one.append(failed);
      figure.append(copy);
      one.replaceChildren(figure);
      for (const part of copy.children) part.sizes = widthOf(figure);
      if (number === now.number) tell();
    });
    return one;
  };

  // The slides around the one shown; those far away are let go of.
  const around = () => {
    for (const [number, one] of slides) if (Math.abs(number - now.number) > 3) { one.remove(); slides.delete(number); }
    for (const step of [0, 1, -1, 2, -2]) if (now.number + step >= 1 && now.number + step <= total) slide(now.number + step);
    for (const [number, one] of slides) one.inert = number !== now.number;
  };

  const tell = () => {
    const photo = now, label = fill(dialog.dataset.position, { number: photo.number, total });
    control.position.textContent = `${photo.number} / ${total}`;
    control.position.ariaLabel = label;
    control.said.textContent = photo.tile?.dataset.caption ?? "";
    control.live.textContent = `${label}. ${photo.link?.querySelector("img").alt ?? ""}`;
    const { download, name } = photo.tile?.dataset ?? {};
    control.save.hidden = !download;
    if (download) { control.save.href = download; control.save.download = name; }
    control.previous.disabled = photo.number <= 1;
    control.next.disabled = photo.number >= total;
    if (!control.about.hidden) inform();
    dialog.dispatchEvent(new CustomEvent("photo", { detail: photo, bubbles: true }));
  };

  // What a photo says of itself stands on its own page.
  const inform = async () => {
    const photo = now;
    try {
      const about = (await (template.read ?? fetched)(photo.link)).querySelector(".about");
      if (photo !== now) return;
      about.querySelector(".crumbs")?.remove();
      control.told.replaceChildren(document.importNode(about, true));
    } catch {
      control.told.textContent = dialog.dataset.failed;
    }
  };

  const show = async (number, how = "instant") => {
    number = Math.min(total, Math.max(1, number));
    now = photos.get(number) ?? { number };
    reset();
    around();
    if (how) {
      steered = at() !== number;
      track.scrollTo({ left: rtl * (number - 1) * track.clientWidth, behavior: calm.matches ? "instant" : how });
    }
    if (!now.tile) now = await load(number).then(photo => now.number === number && photo || now);
    if (now.number !== number || !now.tile) return;
    // After Back the page stands at the grid's own entry before the viewer has closed.
    if (history.state?.viewer) {
      history.replaceState({ viewer: number }, "", addressOf(now));
      tell();
    }
  };
  const step = by => { pause(); show(now.number + by, "smooth"); };

  // Zooming: the picture is moved by a transformation, and asks for a file as large as it is shown.
  const reset = () => { zoom = 1; x = y = 0; place(); };
  const place = () => {
    const figure = picture();
    if (!figure) return;
    const box = track.getBoundingClientRect();
    x = limit(x, Math.max(0, (figure.clientWidth * zoom - box.width) / 2));
    y = zoom > 1 ? limit(y, Math.max(0, (figure.clientHeight * zoom - box.height) / 2)) : y;
    figure.style.transform = zoom > 1 || y ? `translate(${x}px,${y}px) scale(${zoom})` : "";
    dialog.classList.toggle("zoomed", zoom > 1);
    control.smaller.disabled = zoom <= 1;
    control.larger.disabled = zoom >= 6;
  };
  let sharper;
  const magnify = (to, at = {}) => {
    const box = track.getBoundingClientRect(), from = zoom;
    pause();
    zoom = Math.min(6, Math.max(1, to));
    const dx = (at.clientX ?? box.x + box.width / 2) - box.x - box.width / 2, dy = (at.clientY ?? box.height / 2) - box.height / 2;
    x = dx - (dx - x) * zoom / from;
    y = zoom > 1 ? dy - (dy - y) * zoom / from : 0;
    place();
    clearTimeout(sharper);
    sharper = setTimeout(() => { const figure = picture(); for (const part of figure?.querySelectorAll("[sizes]") ?? []) part.sizes = widthOf(figure); }, 150);
  };

  const pause = () => {
    clearInterval(playing);
    playing = 0;
    control.play.ariaPressed = "false";
    control.play.ariaLabel = control.play.title = control.play.dataset.play;
  };
  const play = () => {
    if (playing) return pause();
    playing = setInterval(() => show(now.number % total + 1, now.number < total ? "smooth" : "instant"), 5000);
    control.play.ariaPressed = "true";
    control.play.ariaLabel = control.play.title = control.play.dataset.pause;
  };
  const full = () => document.fullscreenElement ? document.exitFullscreen() : dialog.requestFullscreen?.();
  const about = () => { control.about.hidden = !control.about.hidden; control.information.ariaExpanded = String(!control.about.hidden); if (!control.about.hidden) inform(); };
  // By the sheet of the device, else by copying; `teller` says so.
  const pass = async (url, teller) => {
    try {
      if (navigator.share) return await navigator.share({ url });
      await navigator.clipboard.writeText(url);
      teller.textContent = template.dataset.copied;
    } catch { /* Whoever closes the sheet shares nothing. */ }
  };
  const share = () => pass(addressOf(now), control.said);
  const button = document.querySelector("[data-share]");
  if (button && (navigator.share || navigator.clipboard)) {
    button.style.visibility = "visible";
    button.onclick = () => pass(location.href.split("#")[0], button);
  }

  const build = () => {
    document.body.append(document.importNode(template.content, true));
    dialog = document.querySelector("dialog.viewer");
    track = dialog.querySelector(".track");
    control = Object.fromEntries([...dialog.querySelectorAll("[data-part]")].map(part => [part.dataset.part, part]));
    track.style.setProperty("--total", total);
    control.full.hidden = !document.fullscreenEnabled;
    const act = { close, previous: () => step(-1), next: () => step(1), smaller: () => magnify(zoom / 1.6), larger: () => magnify(zoom * 1.6), play, full, information: about, share };
    for (const [name, run] of Object.entries(act)) control[name]?.addEventListener("click", run);
    dialog.addEventListener("cancel", event => { event.preventDefault(); zoom > 1 ? reset() : close(); });
    dialog.addEventListener("keydown", event => {
      if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest("input,select,textarea")) return;
      const key = event.key, run = {
        ArrowLeft: () => step(-rtl), ArrowRight: () => step(rtl), Home: () => show(1), End: () => show(total), f: full, F: full, i: about, I: about,
        "+": act.larger, "=": act.larger, "-": act.smaller, 0: reset, " ": event.target.closest("button,a") ? null : play,
      }[key];
      if (run) { event.preventDefault(); run(); }
    });
    dialog.addEventListener("wheel", event => {
      if (event.target.closest("aside") || !event.ctrlKey && zoom === 1 && Math.abs(event.deltaX) > Math.abs(event.deltaY)) return;
      // Neither the page behind moves nor the browser's own zoom.
      event.preventDefault();
      if (event.ctrlKey) magnify(zoom * Math.exp(-event.deltaY / 100), event);
      else if (zoom > 1) { x -= event.deltaX; y -= event.deltaY; place(); }
    }, { passive: false });
    // The browser moves the track; which slide it came to rest at is seen when it no longer moves. Where only a pause tells (Safari
    // before 26.2), a busy page pauses on the way too: what `show` has begun counts until it has arrived or a hand takes the track.
    let still;
    const ends = "onscrollend" in track;
    const settle = () => {
      if (!history.state?.viewer) return;
      if (at() === now.number) steered = false;
      else if (ends || !steered) show(at(), null);
    };
    if (ends) track.addEventListener("scrollend", settle);
    for (const hand of ["pointerdown", "wheel"]) track.addEventListener(hand, () => { steered = false; }, { passive: true });
    track.addEventListener("scroll", () => {
      if (!ends) { clearTimeout(still); still = setTimeout(settle, 150); }
      if (now && at() !== now.number) for (const step of [0, 1, -1]) if (at() + step >= 1 && at() + step <= total) slide(at() + step);
    });
    new ResizeObserver(() => { if (dialog.open && now) { reset(); track.scrollTo({ left: rtl * (now.number - 1) * track.clientWidth, behavior: "instant" }); } }).observe(track);
    touch();
  };

  // Fingers: the browser swipes sideways; two fingers zoom, one moves what is enlarged, and pulls down what is not, to close it.
  const touch = () => {
    const fingers = new Map();
    let start, tapped = -1e9, moved;
    const span = () => { const [a, b] = [...fingers.values()]; return Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY); };
    const middle = () => { const [a, b] = [...fingers.values()]; return { clientX: (a.clientX + b.clientX) / 2, clientY: (a.clientY + b.clientY) / 2 }; };
    track.addEventListener("touchmove", event => { if (event.touches.length > 1 || zoom > 1) event.preventDefault(); }, { passive: false });
    track.addEventListener("pointerdown", event => {
      if (event.button) return;
      fingers.set(event.pointerId, event);
      moved = fingers.size > 1;
      start = { clientX: event.clientX, clientY: event.clientY, x, y, zoom, span: fingers.size === 2 && span() };
      if (zoom > 1 || fingers.size > 1) track.setPointerCapture(event.pointerId);
    });
    track.addEventListener("pointermove", event => {
      if (!fingers.has(event.pointerId)) return;
      fingers.set(event.pointerId, event);
      const dx = event.clientX - start.clientX, dy = event.clientY - start.clientY;
      if (Math.hypot(dx, dy) > 8) moved = true;
      if (fingers.size === 2) magnify(start.zoom * span() / start.span, middle());
      else if (zoom > 1) { x = start.x + dx; y = start.y + dy; place(); }
      else if (event.pointerType !== "mouse" && dy > 8 && dy > Math.abs(dx)) { y = dy; place(); }
    });
    const end = event => {
      if (!fingers.delete(event.pointerId)) return;
      if (fingers.size) { const [one] = fingers.values(); start = { clientX: one.clientX, clientY: one.clientY, x, y, zoom }; return; }
      if (zoom === 1 && y) { if (y > 90 && event.type === "pointerup") return close(); y = 0; place(); }
      if (event.type !== "pointerup" || moved) return;
      const twice = event.timeStamp - tapped < 300;
      tapped = twice ? -1e9 : event.timeStamp;
      if (twice) zoom > 1 ? reset() : magnify(2.5, event);
      else if (event.pointerType === "mouse") { if (!event.target.closest("figure")) close(); }
      else dialog.classList.toggle("bare");
    };
    for (const name of ["pointerup", "pointercancel"]) track.addEventListener(name, end);
  };

  // The picture grows out of its tile and goes back into it, where the browser can do that.
  const transit = (tile, change) => {
    // It takes a picture of the page first, which a long page is slow at.
    if (!document.startViewTransition || calm.matches || !isHere(tile) || photos.size > 200) return change();
    tile.style.viewTransitionName = "photo";
    const transition = document.startViewTransition(() => { tile.style.viewTransitionName = ""; change(); const figure = dialog.open && picture(); if (figure) figure.style.viewTransitionName = "photo"; else tile.style.viewTransitionName = "photo"; });
    // A second one ends the first: nothing is lost with it.
    transition.ready.catch(() => {});
    transition.finished.catch(() => {}).then(() => { tile.style.viewTransitionName = ""; const figure = picture(); if (figure) figure.style.viewTransitionName = ""; });
  };

  const open = number => {
    if (!dialog) build();
    root.classList.add("viewing");
    if (!dialog.open) dialog.showModal();
    show(number);
    track.focus({ preventScroll: true });
  };
  // Closing is going back: the address of the grid stands in the history right before.
  const close = () => history.state?.viewer ? history.back() : shut();
  const shut = () => {
    if (!dialog?.open) return;
    pause();
    const { tile, link, page } = gallery.placed?.(now) ?? now;
    const change = () => {
      if (document.fullscreenElement) document.exitFullscreen();
      dialog.close();
      root.classList.remove("viewing");
      for (const one of slides.values()) one.remove();
      slides.clear();
      if (!isHere(tile)) return;
      tile.scrollIntoView({ block: "nearest", behavior: "instant" });
      link.focus({ preventScroll: true });
    };
    if (tile && !isHere(tile)) { change(); location.assign(links[page - 1].href.split("#")[0] + "#" + tile.id); }
    else transit(tile, change);
  };

  document.addEventListener("click", event => {
    const link = event.target.closest(".tiles a"), at = link && [...link.closest(".tiles").children].indexOf(link.closest("li"));
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const number = +link.closest(".tiles").dataset.first + at;
    history.pushState({ viewer: number }, "", addressOf(photos.get(number)));
    transit(link.closest("li"), () => open(number));
  });
  const gallery = template.gallery = { photos, total, load, fill, open: number => { history.pushState({ viewer: number }, "", addressOf(photos.get(number))); open(number); } };
  addEventListener("popstate", event => event.state?.viewer ? open(event.state.viewer) : shut());
  // A photo's address below a holder's link, opened anew: the grid comes to lie behind it.
  const shared = location.hash && named(location.hash);
  if (shared) {
    if (!history.state?.viewer) {
      history.replaceState(null, "", location.pathname);
      history.pushState({ viewer: shared.number }, "", addressOf(shared));
    }
    open(shared.number);
  }
}
