// A gate for private galleries, as a Cloudflare worker. It holds no key.
//
// With Pages: put this file into the published folder as `_worker.js`.
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
