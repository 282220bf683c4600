// What becomes of sealed galleries once they are open, and of what goes wrong on the way: files that change, lines that break, stores that
// refuse, scripts that do not run.
//
//   node sealed-later.mjs PROGRAM FOLDER
//
// PROGRAM builds the site of sealed-site.mjs in FOLDER.

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { password, sealedSite } from './sealed-site.mjs';
import { Tally, browser, serve } from './site.mjs';
import { visits } from './visits.mjs';

const [program, folder] = process.argv.slice(2).map((one) => path.resolve(one));
const tally = new Tally();
const { anna, dora } = sealedSite(program, folder);
const build = () => execFileSync(program, ['--quiet', 'build'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
const lake = (file) => path.join(folder, 'galleries', 'lake', file);
const edit = (file, from, to) => writeFileSync(file, readFileSync(file, 'utf8').replace(from, to));

const site = await serve(path.join(folder, 'public'));
const { browser: chromium, close } = await browser();
const { on, shows } = visits({ chromium, site, tally });
const held = site.home + anna.path;
const failing = /Failed to load resource/;
const handed = `${held}#k=${anna.code}`;

const said = (page, pattern) => page.locator('#said').filter({ hasText: pattern }).waitFor();
const noticed = (page, pattern) => page.locator('.notice').filter({ hasText: pattern }).waitFor();
const opened = (page) => page.waitForFunction(() => document.querySelector('template#viewer')?.gallery !== undefined);
const type = async (page, text) => {
  await page.locator('#code').fill(text);
  await page.keyboard.press('Enter');
};
const button = (page, text) => page.locator('[data-forget]:enabled').filter({ hasText: text });
const informed = (page, text) => page.waitForFunction((words) => document.querySelector('.viewer aside:not([hidden]) .about')?.textContent.includes(words), text);
const inform = async (page, number, text) => {
  await page.locator('.tiles a').nth(number - 1).click();
  if (await page.locator('[data-part=information]').getAttribute('aria-expanded') === 'false') await page.locator('[data-part=information]').click();
  await informed(page, text);
};
const steps = (...all) => all.forEach((one) => tally.is(true, one));

try {
  // Browsers keep the files of the gallery for a day: the headers are the site's own.
  const twice = await chromium.newContext({ viewport: { width: 1200, height: 800 }, reducedMotion: 'reduce' });
  twice.setDefaultTimeout(20_000);
  const before = await twice.newPage();
  const kept = [];
  before.on('response', (response) => { if (/\/i[^/]+\.bin/.test(response.url())) kept.push(response.headers()['cache-control']); });
  await before.goto(handed);
  await opened(before);
  await inform(before, 2, 'The second stop');
  tally.is(kept.length > 0 && kept.every((one) => one === 'public, max-age=86400'), 'browsers may keep sealed files', kept[0]);
  edit(lake('gallery.toml'), 'The second stop', 'By the boathouse');
  copyFileSync(lake('photo-012.png'), lake('photo-013.png'));
  edit(lake('gallery.toml'), '[captions]\n', '[captions]\n"photo-012.png" = "Once"\n"photo-013.png" = "Once more"\n');
  build();
  const after = await twice.newPage();
  await after.goto(handed);
  await opened(after);
  await inform(after, 2, 'By the boathouse');
  await after.keyboard.press('Escape');
  await shows(after, 'closed', 'a caption that was changed is shown, whatever the browser has kept');
  await inform(after, 13, 'Once more');
  await after.keyboard.press('ArrowLeft');
  await after.waitForFunction(() => { const text = document.querySelector('.viewer .about')?.textContent; return text?.includes('Once') && !text.includes('Once more'); });
  tally.is(true, 'two equal photos say what is said of each');
  await twice.close();

  await on('remembering later', {}, handed, async (page) => {
    await button(page, 'Remember').click();
    await button(page, 'Forget').waitFor();
    await page.reload();
    await opened(page);
    await button(page, 'Forget').waitFor();
    await page.goto('about:blank');
    await page.goto(handed);
    await opened(page);
    await page.evaluate(() => { IDBObjectStore.prototype.delete = () => { throw new Error('refused'); }; });
    await button(page, 'Forget').click();
    await noticed(page, 'could not forget');
    await page.reload();
    await opened(page);
    await button(page, 'Forget').click();
    await page.locator('form#unlock').waitFor();
    steps('what came with a link can be remembered', 'and is known when the link comes again', 'what cannot be forgotten is told', 'and forgotten where that works');
  });

  for (const [what, how] of [
    ['never answers', () => { IDBFactory.prototype.open = () => ({}); }],
    ['is refused', () => { IDBFactory.prototype.open = () => { throw new DOMException('refused', 'SecurityError'); }; }],
    ['takes no keys', () => { IDBObjectStore.prototype.put = () => { throw new DOMException('refused', 'DataCloneError'); }; }],
  ]) {
    await on(`a store that ${what}`, {}, null, async (page) => {
      await page.addInitScript(how);
      await page.goto(held);
      await page.locator('[data-part=remember]').check();
      await type(page, anna.code);
      await opened(page);
      if (what !== 'never answers') await noticed(page, 'could not remember');
      tally.is(true, 'holds up nothing');
    });
  }

  for (const [what, file, status, pattern] of [
    ['a manifest that is not there yet', 'manifest.bin', 404, 'being updated'],
    ['slots that are not there yet', 'slots.json', 404, 'being updated'],
    ['a folder that has moved', '*', 404, 'out of date'],
    ['a host that is busy', 'slots.json', 503, 'could not deliver'],
    ['a host that refuses', 'manifest.bin', 403, 'could not deliver'],
  ]) {
    await on(what, { expected: failing }, null, async (page) => {
      await page.route(`**/x/*/${file}`, (route) => route.fulfill({ status }));
      await page.goto(held);
      await type(page, anna.code);
      await said(page, pattern);
      await page.unrouteAll();
      if (file === '*') await page.reload();
      await type(page, anna.code);
      await opened(page);
      tally.is(true, 'is told, and the code opens it later');
    });
  }

  await on('a script that is not delivered', { expected: failing }, null, async (page) => {
    await page.route('**/assets/favourites.*.js', (route) => route.abort());
    await page.goto(handed);
    await noticed(page, 'Check your connection');
    tally.is(await page.evaluate(() => document.activeElement.tagName === 'H1' && document.querySelectorAll('.tiles img').length === 17), 'is told, and the photos are there');
  });

  await on('a line that is down for a while', { expected: failing }, null, async (page) => {
    await page.goto(handed);
    await opened(page);
    await page.waitForFunction(() => document.querySelector('.tiles img').naturalWidth > 0);
    // The viewer needs a larger file of the first photos than the grid.
    await page.route('**/x/*/i*.bin*', (route) => route.abort());
    await page.locator('.tiles a').first().click();
    await page.locator('.slide:not([inert]) .failed').waitFor();
    // A copy of the grid's picture that arrives late would take the message away.
    tally.is(await page.locator('.slide:not([inert]) img').getAttribute('src') === null, 'what the grid shows is not taken for the photo');
    for (let turn = 0; turn < 3; turn += 1) {
      const again = page.waitForEvent('requestfailed');
      await page.evaluate(() => dispatchEvent(new Event('online')));
      await again;
    }
    tally.is(await page.locator('.slide:not([inert]) .failed').count() === 1, 'a photo says so once');
    await page.unrouteAll();
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await page.waitForFunction(() => document.querySelector('.slide:not([inert]) img')?.naturalWidth > 0 && !document.querySelector('.slide:not([inert]) .failed'));
    tally.is(true, 'and is shown once the page is looked at again');
    await page.keyboard.press('Escape');
    await shows(page, 'closed', 'Escape closes');
    await page.setViewportSize({ width: 390, height: 300 });
    await page.evaluate(() => scrollTo({ top: document.documentElement.scrollHeight, behavior: 'instant' }));
    await page.waitForFunction(() => !document.querySelector('.tiles img').src);
    await page.route('**/x/*/i*.bin*', (route) => route.abort());
    await page.evaluate(() => scrollTo({ top: 0, behavior: 'instant' }));
    await page.locator('.tiles .lost').first().waitFor();
    await page.unrouteAll();
    // What was under way when the line came back can still fail, so it comes back until all is there.
    await page.waitForFunction(() => {
      dispatchEvent(new Event('online'));
      return !document.querySelector('.lost') && document.querySelector('.tiles img').naturalWidth > 0;
    }, null, { polling: 250 });
    tally.is(true, 'pictures come once the line is back');
  });

  await on('pictures that take long', {}, null, async (page) => {
    await page.route('**/x/*/i*.bin*', () => {});
    await page.goto(handed);
    await opened(page);
    tally.is(await page.locator('.tiles img').evaluateAll((all) => all.every((one) => getComputedStyle(one).opacity === '0')), 'no browser draws a broken picture meanwhile');
    await page.unrouteAll();
  });

  await on('downloads that fail', { expected: failing }, handed, async (page) => {
    await opened(page);
    const zip = await page.locator('.downloads a').first().getAttribute('href');
    await page.route(`**${zip}*`, (route) => route.fulfill({ status: 200, contentType: 'application/octet-stream', body: Buffer.alloc(64) }));
    await page.locator('.downloads a').first().click();
    await noticed(page, /Downloading failed: .*\.zip/);
    for (let at = 0; at < 2; at += 1) await page.locator('.tiles .heart').nth(at).click();
    const first = await page.locator('.tiles li').first().getAttribute('data-download');
    await page.route(`**${first}*`, (route) => route.abort());
    await page.locator('[data-pick=open]').click();
    const [file] = await Promise.all([page.waitForEvent('download'), page.locator('[data-pick=save]').click()]);
    await page.locator('[data-pick=status]').filter({ hasText: 'Downloading failed: photo-001' }).waitFor();
    tally.is(file.suggestedFilename() === 'photo-002.jpg', 'are told by name, and the others are saved', file.suggestedFilename());
  });

  await on('passwords that look like codes', {}, site.home + dora.path, async (page) => {
    await type(page, 'blue fish swim home');
    await said(page, 'does not open');
    await page.goto(`${site.home}${dora.path}#k=${encodeURIComponent(password)}`);
    await opened(page);
    steps('four short words are a password', 'one in the address is read as it was written');
  });

  await on('a code that comes while another is tried', {}, held, async (page) => {
    await page.evaluate(([wrong, right]) => {
      document.querySelector('#code').value = wrong;
      document.querySelector('form#unlock').requestSubmit();
      location.hash = `#k=${right}`;
    }, [dora.code, anna.code]);
    await opened(page);
    tally.is(page.url() === held, 'is tried next', page.url());
  });

  await on('a page whose script does not run', { expected: failing }, null, async (page) => {
    for (const [script, url] of [['unlock', held], ['find', `${site.home}find/`]]) {
      await page.goto(url);
      tally.is(await page.locator('.old').count() === 0, 'nothing of it is said to others');
      await page.route(`**/assets/${script}.*.js`, (route) => route.abort());
      await page.goto(url);
      await page.evaluate(() => { for (const one of document.getAnimations()) one.finish(); });
      await page.locator('.old', { hasText: 'newer browser' }).waitFor();
      tally.is(true, 'it says so');
      await page.unrouteAll();
    }
  });

  // A theme of its own: without the viewer, with drawings and pictures of the site.
  mkdirSync(path.join(folder, 'themes', 'bare'), { recursive: true });
  writeFileSync(path.join(folder, 'themes', 'bare', 'gallery.html'), '{% extends "default/gallery.html" %}{% block heading %}<h1>{{ gallery.title }}</h1><p><bdi>a</bdi><meter max="2" value="1"></meter></p><svg viewBox="0 0 4 4"><defs><rect id="a" width="4" height="4" stroke-width="2"/></defs><use href="#a"/></svg><img id="drawn" alt="" src="{{ site.base }}{{ assets["icon.svg"] | trim_start(pat="/") }}">{% endblock %}{% block viewer %}{% endblock %}');
  edit(path.join(folder, 'site.toml'), /$/, '[theme]\nname = "bare"\n');
  build();
  await on('a theme without a viewer', {}, handed, async (page) => {
    await page.locator('#drawn').waitFor({ state: 'attached' });
    const drawn = await page.evaluate(() => [document.querySelector('#drawn').src.startsWith(location.origin), document.querySelector('rect').getAttribute('stroke-width'), document.querySelector('use').getAttribute('href'), document.querySelector('meter').value, document.querySelector('bdi').textContent].join());
    tally.is(drawn === 'true,2,#a,1,a', 'what only shows something is shown', drawn);
    const [file] = await Promise.all([page.waitForEvent('download'), page.locator('.downloads a').first().click()]);
    const zip = Buffer.concat(await (await file.createReadStream()).toArray());
    tally.is(zip.subarray(0, 2).toString() === 'PK', 'downloads are opened');
  });
} finally {
  await close();
  await site.close();
}
tally.close();
