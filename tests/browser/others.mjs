// The client's gallery in Firefox and in Safari's engine: opening, walking, Back, favouring, closing, in an open gallery, a private one and
// a sealed one.
//
//   node others.mjs PROGRAM FOLDER
//
// PROGRAM builds the sites of client-site.mjs and sealed-site.mjs in FOLDER and FOLDER-sealed. Firefox is spoken to by WebDriver BiDi, WebKitGTK by WebDriver, within a display
// of its own (xvfb). What only Chromium can be asked for (fingers, axe) is in client.mjs.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';

import puppeteer from 'puppeteer-core';

import { clientSite } from './client-site.mjs';
import { sealedSite } from './sealed-site.mjs';
import { Tally, serve } from './site.mjs';

const [program, folder] = process.argv.slice(2).map((one) => path.resolve(one));
const tally = new Tally();

// What goes wrong on a page is kept by the page itself, as WebDriver tells nothing of it: in the tab's storage, over reloads. It is
// put in front of every page's own scripts by the server; the policy of pages allows their own origin.
const watch = `{
const told = (what) => sessionStorage.setItem('wrong', (sessionStorage.getItem('wrong') ?? '') + what + '\\n');
addEventListener('error', (event) => told(event.message ?? 'not loaded: ' + (event.target.src ?? event.target.href)), true);
addEventListener('unhandledrejection', (event) => told(String(event.reason)));
document.addEventListener('securitypolicyviolation', (event) => told('refused: ' + event.violatedDirective + ' ' + event.blockedURI));
for (const name of ['error', 'warn']) { const say = console[name]; console[name] = (...words) => { told(words.join(' ')); say.apply(console, words); }; }
}`;

async function firefox() {
  const executablePath = process.env.FIREFOX ?? ['/usr/bin/firefox-esr', '/usr/bin/firefox'].find(existsSync);
  if (!executablePath) throw new Error('no Firefox: install it (apt-get install firefox-esr), or name one in FIREFOX');
  // The size of the window, as not every Firefox knows all that puppeteer asks for to set that of a page.
  const browser = await puppeteer.launch({ browser: 'firefox', executablePath, headless: true, defaultViewport: null, args: ['--width=1200', '--height=885'] });
  return {
    async open() {
      const context = await browser.createBrowserContext();
      const page = await context.newPage();
      const wrong = [];
      page.on('pageerror', (error) => wrong.push(String(error)));
      page.on('console', (message) => { if (['error', 'warn'].includes(message.type())) wrong.push(message.text()); });
      return {
        goto: (url) => page.goto(url),
        ask: (script) => page.evaluate(`(() => { ${script} })()`),
        click: (selector) => page.click(selector),
        key: (key) => page.keyboard.press(key),
        back: () => page.goBack({ waitUntil: [] }).catch(() => page.evaluate('history.back()')),
        reload: () => page.reload(),
        wrong: async () => [...wrong, ...(await page.evaluate(() => sessionStorage.getItem('wrong') ?? '')).split('\n').filter(Boolean)],
        close: () => context.close(),
      };
    },
    close: () => browser.close(),
  };
}

const keys = { ArrowLeft: '\ue012', ArrowRight: '\ue014', End: '\ue010', Home: '\ue011', Escape: '\ue00c' };

// Plain WebDriver: a request for each step.
async function webkit(port) {
  if (!existsSync('/usr/bin/WebKitWebDriver')) throw new Error('no WebKitGTK: install it (apt-get install webkit2gtk-driver xvfb)');
  // A group of its own, so that the display ends with the driver.
  const driver = spawn('xvfb-run', ['-a', '-s', '-screen 0 1280x1024x24', 'WebKitWebDriver', `--port=${port}`], { stdio: 'ignore', detached: true });
  const ask = async (method, where, body) => {
    const answer = await fetch(`http://127.0.0.1:${port}${where}`, { method, body: body && JSON.stringify(body) });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`${where.split('/').slice(3).join('/')}: ${value.message || value.error}`);
    return value;
  };
  for (let turn = 0; ; turn += 1) {
    if (await ask('GET', '/status').then(() => true, () => false)) break;
    if (turn === 150) throw new Error('WebKitWebDriver does not answer');
    await new Promise((done) => { setTimeout(done, 200); });
  }
  return {
    async open() {
      const { sessionId } = await ask('POST', '/session', { capabilities: { alwaysMatch: { browserName: 'MiniBrowser', 'webkitgtk:browserOptions': { args: ['--automation'] } } } });
      const at = `/session/${sessionId}`;
      const run = (script) => ask('POST', `${at}/execute/sync`, { script, args: [] });
      return {
        goto: (url) => ask('POST', `${at}/url`, { url }),
        ask: run,
        click: async (selector) => {
          const element = Object.values(await ask('POST', `${at}/element`, { using: 'css selector', value: selector }))[0];
          await ask('POST', `${at}/element/${element}/click`, {});
        },
        key: async (key) => ask('POST', `${at}/actions`, { actions: [{ type: 'key', id: 'keys', actions: ['keyDown', 'keyUp'].map((type) => ({ type, value: keys[key] ?? key })) }] }),
        back: () => run('history.back()'),
        reload: () => ask('POST', `${at}/refresh`, {}),
        wrong: async () => (await run('return sessionStorage.getItem("wrong") ?? ""')).split('\n').filter(Boolean),
        close: () => ask('DELETE', at),
      };
    },
    close: async () => {
      process.kill(-driver.pid);
      await new Promise((done) => { driver.once('exit', done); });
    },
  };
}

