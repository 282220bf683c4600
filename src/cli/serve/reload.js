// Loads the page again when the site was rebuilt. Listens only while the page is seen: browsers allow few open
// connections to one server, and forgotten tabs would use them up.
(() => {
  const { revision, events } = document.currentScript.dataset;
  let source;
  const listen = () => {
    source?.close();
    source = undefined;
    if (document.hidden) return;
    source = new EventSource(events);
    source.onmessage = (event) => {
      if (event.data !== revision) {
        source.close();
        location.reload();
      }
    };
  };
  document.addEventListener("visibilitychange", listen);
  addEventListener("pagehide", () => source?.close());
  addEventListener("pageshow", (event) => event.persisted && listen());
  listen();
})();
