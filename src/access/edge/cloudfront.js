// A gate for private galleries, as a CloudFront function (runtime cloudfront-js-2.0). It holds no key.
//
// 1. CloudFront > Functions > Create, paste this file, publish it.
// 2. In each behaviour of the distribution associate it with both "Viewer request" and "Viewer response". CloudFront takes one
//    function for each, so this one also leads from folders to their `index.html`: no other is needed.
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
  if (kind !== 'gone' && kind !== 'not-found') return folder(event.request, HEADERS[kind] || {});
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

// A bucket knows no folders: a path with a slash is its index, and one without a dot is led to the slash.
function folder(request, headers) {
  var uri = request.uri;
  if (uri.slice(-1) === '/') request.uri = uri + 'index.html';
  else if (uri.lastIndexOf('.') < uri.lastIndexOf('/')) {
    // One slash in front: two would name another host.
    var sent = { location: { value: '/' + uri.replace(/^[\/\\]+/, '') + '/' } };
    for (var name in headers) sent[name] = { value: headers[name] };
    return { statusCode: 301, statusDescription: 'Moved Permanently', headers: sent };
  }
  return request;
}
