// A static server for a built site on loopback, a browser to look at it, and the pages worth looking at.

import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

import { chromium } from 'playwright-core';

const types = {
  '.html': 'text/html; charset=utf-8', '.css': 'text/css; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.mjs': 'text/javascript; charset=utf-8',
  '.json': 'application/json', '.xml': 'application/xml', '.txt': 'text/plain; charset=utf-8', '.svg': 'image/svg+xml', '.webmanifest': 'application/manifest+json',
  '.avif': 'image/avif', '.webp': 'image/webp', '.jpg': 'image/jpeg', '.jpeg': 'image/jpeg', '.png': 'image/png', '.ico': 'image/x-icon', '.woff2': 'font/woff2', '.zip': 'application/zip',
};

// The rules of a `_headers` file: paths with `*`, and the headers below each.
function headerRules(folder) {
  const file = path.join(folder, '_headers');
  if (!existsSync(file)) return [];
  const rules = [];
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (!line.trim() || line.trim().startsWith('#')) continue;
    const header = line.match(/^\s+([\w-]+):\s*(.*)$/);
    if (header) rules.at(-1)?.headers.push([header[1], header[2].trim()]);
    else rules.push({ pattern: new RegExp(`^${line.trim().split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`), headers: [] });
  }
  return rules;
}

// Serves FOLDER below BELOW ("/" or "/photos/") as a good host would: compressed, with the site's own header rules.
// A page that is asked for with `?pieces` comes in small pieces, the next whenever `more` is called (see `inPieces`).
export async function serve(folder, below = '/') {
  const rules = headerRules(folder);
  let pending;
  const server = http.createServer((request, response) => {
    let name;
    try {
      name = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
    } catch {
      name = '/\0';
    }
    let status = 200;
    let file = name.startsWith(below) && !name.includes('\0') ? path.join(folder, name.slice(below.length)) : '';
    if (file && !path.resolve(file).startsWith(path.resolve(folder))) file = '';
    if (file && existsSync(file) && statSync(file).isDirectory()) {
      if (!name.endsWith('/')) {
        response.writeHead(301, { location: `${request.url}/` }).end();
        return;
      }
      file = path.join(file, 'index.html');
    }
    if (!file || !existsSync(file)) {
      status = 404;
      file = path.join(folder, '404.html');
    }
    const headers = { 'content-type': types[path.extname(file).toLowerCase()] ?? 'application/octet-stream', 'cache-control': 'public, max-age=31536000' };
    for (const { pattern, headers: added } of rules) if (pattern.test(name)) {
      // Hosts send the values of all rules; of policies what any of them refuses is refused.
      for (const [key, value] of added.map(([key, value]) => [key.toLowerCase(), value])) headers[key] = key === 'content-security-policy' && headers[key] ? `${headers[key]}, ${value}` : value;
    }
    let body = existsSync(file) ? readFileSync(file) : Buffer.from('not found');
    if (request.url.endsWith('?pieces') && request.method === 'GET') {
      response.writeHead(status, headers);
      // Nothing is painted before the body begins, so all before it is one piece.
      pending = { response, body, at: 0, next: body.indexOf('>', body.indexOf('<body')) + 1 };
      more();
      return;
    }
    if (/^(text|application\/(json|xml|manifest)|image\/svg)/.test(headers['content-type']) && /gzip/.test(request.headers['accept-encoding'] ?? '')) {
      body = gzipSync(body);
      headers['content-encoding'] = 'gzip';
    }
    headers['content-length'] = body.length;
    response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : body);
  });
  // Sends the next piece: how many bytes have gone, or none where nothing is left.
  function more() {
    const { response, body, at, next } = pending;
    const size = Math.max(50, Math.ceil(body.length / 100));
    if (at === body.length) {
      response.end();
      return 0;
    }
    response.write(body.subarray(at, next));
    Object.assign(pending, { at: next, next: Math.min(next + size, body.length) });
    return next;
  }
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const origin = `http://127.0.0.1:${server.address().port}`;
  return { origin, home: origin + below, sent: () => pending.at, more, close: () => new Promise((done) => { server.closeAllConnections(); server.close(done); }) };
}

// Opens a page that comes in pieces: each is painted before the next is sent, however slow the machine is.
export async function inPieces(page, site, url) {
  const session = await page.context().newCDPSession(page);
  let got = 0;
  let document;
  let arrived = () => {};
  session.on('Network.requestWillBeSent', ({ requestId, type }) => { if (type === 'Document') document = requestId; });
  session.on('Network.dataReceived', ({ requestId, dataLength }) => {
    if (requestId === document) got += dataLength;
    arrived();
  });
  await session.send('Network.enable');
  await page.goto(`${url}?pieces`, { waitUntil: 'commit' });
  for (let sent = site.sent(); sent > 0; sent = site.more()) {
    while (got < sent) await new Promise((done) => { arrived = done; });
    await frames(page);
  }
  await page.waitForLoadState('load');
  await session.detach();
}

