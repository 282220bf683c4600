// Follows every reference of a built site on disk.
//
//   node crawl.mjs FOLDER BASE_URL
//
// FOLDER is what `safelight build` wrote, BASE_URL the site's address with its path. Every href, src, srcset,
// poster, form action, preview picture, stylesheet url(), feed and sitemap entry must lead to a file that lies there;
// nothing may be fetched from elsewhere; every page must be reachable from the home page; and nothing may stand in a
// page that a strict content security policy would refuse. Ends with `N passed, N failed`.

import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const entities = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

export function decode(text) {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) =>
    hex ? String.fromCodePoint(parseInt(hex, 16)) : decimal ? String.fromCodePoint(+decimal) : (entities[name] ?? whole));
}

// The start tags of a document, with decoded attributes; text of scripts and styles is skipped, comments too.
export function tags(html) {
  const found = [];
  const pattern = /<!--[\s\S]*?-->|<(script|style|textarea|title)\b([^>"']|"[^"]*"|'[^']*')*>[\s\S]*?<\/\1\s*>|<([a-z][\w:-]*)((?:[^>"']|"[^"]*"|'[^']*')*)>/gi;
  for (const match of html.matchAll(pattern)) {
    if (match[0].startsWith('<!--')) continue;
    const raw = match[1];
    const name = (raw ?? match[3]).toLowerCase();
    const head = raw ? match[0].slice(0, match[0].search(/>/)) : match[4];
    const attributes = {};
    for (const a of head.replace(/^<\w+/, '').matchAll(/([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/g)) {
      attributes[a[1].toLowerCase()] ??= decode(a[2] ?? a[3] ?? a[4] ?? '');
    }
    const text = raw ? match[0].slice(match[0].indexOf('>') + 1).replace(/<\/\w+\s*>$/, '') : '';
    found.push({ name, attributes, text });
  }
  return found;
}

export function srcset(value) {
  // A comma inside an address is followed by no white space; between candidates a browser wants white space or the end.
  return value.split(/,\s+|,$/).map((candidate) => candidate.trim().split(/\s+/)[0]).filter(Boolean);
}

// What a page refers to: { url, fetched, what }.
export function references(found) {
  const out = [];
  const add = (url, fetched, what) => url !== undefined && out.push({ url: url.trim(), fetched, what });
  const fetchedRelations = ['stylesheet', 'icon', 'apple-touch-icon', 'preload', 'modulepreload', 'manifest', 'prefetch', 'preconnect', 'dns-prefetch', 'mask-icon'];
  for (const { name, attributes: a, text } of found) {
    if (name === 'link') {
      const relations = (a.rel ?? '').toLowerCase().split(/\s+/);
      if (a.href !== undefined) add(a.href, relations.some((r) => fetchedRelations.includes(r)), `link rel="${a.rel}"`);
      if (a.imagesrcset) for (const url of srcset(a.imagesrcset)) add(url, true, 'imagesrcset');
      continue;
    }
    if (['a', 'area'].includes(name)) add(a.href, false, `${name} href`);
    if (['use', 'image'].includes(name)) add(a.href ?? a['xlink:href'], true, `${name} href`);
    if (name === 'base' && a.href !== undefined) add(a.href, false, 'base href');
    if (['img', 'script', 'source', 'video', 'audio', 'iframe', 'embed', 'track', 'input'].includes(name)) add(a.src, true, `${name} src`);
    if (name === 'object') add(a.data, true, 'object data');
    if (name === 'form') add(a.action, false, 'form action');
    if (a.poster) add(a.poster, true, 'poster');
    if (a.srcset) for (const url of srcset(a.srcset)) add(url, true, `${name} srcset`);
    if (name === 'meta' && /^(og:(image|url|video|audio)(:secure_url|:url)?|twitter:image)$/i.test(a.property ?? a.name ?? '')) add(a.content, false, a.property ?? a.name);
    if (name === 'meta' && /^refresh$/i.test(a['http-equiv'] ?? '')) add(a.content?.match(/url\s*=\s*['"]?([^'"]+)/i)?.[1], false, 'meta refresh');
    if (name === 'style') for (const url of cssReferences(text)) add(url, true, 'style');
  }
  return out;
}

export function cssReferences(css) {
  const plain = css.replace(/\/\*[\s\S]*?\*\//g, '');
  return [...plain.matchAll(/url\(\s*(?:"([^"]*)"|'([^']*)'|([^)\s]*))\s*\)|@import\s+(?:"([^"]*)"|'([^']*)')/gi)]
    .map((m) => m[1] ?? m[2] ?? m[3] ?? m[4] ?? m[5]).filter((url) => url && !url.startsWith('#'));
}

function walk(folder, below = '') {
  return readdirSync(path.join(folder, below), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => entry.isDirectory() ? walk(folder, path.join(below, entry.name)) : [path.join(below, entry.name)]);
}

export function crawl(folder, base) {
  const site = new URL(base.endsWith('/') ? base : `${base}/`);
  const failures = [];
  let passed = 0;
  const files = walk(folder);
  const pages = new Map();
  for (const file of files.filter((f) => f.endsWith('.html'))) {
    pages.set(file, tags(readFileSync(path.join(folder, file), 'utf8')));
  }
  const addressOf = (file) => new URL(file.split(path.sep).map(encodeURIComponent).join('/').replace(/(^|\/)index\.html$/, '$1'), site);
  const ids = new Map();
  const reached = new Map();

  function fail(file, message) { failures.push(`${file}: ${message}`); }

  function identifiers(file) {
    if (!ids.has(file)) ids.set(file, new Set((pages.get(file) ?? []).flatMap(({ name, attributes: a }) => [a.id, name === 'a' ? a.name : undefined]).filter(Boolean)));
    return ids.get(file);
  }

  // The file that an address of ours leads to, or a reason why it leads to none.
  function resolve(url) {
    if (!url.pathname.startsWith(site.pathname)) return { reason: `leaves the site's path ${site.pathname}` };
    let below;
    try {
      below = decodeURIComponent(url.pathname.slice(site.pathname.length));
    } catch {
      return { reason: 'is not valid percent-encoding' };
    }
    let file = path.join(...below.split('/').filter(Boolean), below.endsWith('/') || below === '' ? 'index.html' : '');
    if (!file || file === '.') file = 'index.html';
    const full = path.join(folder, file);
    if (!existsSync(full)) return { reason: `leads to nothing (${file})` };
    if (statSync(full).isDirectory()) return { reason: 'is a folder without its slash: a redirect for every visitor' };
    return { file };
  }

  function follow(from, at, { url, fetched, what }) {
    if (/^(mailto|tel|sms):/i.test(url) && !fetched) { passed += 1; return; }
    if (/^data:image\//i.test(url) && fetched) { passed += 1; return; }
    let target;
    try {
      target = new URL(url, at);
    } catch {
      fail(from, `${what} "${url}" is not an address`);
      return;
    }
    if (!/^https?:$/.test(target.protocol)) return fail(from, `${what} "${url}" has a scheme that is not allowed`);
    if (target.origin !== site.origin) {
      if (fetched) fail(from, `${what} "${url}" is fetched from elsewhere`);
      else passed += 1;
      return;
    }
    const { file, reason } = resolve(target);
    if (!file) return fail(from, `${what} "${url}" ${reason}`);
    if (target.hash && target.hash !== '#top' && pages.has(file) && !target.hash.startsWith('#:~:')) {
      const wanted = decodeURIComponent(target.hash.slice(1));
      if (wanted && !identifiers(file).has(wanted)) return fail(from, `${what} "${url}" names a place that ${file} does not have`);
    }
    passed += 1;
    if (!reached.has(from)) reached.set(from, new Set());
    reached.get(from).add(file);
  }

  for (const [file, found] of pages) {
    const at = addressOf(file);
    for (const reference of references(found)) follow(file, at, reference);
    const seen = new Set();
    for (const { name, attributes: a, text } of found) {
      if (a.id !== undefined) {
        if (seen.has(a.id)) fail(file, `id "${a.id}" stands twice`);
        seen.add(a.id);
      }
      if (a.style !== undefined) fail(file, `<${name}> has a style attribute, which the content security policy refuses`);
      for (const key of Object.keys(a)) if (/^on[a-z]/.test(key)) fail(file, `<${name}> has ${key}=, which the content security policy refuses`);
      if (name === 'style') fail(file, 'has a <style> element, which the content security policy refuses');
      if (name === 'script' && a.src === undefined && !/^application\/(ld\+)?json$|^speculationrules$/.test(a.type ?? '')) fail(file, 'has an inline script, which the content security policy refuses');
      if (name === 'script' && /json$/.test(a.type ?? '')) {
        try { JSON.parse(text); passed += 1; } catch (error) { fail(file, `has JSON that does not parse: ${error.message}`); }
      }
      if (name === 'img') {
        if (a.alt === undefined) fail(file, `<img src="${a.src}"> has no alt`);
        if (!/^\d+$/.test(a.width ?? '') || !/^\d+$/.test(a.height ?? '')) fail(file, `<img src="${a.src}"> does not say its size`);
        if (/\.(jpe?g|png|tiff?|webp|avif)$/i.test(a.alt ?? '')) fail(file, `alt "${a.alt}" is a file name`);
      }
    }
    passed += 1;
  }
  for (const file of files.filter((f) => f.endsWith('.css'))) {
    for (const url of cssReferences(readFileSync(path.join(folder, file), 'utf8'))) follow(file, addressOf(file), { url, fetched: true, what: 'url()' });
  }
  for (const file of files.filter((f) => f.endsWith('.xml'))) {
    const text = readFileSync(path.join(folder, file), 'utf8');
    const urls = [...text.matchAll(/<(?:\w+:)?loc>([^<]*)<|\b(?:href|src)="([^"]*)"/g)].map((m) => decode(m[1] ?? m[2]));
    for (const url of urls) follow(file, addressOf(file), { url, fetched: false, what: 'entry' });
  }

  // From the home page every page must be within reach, and every picture in use.
  const queue = ['index.html'];
  const known = new Set(queue);
  while (queue.length) {
    for (const file of reached.get(queue.pop()) ?? []) if (!known.has(file)) { known.add(file); queue.push(file); }
  }
  if (!pages.has('index.html')) fail('index.html', 'there is no home page');
  for (const file of files) {
    if (!/\.(html|avif|webp|jpe?g|png|css|js)$/i.test(file)) continue;
    // Files for favourites and for sealed galleries are in every site, so that they do not tell of private ones.
    if (/^assets\/(favourites|find|seal|unlock)\.\w+\.(css|js)$/.test(file)) continue;
    if (known.has(file) || file === '404.html' || reached.get('404.html')?.has(file)) passed += 1;
    else fail(file, 'nothing that starts at the home page leads here');
  }
  return { passed, failures, pages: pages.size, files: files.length };
}

if (process.argv[1] && fileURLToPath(import.meta.url) === path.resolve(process.argv[1])) {
  const [folder, base] = process.argv.slice(2);
  if (!base) {
    console.error('usage: node crawl.mjs FOLDER BASE_URL');
    process.exit(2);
  }
  const { passed, failures, pages, files } = crawl(folder, base);
  for (const failure of failures) console.log(`not ok: ${failure}`);
  console.log(`${pages} pages, ${files} files at ${base}`);
  console.log(`${passed} passed, ${failures.length} failed`);
  process.exit(failures.length ? 1 : 0);
}