// Until it is as expected, for half a minute at most.
async function comes(page, script, expected, what) {
  let found;
  for (const until = Date.now() + 30_000; Date.now() < until; await new Promise((done) => { setTimeout(done, 50); })) {
    found = await page.ask(`return ${script}`).catch((error) => error.message);
    if (found === expected) break;
  }
  tally.is(found === expected, what, `${found} for ${expected}`);
}
const shown = '(document.querySelector("dialog.viewer")?.open ? document.querySelector("[data-part=position]").textContent : "closed")';
const place = 'location.pathname + location.hash';
// A page takes no click while pictures grow out of their tiles or go back.
const calm = 'document.getAnimations().every((one) => !/view-transition/.test(one.effect?.pseudoElement ?? "")) && !document.querySelector("[style*=view-transition-name]")';
const rests = '(() => { const track = document.querySelector(".track"); return Math.abs(track.scrollLeft - (parseInt(document.querySelector("[data-part=position]").textContent) - 1) * track.clientWidth) < 2; })()';

async function walk(page, name, grid, total, open) {
  const step = async (number, what) => {
    await comes(page, shown, `${number} / ${total}`, `${name}: ${what}`);
    await comes(page, rests, true, `${name}: the photo lies in the middle`);
    await comes(page, '(() => { const image = document.querySelector(".slide:not([inert]) img"); return Boolean(image?.complete && image.naturalWidth); })()', true, `${name}: and its picture is there`);
    await comes(page, calm, true, `${name}: at rest`);
  };
  await comes(page, 'document.querySelector("template#viewer")?.gallery !== undefined', true, `${name}: the viewer is ready`);
  await page.click('.tiles li:nth-child(2) img');
  await step(2, 'a click opens the photo');
  const address = await page.ask(`return ${place}`);
  tally.is(open ? address.startsWith(`${grid}photo-002-`) : address.startsWith(`${grid}#view_`), `${name}: the photo has its address`, address);
  await page.key('ArrowRight');
  await step(3, 'an arrow goes on');
  await page.key('End');
  await step(total, 'End goes to the last');
  await page.key('Home');
  await step(1, 'Home goes to the first');
  await page.click('[data-part=next]');
  await step(2, 'a button goes on');
  await page.click('[data-part=previous]');
  await step(1, 'a button goes back');
  await page.back();
  await comes(page, shown, 'closed', `${name}: one Back closes`);
  await comes(page, place, grid, `${name}: at the grid`);
  await comes(page, calm, true, `${name}: the picture went back into its tile`);
  await page.ask('history.forward()');
  await step(1, 'Forward opens it again');
  await page.key('Escape');
  await comes(page, shown, 'closed', `${name}: Escape closes`);
  await comes(page, place, grid, `${name}: at the grid again`);
  await comes(page, calm, true, `${name}: the picture went back into its tile again`);
  await page.click('.tiles li:nth-child(3) img');
  await step(3, 'another opens');
  await page.click('[data-part=close]');
  await comes(page, shown, 'closed', `${name}: a button closes`);
  await comes(page, calm, true, `${name}: and all is at rest`);
}

async function favour(page, name) {
  const first = '.tiles li:first-child .heart';
  const pressed = `document.querySelector("${first}")?.ariaPressed`;
  const count = 'document.querySelector("[data-pick=count]")?.textContent';
  await comes(page, pressed, 'false', `${name}: a photo has its heart`);
  await page.click(first);
  await comes(page, count, '1 of 2', `${name}: a heart is counted`);
  await page.reload();
  await comes(page, pressed, 'true', `${name}: it is kept over a reload`);
  await comes(page, count, '1 of 2', `${name}: and counted`);
  await page.click('[data-pick=open]');
  await comes(page, 'document.querySelectorAll("dialog.picks[open] .picked li").length', 1, `${name}: the list shows it`);
  await page.back();
  await comes(page, 'document.querySelector("dialog.picks").open', false, `${name}: Back closes the list`);
}

