// A sealed gallery of 1,000 photos, opened and read from top to bottom on a slow phone: 390 px wide, a processor four times slower.
//
//   node thousand-sealed.mjs PROGRAM FOLDER
//
// PROGRAM builds it in FOLDER/sealed, with the pictures that thousand.mjs had rendered in FOLDER. What is held is what the browser fetches
// and keeps; times depend on what else the machine does, and are told.

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { draw, paceOf, phone, photos, read } from './long.mjs';
import { Tally, browser, serve } from './site.mjs';

const program = path.resolve(process.argv[2]);
const rendered = path.resolve(process.argv[3]);
const folder = path.join(rendered, 'sealed');
const tally = new Tally();

const run = (...args) => execFileSync(program, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
for (const made of ['.safelight', 'access.toml', 'public', 'galleries/long/gallery.toml']) rmSync(path.join(folder, made), { recursive: true, force: true });
draw(folder);
mkdirSync(path.join(folder, '.safelight'));
const cache = path.join(rendered, '.safelight', 'cache');
if (existsSync(cache)) cpSync(cache, path.join(folder, '.safelight', 'cache'), { recursive: true });
writeFileSync(path.join(folder, 'site.toml'), 'title = "Long"\n');
writeFileSync(path.join(folder, 'galleries', 'long', 'gallery.toml'), 'access = "sealed"\n');
run('--quiet', 'secret', 'new');
const { url, code } = JSON.parse(run('--format', 'json', 'share', 'galleries/long', '--to', 'Anna').trim().split('\n').at(-1));
run('--quiet', 'build');

const site = await serve(path.join(folder, 'public'));
const { browser: chromium, close } = await browser();
try {
  const context = await chromium.newContext(phone);
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  await page.setContent('<!doctype html><title>Nothing</title><div style="height:60000px"></div>');
  const nothing = paceOf((await read(page, 300)).times);

  // What is held by addresses of its own, and the most of it.
  await page.addInitScript(() => {
    const held = new Map();
    const seen = { most: 0, bytes: 0, made: 0, held };
    globalThis.blobs = seen;
    const { createObjectURL, revokeObjectURL } = URL;
    URL.createObjectURL = (blob) => {
      const address = createObjectURL.call(URL, blob);
      held.set(address, blob.size);
      seen.made += 1;
      seen.most = Math.max(seen.most, held.size);
      seen.bytes = Math.max(seen.bytes, [...held.values()].reduce((sum, size) => sum + size, 0));
      return address;
    };
    URL.revokeObjectURL = (address) => { held.delete(address); revokeObjectURL.call(URL, address); };
  });
  const wrong = [];
  page.on('pageerror', (error) => wrong.push(String(error)));
  page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) wrong.push(message.text()); });
  let asked = 0;
  page.on('request', (request) => { if (/\/i[^/]+\.bin\?/.test(request.url())) asked += 1; });
  await page.goto(site.origin + url);
  await page.locator('#code').fill(code);
  const opening = await page.evaluate(async () => {
    const begun = performance.now();
    const took = () => Math.round(performance.now() - begun);
    const until = async (test) => { while (!test()) await new Promise(requestAnimationFrame); return took(); };
    document.querySelector('form#unlock').requestSubmit();
    const images = () => [...document.querySelectorAll('.tiles img')];
    const grid = await until(() => document.querySelector('.tiles'));
    const first = await until(() => images().some((image) => image.naturalWidth));
    const screen = await until(() => images().filter((image) => image.getBoundingClientRect().top < innerHeight).every((image) => image.naturalWidth));
    return { grid, first, screen };
  });
  console.log(`1,000 sealed photos: from the code to the grid ${opening.grid} ms, to the first picture ${opening.first} ms, to a full screen ${opening.screen} ms`);
  await page.waitForFunction(() => document.querySelector('template#viewer').gallery);
  tally.is(await page.locator('.tiles li').count() === photos, 'all photos stand on one page');
  tally.is(asked < 100, 'only pictures near the screen are fetched', `${asked}`);

  // What is held depends on what comes near, not on how many frames pass meanwhile.
  const { times } = await read(page, Infinity, 300);
  const pace = paceOf(times);
  await page.waitForFunction(() => [...document.querySelectorAll('.tiles img')].slice(-5).every((image) => image.naturalWidth));
  const kept = await page.evaluate(() => {
    const shown = new Set([...document.images].map((image) => image.src));
    const { most, bytes, made, held } = globalThis.blobs;
    return { most, bytes, made, now: held.size, strays: [...held.keys()].filter((address) => !shown.has(address)).length };
  });
  console.log(`1,000 sealed photos: ${times.length} frames to the end, one in ${pace.median} ms (median) and ${pace.p95} ms (p95), ${nothing.median} and ${nothing.p95} ms with nothing on the page; at most ${kept.most} pictures held, ${(kept.bytes / 1e6).toFixed(1)} MB, of ${kept.made} opened`);
  tally.is(kept.most <= 100, 'pictures that are far away are let go of', `${kept.most} held`);
  tally.is(kept.strays === 0, 'and what nothing shows', `${kept.strays}`);
  tally.is(wrong.length === 0, 'nothing goes wrong', wrong[0]);
  await context.close();
} catch (error) {
  tally.is(false, 'the page was read to its end', error.stack);
} finally {
  await close();
  await site.close();
}
tally.close();
