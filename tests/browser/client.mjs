// The gallery that a client opens: the viewer by finger, key and mouse, its addresses and Back, favourites and how they are handed over.
//
//   node client.mjs PROGRAM FOLDER
//
// PROGRAM builds the site of client-site.mjs in FOLDER.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

import { clientSite } from './client-site.mjs';
import { Tally, browser, frames, serve, shiftOf, watchShifts } from './site.mjs';
import { visits } from './visits.mjs';

const [program, folder] = process.argv.slice(2).map((one) => path.resolve(one));
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const tally = new Tally();
const link = clientSite(program, folder);

const site = await serve(path.join(folder, 'public'));
const { browser: chromium, close } = await browser();
const open = `${site.home}walk/`;
const held = site.home + link;

const { on, shows, rests } = visits({ chromium, site, tally, also: /^http:\/\/127\.0\.0\.1:9\/form/ });
const tap = (page, number) => page.locator(`.tiles [href*="/photo-${String(number).padStart(3, '0')}-"]`).click();
const zoomed = (page) => page.evaluate(() => new DOMMatrix(getComputedStyle(document.querySelector('.slide:not([inert]) figure')).transform).a);

try {
  await on('keys', {}, open, async (page) => {
    await tap(page, 2);
    await shows(page, '2 / 60', 'a click opens the photo');
    tally.is(page.url().includes('/walk/photo-002-'), 'the address is the photo’s', page.url());
    tally.is(await page.locator('[data-part=said]').textContent() === 'The second stop', 'the caption stands below');
    const announced = await page.locator('[data-part=live]').textContent();
    tally.is(/Photo 2 of 60/.test(announced), 'the position is announced', announced);
    await page.keyboard.press('ArrowRight');
    await shows(page, '3 / 60', 'the right arrow goes on');
    await rests(page);
    await page.keyboard.press('End');
    await shows(page, '60 / 60', 'End goes to the last photo, pages away');
    await page.waitForFunction(() => document.querySelector('.slide:not([inert]) img')?.complete);
    tally.is(page.url().includes('/walk/photo-060-'), 'the address follows across pages', page.url());
    await page.keyboard.press('Home');
    await shows(page, '1 / 60', 'Home goes to the first');
    await rests(page);
    await page.keyboard.press('+');
    tally.is(await zoomed(page) > 1.5, 'plus enlarges', `${await zoomed(page)}`);
    await page.keyboard.press('0');
    tally.is(await zoomed(page) === 1, 'zero shows it whole');
    await page.keyboard.press('i');
    await page.waitForFunction(() => document.querySelector('.viewer aside:not([hidden]) .about'));
    tally.is(true, 'I shows what the photo says of itself');
    await page.keyboard.press('i');
    await page.keyboard.press(' ');
    tally.is(await page.locator('[data-part=play]').getAttribute('aria-pressed') === 'true', 'space begins the slideshow');
    await page.keyboard.press(' ');
    tally.is(await page.locator('[data-part=play]').getAttribute('aria-pressed') === 'false', 'space stops it');
    for (let step = 0; step < 3; step += 1) {
      await page.keyboard.press('ArrowRight');
      await shows(page, `${step + 2} / 60`, 'steps one after the other');
      await rests(page);
    }
    await page.keyboard.press('Escape');
    await shows(page, 'closed', 'Escape closes');
    await frames(page);
    tally.is(page.url() === open, 'and leads back to the grid', page.url());
    const focus = await page.evaluate(() => document.activeElement.href);
    tally.is(/photo-004-/.test(focus), 'the focus is at the photo last seen', focus);
    await page.goForward();
    await shows(page, '4 / 60', 'Forward opens it again');
    await page.goBack();
    await shows(page, 'closed', 'one Back closes it');
    await page.goForward();
    await shows(page, '4 / 60', 'and Forward once more');
    await page.reload();
    tally.is(await page.title() !== '' && /photo-004-/.test(page.url()), 'a reload lands on the photo');
    tally.is(await page.locator('main figure.photo img').count() === 1, 'on its own page');
  });

  // The page of the grid must keep its own address, whatever the track still tells after Back.
  await on('going back while the track moves', { reducedMotion: 'no-preference' }, open, async (page) => {
    await tap(page, 2);
    await shows(page, '2 / 60', 'a photo is open');
    await rests(page);
    await page.evaluate(() => new Promise((done) => {
      // After the viewer's own listener, and before it has closed: its picture goes back into the tile first.
      addEventListener('popstate', () => {
        const track = document.querySelector('.track');
        track.scrollTo({ left: 0, behavior: 'instant' });
        track.dispatchEvent(new Event('scrollend'));
        done();
      }, { once: true });
      history.back();
    }));
    await shows(page, 'closed', 'Back closes it');
    await frames(page);
    tally.is(page.url() === open, 'the grid keeps its address', page.url());
    await page.goForward();
    await shows(page, '2 / 60', 'and the photo its own');
  });

  // Safari before 26.2 does not say when a scroll ends.
  await on('a scroll without an end', { reducedMotion: 'no-preference' }, open, async (page) => {
    await page.addInitScript(() => {
      delete HTMLElement.prototype.onscrollend;
      const { setTimeout: real } = globalThis;
      globalThis.pauses = [];
      globalThis.setTimeout = (run, after, ...rest) => after === 150 ? globalThis.pauses.push(run) : real(run, after, ...rest);
    });
    await page.reload();
    await tap(page, 2);
    await shows(page, '2 / 60', 'a photo is open');
    await rests(page);
    // A busy page: the scroll has hardly begun when the pause is over.
    const number = () => page.locator('[data-part=position]').textContent();
    await page.evaluate(() => {
      const track = document.querySelector('.track');
      track.scrollTo = () => {};
      globalThis.pauses.length = 0;
      document.querySelector('[data-part=next]').click();
      track.dispatchEvent(new Event('scroll'));
      for (const pause of globalThis.pauses) pause();
    });
    tally.is(await number() === '3 / 60', 'a step is not taken back on its way', await number());
    tally.is(page.url().includes('/photo-003-'), 'nor its address', page.url());
    await page.evaluate(() => {
      const track = document.querySelector('.track');
      delete track.scrollTo;
      globalThis.pauses.length = 0;
      track.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true, button: 1 }));
      track.scrollTo({ left: 4 * track.clientWidth, behavior: 'instant' });
      track.dispatchEvent(new Event('scroll'));
      for (const pause of globalThis.pauses) pause();
    });
    await shows(page, '5 / 60', 'a hand that swipes on is followed');
  });

  await on('across pages', {}, open, async (page) => {
    await tap(page, 24);
    await shows(page, '24 / 60', 'the last photo of the page');
    await page.keyboard.press('ArrowRight');
    await shows(page, '25 / 60', 'the first of the next page');
    await rests(page);
    await page.keyboard.press('Escape');
    await page.waitForURL((url) => url.pathname.endsWith('/page-2.html'));
    const seen = await page.evaluate(() => { const r = document.querySelector(location.hash).getBoundingClientRect(); return r.top < innerHeight && r.bottom > 0; });
    tally.is(seen, 'closing leads to the page and place of the photo last seen', page.url());
  });

  await on('filter', {}, open, async (page) => {
    const asked = [];
    page.on('request', (request) => { if (request.url().endsWith('filter.json')) asked.push(request.url()); });
    const numbers = () => page.$$eval('.found:not([hidden]) a', (links) => links.map((link) => Number(link.pathname.match(/photo-(\d+)-/)[1])).join(' '));
    const finds = async (expected, what) => {
      const found = async () => (await numbers()) === expected;
      for (let turn = 0; turn < 200 && !(await found()); turn += 1) await frames(page);
      tally.is(await found(), what, `${await numbers()} for ${expected}`);
    };
    const chip = (word) => page.locator(`.filter [data-key="${word}"]`);
    await page.locator('.filter .open').waitFor();
    tally.is(asked.length === 0, 'nothing is fetched before the filter is opened');
    await page.locator('.filter .open').focus();
    await page.keyboard.press('Enter');
    await chip('ferry').waitFor();
    tally.is(asked.length === 1, 'it is fetched once', `${asked.length}`);
    tally.is(await page.locator('.filter [data-by=keyword] button').allTextContents().then((all) => all.join()) === 'ferry 3,fog 2', 'keywords come by how many photos have them');
    await chip('ferry').click();
    await finds('2 30 60', 'photos of all pages stand in place of the grid');
    tally.is(await page.locator('.filter [role=status]').textContent() === '3 photos' && await page.locator('.grid').first().isHidden(), 'and are counted');
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
    tally.is(violations.length === 0, 'axe, filter open', violations.map((v) => `${v.id} (${v.nodes[0].target.join(' ')})`).join(', '));
    await chip('fog').click();
    await finds('30', 'two keywords are both needed');
    await page.goBack();
    await finds('2 30 60', 'Back takes the last choice back');
    await page.reload();
    await finds('2 30 60', 'a reload keeps the choice');
    const address = page.url();
    await page.locator('.found a').nth(1).click();
    await shows(page, '30 / 60', 'a click opens the viewer at the photo');
    await rests(page);
    await page.keyboard.press('Escape');
    await shows(page, 'closed', 'closing');
    await frames(page);
    tally.is(page.url() === address, 'leads back to what was chosen', page.url());
    await finds('2 30 60', 'which still stands');
    tally.is(/photo-030-/.test(await page.evaluate(() => document.activeElement.href ?? '')), 'with the focus at the photo');
    await page.locator('.filter .open').click();
    await page.locator('.filter .all').click();
    await finds('', 'all are shown again');
    tally.is(page.url() === open && await page.locator('.grid').first().isVisible(), 'at the plain address', page.url());
    await page.locator('.filter .open').click();
    await page.keyboard.press('Escape');
    tally.is(page.url() === open && await page.locator('#filter-panel').isHidden(), 'Escape closes the panel and no more', page.url());
  });

  await on('buttons', {}, open, async (page) => {
    await tap(page, 1);
    await shows(page, '1 / 60', 'open');
    for (const [button, what] of [['next', '2 / 60'], ['next', '3 / 60'], ['previous', '2 / 60']]) {
      await page.locator(`[data-part=${button}]`).click();
      await shows(page, what, `the button ${button}`);
      await rests(page);
    }
    await page.locator('[data-part=larger]').click();
    tally.is(await zoomed(page) > 1.2, 'a button enlarges');
    await page.locator('[data-part=smaller]').click();
    tally.is(await zoomed(page) === 1, 'a button shrinks');
    // The wheel with Ctrl, at the place of the pointer.
    await page.mouse.move(600, 400);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -120);
    await page.keyboard.up('Control');
    await page.waitForFunction(() => new DOMMatrix(getComputedStyle(document.querySelector('.slide:not([inert]) figure')).transform).a > 2);
    const wide = await page.waitForFunction(() => { const image = document.querySelector('.slide:not([inert]) img'); return image.complete && parseInt(image.sizes) > 1500 && image.currentSrc; }).then((handle) => handle.jsonValue());
    tally.is(Boolean(wide), 'what is enlarged asks for a larger file', wide);
    await page.locator('[data-part=close]').click();
    await shows(page, 'closed', 'a button closes');
  });

  await on('fingers', { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 }, open, async (page, context) => {
    const session = await context.newCDPSession(page);
    const touch = (type, ...points) => session.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(([x, y], id) => ({ x, y, id })) });
    const move = async (from, to, steps = 8) => {
      await touch('touchStart', ...from);
      for (let at = 1; at <= steps; at += 1) {
        await touch('touchMove', ...from.map(([x, y], finger) => [x + ((to[finger][0] - x) * at) / steps, y + ((to[finger][1] - y) * at) / steps]));
        await frames(page);
      }
      await touch('touchEnd');
    };
    await page.locator('.tiles a').nth(1).tap();
    await shows(page, '2 / 60', 'a tap opens');
    await move([[330, 420]], [[60, 420]]);
    await shows(page, '3 / 60', 'a swipe goes on');
    await rests(page);
    await move([[60, 420]], [[330, 420]]);
    await shows(page, '2 / 60', 'a swipe goes back');
    await rests(page);
    await move([[180, 420], [210, 420]], [[80, 420], [310, 420]]);
    const pinched = await zoomed(page);
    tally.is(pinched > 2 && pinched <= 6, 'two fingers enlarge', `${pinched}`);
    const before = await page.evaluate(() => new DOMMatrix(getComputedStyle(document.querySelector('.slide:not([inert]) figure')).transform).e);
    await move([[200, 420]], [[120, 420]]);
    const after = await page.evaluate(() => new DOMMatrix(getComputedStyle(document.querySelector('.slide:not([inert]) figure')).transform).e);
    tally.is(after < before, 'one finger moves what is enlarged', `${before} to ${after}`);
    await shows(page, '2 / 60', 'and does not swipe');
    for (let twice = 0; twice < 2; twice += 1) { await touch('touchStart', [195, 420]); await touch('touchEnd'); }
    await page.waitForFunction(() => new DOMMatrix(getComputedStyle(document.querySelector('.slide:not([inert]) figure')).transform).a === 1);
    tally.is(true, 'two taps show it whole');
    for (let twice = 0; twice < 2; twice += 1) { await touch('touchStart', [195, 420]); await touch('touchEnd'); }
    await page.waitForFunction(() => new DOMMatrix(getComputedStyle(document.querySelector('.slide:not([inert]) figure')).transform).a > 2);
    tally.is(true, 'two taps enlarge it');
    await page.keyboard.press('0');
    await move([[195, 300]], [[195, 560]]);
    await shows(page, 'closed', 'pulling down closes');
    tally.is(page.url() === open, 'at the grid', page.url());
  });

  await on('a link’s photo', {}, held, async (page, context) => {
    await page.locator('.tiles a').nth(2).click();
    await shows(page, '3 / 12', 'a private photo');
    const address = page.url();
    tally.is(address.startsWith(`${held}#view_`), 'its address stays below the link', address);
    const fresh = await context.newPage();
    await watchShifts(fresh);
    await fresh.goto(address);
    await shows(fresh, '3 / 12', 'the address opens it');
    await fresh.mouse.click(5, 400);
    await shows(fresh, 'closed', 'a click beside the photo closes');
    tally.is(fresh.url() === held, 'and the grid lies behind it', fresh.url());
    tally.is((await shiftOf(fresh)).value === 0, 'nothing moves', (await shiftOf(fresh)).told);
    await page.reload();
    await shows(page, '3 / 12', 'a reload shows it again');
    await page.goBack();
    await shows(page, 'closed', 'and one Back closes it');
  });

  await on('favourites', {}, held, async (page, context) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.locator('.tiles .heart').first().waitFor();
    tally.is(await page.evaluate(() => localStorage.length + document.cookie.length) === 0, 'nothing is kept before the first heart');
    const heart = (at) => page.locator('.tiles .heart').nth(at);
    for (const at of [0, 1, 2]) await heart(at).click();
    const said = await page.locator('[data-pick=status]').textContent();
    tally.is(/“Album” has 2 photos/.test(said), 'a full list says so', said);
    tally.is(await page.locator('[data-pick=count]').textContent() === '2 of 2', 'the count is friendly');
    tally.is(await heart(2).getAttribute('aria-pressed') === 'false', 'and takes no more');
    await page.locator('.tiles a').nth(2).click();
    await page.locator('dialog.viewer .heart').nth(1).click();
    await page.keyboard.press('Escape');
    await shows(page, 'closed', 'the viewer closes');
    await page.locator('[data-pick=open]').click();
    await page.waitForFunction(() => document.querySelectorAll('.picked li').length === 3);
    await page.locator('.picked textarea').first().fill('=HYPERLINK("https://evil.example")');
    await page.locator('[data-pick=from]').fill('Anna');
    await page.locator('[data-pick=message]').fill('Thank you!\nSee you');
    const download = async (way) => {
      const [file] = await Promise.all([page.waitForEvent('download'), page.locator(`[data-pick=${way}]`).click()]);
      await file.saveAs(path.join(folder, file.suggestedFilename()));
      return [file.suggestedFilename(), readFileSync(path.join(folder, file.suggestedFilename()), 'utf8')];
    };
    const [name, json] = await download('file');
    tally.is(name === 'wedding-favourites.json', 'the file has a name', name);
    const picks = JSON.parse(json);
    tally.is(JSON.stringify(picks.lists.map((list) => [list.name, list.photos.map((photo) => photo.file)])) === '[["Album",["photo-001.png","photo-002.png"]],["Prints",["photo-003.png"]]]', 'and what was chosen', json);
    tally.is(picks.total === 12 && picks.key.length === 12 && picks.link.length === 16 && !json.includes(link.split('/')[1]), 'it is marked, and does not hold the link');
    const [, csv] = await download('csv');
    tally.is(csv.includes('"\'=HYPERLINK(""https://evil.example"")"'), 'a formula is none in the table', csv);
    await page.locator('[data-pick=names]').click();
    await page.waitForFunction(() => document.querySelector('[data-pick=status]').textContent === 'Copied');
    tally.is(await page.evaluate(() => navigator.clipboard.readText()) === 'photo-001, photo-002, photo-003', 'names for Lightroom are copied');
    // What a form service answers, told in the client's words.
    const sent = [];
    await page.route('http://127.0.0.1:9/form', (route) => { sent.push(route.request().postData()); return route.fulfill({ status: sent.length > 1 ? 200 : 500, headers: { 'access-control-allow-origin': '*' }, body: '{}' }); });
    await page.locator('[data-pick=send]').click();
    await page.waitForFunction(() => /failed/.test(document.querySelector('[data-pick=status]').textContent));
    await page.locator('[data-pick=send]').click();
    await page.waitForFunction(() => /Thank you/.test(document.querySelector('[data-pick=status]').textContent));
    tally.is(sent[1].includes('safelight-picks') && sent[1].includes('photo-003.png') && sent[1].includes('Anna'), 'a form is sent');
    await page.locator('[data-pick=link]').click();
    await page.waitForFunction(() => /other device/.test(document.querySelector('[data-pick=status]').textContent));
    const carried = await page.evaluate(() => navigator.clipboard.readText());
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
    tally.is(violations.length === 0, 'axe, favourites open', violations.map((v) => `${v.id} (${v.nodes[0].target.join(' ')})`).join(', '));
    await page.goBack();
    tally.is(await page.evaluate(() => !document.querySelector('dialog.picks').open), 'Back closes the favourites');
    await page.reload();
    await page.locator('.tiles .heart').first().waitFor();
    tally.is(await page.locator('[data-pick=count]').textContent() === '2 of 2', 'they are still there after a reload');
    const other = await chromium.newContext();
    const there = await other.newPage();
    const asked = [];
    there.on('dialog', (dialog) => { asked.push(dialog.message()); dialog.accept(); });
    await there.goto(carried);
    await there.waitForFunction(() => localStorage.length === 1);
    tally.is(asked.length === 1 && there.url() === held, 'another device asks, and adds them', `${asked[0]} ${there.url()}`);
    await other.close();
    page.on('dialog', (dialog) => dialog.accept());
    await page.locator('[data-pick=open]').click();
    await page.locator('[data-pick=clear]').click();
    await page.waitForFunction(() => localStorage.length === 0);
    tally.is(await page.locator('[data-pick=count]').textContent() === '0 of 2', 'and can be cleared');
  });

  // Axe with the viewer open, in both schemes, and from right to left.
  for (const colorScheme of ['light', 'dark']) {
    for (const [name, url] of [['open', open], ['held', held], ['Arabic', `${site.home}garden/`]]) {
      await on(`axe, ${name}, ${colorScheme}`, { colorScheme }, url, async (page) => {
        await page.locator('.tiles a').first().click();
        await page.waitForFunction(() => document.querySelector('dialog.viewer[open] img')?.complete);
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
        tally.is(violations.length === 0, `axe, ${name}, ${colorScheme}`, violations.map((v) => `${v.id} (${v.nodes[0].target.join(' ')})`).join(', '));
        await page.keyboard.press(name === 'Arabic' ? 'ArrowLeft' : 'ArrowRight');
        await page.waitForFunction(() => document.querySelector('[data-part=position]').textContent.startsWith('2'));
        await rests(page);
        tally.is(true, `${name}: the arrow of its direction goes on`);
      });
    }
  }

  // Without JavaScript the same links lead on.
  const plain = await chromium.newContext({ javaScriptEnabled: false });
  const page = await plain.newPage();
  await page.goto(held);
  await page.locator('.tiles a').first().click();
  tally.is(/\/x\/[^/]+\/i[^/]+\.html$/.test(page.url()), 'without JavaScript a photo has its page', page.url());
  await plain.close();
} finally {
  await close();
  await site.close();
}
tally.close();