// Counts how far the layout moves, from before the page begins; `moved` tells what.
export async function watchShifts(page) {
  await page.addInitScript(() => {
    globalThis.safelightShifts = [];
    const rectangle = (r) => r && [r.x, r.y, r.width, r.height].map((side) => Math.round(side * 100) / 100).join(' ');
    const take = (entries) => {
      for (const entry of entries) {
        if (!entry.hadRecentInput) globalThis.safelightShifts.push({ value: entry.value, sources: entry.sources.map(({ node, previousRect, currentRect }) => `${node?.nodeName}.${node?.className ?? ''}: ${rectangle(previousRect)} to ${rectangle(currentRect)}`) });
      }
    };
    const observer = new PerformanceObserver((list) => take(list.getEntries()));
    observer.observe({ type: 'layout-shift', buffered: true });
    globalThis.safelightShiftsSoFar = () => { take(observer.takeRecords()); return globalThis.safelightShifts; };
  });
}

// How far the layout moved. The browser counts from three pixels on, so nothing is left to rounding; what it names no source
// for is what styles generate (`::before`, `::after`), and that must stand still like all else.
export async function shiftOf(page) {
  const shifts = await page.evaluate(() => globalThis.safelightShiftsSoFar());
  return { value: shifts.reduce((sum, { value }) => sum + value, 0), told: shifts.map(({ value, sources }) => `${value.toFixed(5)} (${sources.join('; ') || 'what a style generates'})`).join(', ') };
}

// Two frames: the first has what was changed before, and was painted when the second begins.
export const frames = (page) => page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); }));

// Reads to the end, a screen at a time, and waits until every picture that came near is there.
export async function readToTheEnd(page, most = 40) {
  const screen = page.viewportSize().height;
  for (let turn = 0; turn < most; turn += 1) {
    if (await page.evaluate(() => scrollY + innerHeight >= document.documentElement.scrollHeight - 1)) break;
    await page.evaluate((by) => scrollBy({ top: by, behavior: 'instant' }), screen);
    await frames(page);
  }
  await page.waitForFunction(() => [...document.images].every((image) => image.complete || image.loading === 'lazy' && image.getBoundingClientRect().bottom > innerHeight * 3));
  await frames(page);
}

export async function browser(port) {
  const executablePath = process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/snap/bin/chromium'].find(existsSync);
  if (!executablePath) throw new Error('no Chromium: install it (apt-get install chromium), or name one in CHROMIUM');
  const profile = mkdtempSync(path.join(tmpdir(), 'safelight-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    args: ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage', ...(port ? [`--remote-debugging-port=${port}`] : [])],
  });
  // What takes long on a busy machine is not wrong: five minutes end only what never comes.
  const patient = context.browser();
  const newContext = patient.newContext.bind(patient);
  patient.newContext = async (options) => {
    const made = await newContext(options);
    made.setDefaultTimeout(300_000);
    return made;
  };
  context.setDefaultTimeout(300_000);
  return {
    browser: patient,
    context,
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

// Every page of the site, as paths below its home: "" is the home page.
export function everyPage(folder) {
  return readdirSync(folder, { recursive: true }).filter((file) => file.endsWith('.html'))
    .map((file) => file.split(path.sep).map(encodeURIComponent).join('/').replace(/(^|\/)index\.html$/, '$1')).sort();
}

// One page of each kind, found as a visitor would: home, a gallery, a photo in it, the privacy policy.
export async function kindsOfPages(page, home, folder) {
  const picturesBehind = async () => page.$$eval('main a[href]:has(img, picture)', (links) => [...new Set(links.map((a) => a.href.split('#')[0]))]);
  await page.goto(home);
  const galleries = await picturesBehind();
  let best;
  for (const gallery of galleries) {
    await page.goto(gallery);
    const behind = (await picturesBehind()).filter((url) => url.startsWith(gallery) && url !== gallery);
    const photos = [];
    for (const url of behind) {
      await page.goto(url);
      // A nested gallery links on to pictures below itself; a photo's page does not.
      if (!(await picturesBehind()).some((further) => further.startsWith(url) && further !== url && /\/$|\.html$/.test(further))) photos.push(url);
    }
    if (!best || photos.length > best.photos.length) best = { gallery, photos };
  }
  if (!best?.photos.length) throw new Error('no gallery with a photo page can be found from the home page');
  const privacy = everyPage(folder).find((name) => /(^|\/)privacy(\/|\.html)?$/.test(name));
  if (privacy === undefined) throw new Error('there is no privacy page');
  return { home, gallery: best.gallery, photo: best.photos[Math.floor(best.photos.length / 2)], policy: home + privacy };
}

// Counts and tells.
export class Tally {
  passed = 0;
  failed = 0;

  is(sound, name, detail = '') {
    if (sound) this.passed += 1;
    else {
      this.failed += 1;
      console.log(`not ok: ${name}${detail ? `: ${detail}` : ''}`);
    }
  }

  close() {
    console.log(`${this.passed} passed, ${this.failed} failed`);
    process.exitCode = this.failed || !this.passed ? 1 : 0;
  }
}
