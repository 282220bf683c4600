// A gate for private galleries, as a CloudFront function (runtime cloudfront-js-2.0). It holds no key.
//
// 1. CloudFront > Functions > Create, paste this file, publish it.
// 2. In the distribution's behaviour associate it with both "Viewer request" and "Viewer response".
// 3. The bucket must not be reachable but through this distribution (origin access control).
// Print it anew after every revocation: the list of dead links below is part of it.
//@SETTINGS@
//@VERDICT@
function handler(event) {
  var kind = verdict(event.request.uri, today());
  if (event.context.eventType === 'viewer-response') {
    // What is missing for a moment during a publish must not be kept for a day.
    var headers = event.response.statusCode < 400 && HEADERS[kind] || {};
    for (var name in headers) event.response.headers[name] = { value: headers[name] };
    return event.response;
  }
  if (kind !== 'gone' && kind !== 'not-found') return event.request;
  return {
    statusCode: kind === 'gone' ? 410 : 404,
    statusDescription: kind === 'gone' ? 'Gone' : 'Not Found',
    headers: {
      'content-type': { value: 'text/html; charset=utf-8' },
      'cache-control': { value: 'no-store' },
      'x-robots-tag': { value: 'noindex' }
    },
    body: kind === 'gone' ? GONE_TEXT : MISSING_TEXT
  };
}
