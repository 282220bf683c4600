async function answered(request, next) {
  // The path as it was sent: URL objects would resolve dot segments first.
  const url = request.url, start = url.indexOf('/', url.indexOf('://') + 3);
  const kind = verdict(start < 0 ? '/' : url.slice(start), today());
  if (kind === 'gone' || kind === 'not-found') {
    const headers = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'x-robots-tag': 'noindex' };
    return new Response(kind === 'gone' ? GONE_TEXT : MISSING_TEXT, { status: kind === 'gone' ? 410 : 404, headers });
  }
  const response = await next();
  // What is missing for a moment during a publish must not be kept for a day.
  if (!HEADERS[kind] || response.status >= 400) return response;
  const changed = new Response(response.body, response);
  for (const name in HEADERS[kind]) changed.headers.set(name, HEADERS[kind][name]);
  return changed;
}
