// A gate for private galleries, as a Cloudflare worker. It holds no key.
//
// With Pages: `safelight edge cloudflare > static/_worker.js`, then build and upload. Pages runs it and serves it to nobody;
// other hosts would serve it, so it belongs into no other site.
// With a worker in front of another host: `npx wrangler deploy` it, with a route for the whole domain.
// Turn off preview deployments, or close them with Access: old ones keep old links.
// Print it anew after every revocation: the list of dead links below is part of it.
//@SETTINGS@
//@VERDICT@
//@WORKER@
export default {
  fetch(request, env) {
    return answered(request, () => (env && env.ASSETS ? env.ASSETS.fetch(request) : fetch(request)));
  }
};
