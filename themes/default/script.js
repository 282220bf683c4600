// Arrow keys on photo pages and on the pages of a gallery; Escape goes up. Everything works without.
addEventListener("keydown", event => {
  if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.target.closest?.("input,select,textarea,[contenteditable]")) return;
  const rtl = document.dir === "rtl";
  const id = { ArrowLeft: rtl ? "next" : "previous", ArrowRight: rtl ? "previous" : "next", Escape: "up" }[event.key];
  const link = id && document.querySelector(`a#${id}`);
  if (link) { event.preventDefault(); link.click(); }
});
