// A gate for private galleries, as a Netlify edge function. It holds no key.
//
// Save it as `netlify/edge-functions/safelight.js` in the folder that the site is deployed from, beside `site.toml`; never into
// the published folder or the static one, which would publish it. A repository that holds it must not be public.
// Old deploys keep old links under addresses of their own: delete them, or make deploy permalinks private.
// Print it anew after every revocation: the list of dead links below is part of it.
//@SETTINGS@
//@VERDICT@
//@WORKER@
export default (request, context) => answered(request, () => context.next());

export const config = { path: '/*' };
