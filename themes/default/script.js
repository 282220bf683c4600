// A code that came in the address leaves the address bar at once; scripts that use it have taken it by now.
const erase = () => { if (/^#k=/.test(location.hash)) history.replaceState(history.state, "", location.pathname + location.search); };
erase();
addEventListener("hashchange", erase);
// The way up from a photo leads to the grid that the visitor came from: a private gallery has one for each holder of a link,
// which the photo's page does not know. The session's history does; nothing is stored.
const folder = path => path.replace(/[^/]*$/, "");
const tile = document.querySelector(".tiles a"), up = document.querySelector("a#up");
const navigation = globalThis.navigation;
if (tile) navigation?.updateCurrentEntry({ state: { grid: folder(location.pathname), photos: folder(tile.pathname) } });
if (up && navigation?.currentEntry) for (const entry of navigation.entries().slice(0, navigation.currentEntry.index)) {
  const came = entry.getState();
  if (came?.photos === folder(location.pathname)) up.pathname = came.grid + up.pathname.slice(folder(up.pathname).length);
}
// Arrow keys on photo pages and on the pages of a gallery; Escape goes up. Everything works without.
addEventListener("keydown", event => {
  if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.target.closest?.("input,select,textarea,[contenteditable]")) return;
  const rtl = document.dir === "rtl";
  const id = { ArrowLeft: rtl ? "next" : "previous", ArrowRight: rtl ? "previous" : "next", Escape: "up" }[event.key];
  const link = id && document.querySelector(`a#${id}`);
  if (link) { event.preventDefault(); link.click(); }
});