// Opens a sealed gallery, has it remembered, and comes back.
async function unseal(page, name, code) {
  await comes(page, 'document.activeElement?.id', 'code', `${name}: a code is asked for`);
  const type = (typed) => page.ask(`document.querySelector('#code').value = ${JSON.stringify(typed)}; document.querySelector('form#unlock').requestSubmit();`);
  await type(code.slice(0, -1));
  await comes(page, '/not 15/.test(document.querySelector("#said").textContent)', true, `${name}: a symbol that is missing is told`);
  await page.click('[data-part=remember]');
  await type(code.toLowerCase().replaceAll('-', ' '));
  const title = 'document.querySelector("main h1").textContent';
  // What is still on its way when a page is left, fails.
  const pictured = 'document.querySelectorAll(".tiles img").length === 16 && [...document.querySelectorAll(".tiles img")].every((image) => image.naturalWidth || image.getBoundingClientRect().top > 3 * innerHeight)';
  await comes(page, title, 'Lake House', `${name}: the code opens it`);
  await comes(page, pictured, true, `${name}: its pictures are there`);
  await page.reload();
  await comes(page, title, 'Lake House', `${name}: the next time it opens by itself`);
  await comes(page, pictured, true, `${name}: with its pictures`);
}

// A site, with what watches its pages in front.
async function watched(folder) {
  const site = await serve(folder);
  const watching = http.createServer(async (request, response) => {
    if (request.url === '/watch.js') return response.writeHead(200, { 'content-type': 'text/javascript' }).end(watch);
    const answer = await fetch(site.origin + request.url);
    const type = answer.headers.get('content-type') ?? '';
    let body = Buffer.from(await answer.arrayBuffer());
    if (type.startsWith('text/html')) body = Buffer.from(body.toString().replace('<title>', '<script src="/watch.js"></script><title>'));
    const policy = answer.headers.get('content-security-policy');
    return response.writeHead(answer.status, { 'content-type': type, ...(policy && { 'content-security-policy': policy }) }).end(body);
  });
  await new Promise((done) => { watching.listen(0, '127.0.0.1', done); });
  return {
    origin: `http://127.0.0.1:${watching.address().port}`,
    close: async () => {
      watching.closeAllConnections();
      await new Promise((done) => { watching.close(done); });
      await site.close();
    },
  };
}

const link = clientSite(program, folder);
const { anna } = sealedSite(program, `${folder}-sealed`);
const [plain, sealed] = [await watched(path.join(folder, 'public')), await watched(path.join(`${folder}-sealed`, 'public'))];
// A port that is free now.
const free = await new Promise((done) => { const one = http.createServer().listen(0, '127.0.0.1', () => { const { port } = one.address(); one.close(() => done(port)); }); });

// They wait more than they work, so they go side by side.
await Promise.all([['Firefox', firefox], ['WebKitGTK', () => webkit(free)]].map(async ([name, start]) => {
  let browser;
  try {
    browser = await start();
    for (const [which, { origin }, grid, total, open] of [['open', plain, '/walk/', 60, true], ['private', plain, `/${link}`, 12, false], ['sealed', sealed, `/${anna.path}`, 16, false]]) {
      const page = await browser.open();
      try {
        await page.goto(origin + grid);
        if (which === 'sealed') await unseal(page, `${name}, ${which}`, anna.code);
        await walk(page, `${name}, ${which}`, grid, total, open);
        if (!open) await favour(page, `${name}, ${which}`);
        // Firefox would fetch the next page of a gallery ahead (`rel="next"`), which the policy of pages refuses: a word in the console.
        const ahead = /(default-src|not loaded: ).*\/page-\d+\.html/;
        // A sealed picture that is on its way when the page is left, has no address yet.
        const wrong = (await page.wrong()).filter((one) => !ahead.test(one) && one.trim() !== 'not loaded:');
        tally.is(wrong.length === 0, `${name}, ${which}: nothing goes wrong`, wrong[0]);
      } finally {
        await page.close();
      }
    }
  } catch (error) {
    tally.is(false, `${name}: its steps`, error.stack.split('\n').slice(0, 4).join(' '));
  } finally {
    await browser?.close();
  }
}));
await plain.close();
await sealed.close();
tally.close();
