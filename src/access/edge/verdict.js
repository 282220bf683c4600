// The verdict on a path as it stands in the request: 'public', 'page', 'assets', 'entry', 'gone' or 'not-found'.
function verdict(raw, today) {
  var path = decoded(raw.split(/[?#]/)[0]);
  // Without doubled slashes and dot segments, as a host may understand it.
  var parts = path.split('/'), kept = [], last = parts[parts.length - 1];
  for (var i = 0; i < parts.length; i++) {
    if (parts[i] === '..') kept.pop();
    else if (parts[i] !== '' && parts[i] !== '.') kept.push(parts[i]);
  }
  var open = last === '' || last === '.' || last === '..';
  var resolved = '/' + kept.join('/') + (open && kept.length ? '/' : '');
  if (folded(resolved.slice(0, BASE.length)) !== folded(BASE)) return 'public';
  if (!/^[gxe]\//i.test(resolved.slice(BASE.length))) return 'public';
  if (path.slice(0, BASE.length) !== BASE) return 'not-found';
  var found = /^(?:(g)\/((?:\d{8}-)?p[A-Za-z0-9_-]{24})|(x)\/((?:\d{8}-)?a[A-Za-z0-9_-]{24})|(e)\/e[A-Za-z0-9_-]{24}\.bin)((?:\/[A-Za-z0-9._-]+)*)\/?$/
    .exec(path.slice(BASE.length));
  if (!found || /\/\.\.?(?:\/|$)/.test(found[6])) return 'not-found';
  var token = found[2] || found[4] || '';
  if (/^\d{8}-/.test(token) && token.slice(0, 8) < today) return 'gone';
  if (DENY.indexOf(token.toLowerCase()) >= 0) return 'gone';
  return found[1] ? 'page' : found[3] ? 'assets' : 'entry';
}

// Each escape as the byte it stands for, once. Letters that a client sent without one are bytes too, in UTF-8.
function decoded(text) {
  text = text.replace(/[\ud800-\udbff][\udc00-\udfff]|[\u0080-\ud7ff\ue000-\uffff]/g, encodeURIComponent);
  return text.replace(/%([0-9a-fA-F]{2})/g, function (_, hex) {
    return String.fromCharCode(parseInt(hex, 16));
  });
}

// In lower case, in ASCII alone: other letters are bytes here.
function folded(text) {
  return text.replace(/[A-Z]/g, function (letter) { return letter.toLowerCase(); });
}

// The day in UTC, as eight digits.
function today() {
  return new Date().toISOString().slice(0, 10).replace(/-/g, '');
}
