// Sealed galleries and the look-up page as clients meet them: what opens them and what does not, what they show, what is remembered,
// and what becomes of files that were changed on their way.
//
//   node sealed.mjs PROGRAM FOLDER
//
// PROGRAM builds the site of sealed-site.mjs in FOLDER.

import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

import { password, sealedSite } from './sealed-site.mjs';
import { Tally, browser, frames, serve, shiftOf } from './site.mjs';
import { visits } from './visits.mjs';

const [program, folder] = process.argv.slice(2).map((one) => path.resolve(one));
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const tally = new Tally();
const { anna, ben, cleo, dora, emil, fay } = sealedSite(program, folder);

const output = path.join(folder, 'public');
const site = await serve(output);
const { browser: chromium, close } = await browser();
const { on, shows, rests } = visits({ chromium, site, tally });
const held = site.home + anna.path;
// A host that lost a file, or a line that is down, is told in the console too.
const failing = /Failed to load resource/;

const said = (page) => page.locator('#said').textContent();
const heading = (page) => page.locator('main h1').textContent();
const type = async (page, text) => {
  await page.locator('#code').fill(text);
  await page.keyboard.press('Enter');
};
const refuses = async (page, text, pattern, what) => {
  await type(page, text);
  await page.waitForFunction(() => !document.querySelector('[data-part=go]')?.disabled && document.querySelector('#said')?.textContent).catch(() => {});
  tally.is(pattern.test(await said(page)), what, await said(page));
};
const opened = (page) => page.waitForFunction(() => document.querySelector('template#viewer')?.gallery !== undefined);
// Every picture on the screen is there, or says that it is not.
const pictured = (page) => page.waitForFunction(() => [...document.querySelectorAll('.tiles img')]
  .filter((image) => { const { top, bottom } = image.getBoundingClientRect(); return bottom > 0 && top < innerHeight; })
  .every((image) => image.complete && image.naturalWidth || image.closest('a').querySelector('.lost')));
const enter = async (page, code = anna.code) => {
  await type(page, code);
  await opened(page);
  await pictured(page);
};
const clean = async (page, what) => {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  tally.is(violations.length === 0, `axe, ${what}`, violations.map((one) => `${one.id} (${one.nodes[0].target.join(' ')})`).join(', '));
};
// How often something was stretched, from before the page begins.
const countStretches = (page) => page.addInitScript(() => {
  globalThis.stretches = 0;
  const derive = SubtleCrypto.prototype.deriveKey;
  SubtleCrypto.prototype.deriveKey = function count(how, ...rest) {
    if (how.name === 'PBKDF2') globalThis.stretches += 1;
    return derive.call(this, how, ...rest);
  };
});
// The form is there, and nothing else is going on.
const asks = (page) => page.waitForFunction(() => document.activeElement?.id === 'code' && !document.querySelector('[data-part=go]').disabled);
const stretches = (page) => page.evaluate(() => globalThis.stretches);

try {
  await on('what is typed', {}, null, async (page) => {
    await countStretches(page);
    await page.goto(held);
    const html = await (await page.request.get(held)).text();
    tally.is(!/Lake|photo-0|Anna|Ben|second stop/i.test(html), 'the page says nothing of the gallery', html.match(/Lake|photo-0|Anna|Ben|second stop/i)?.[0]);
    tally.is(await page.title() === 'Private gallery – Client', 'its title is neutral', await page.title());
    tally.is(await page.evaluate(() => document.activeElement.id) === 'code', 'the field has the focus');
    tally.is((await shiftOf(page)).value === 0, 'nothing moves', (await shiftOf(page)).told);
    await clean(page, 'locked');
    const swapped = anna.code[1] + anna.code[0] + anna.code.slice(2);
    await refuses(page, swapped === anna.code ? anna.code.slice(0, -1) + (anna.code.endsWith('0') ? '1' : '0') : swapped, /typo/, 'two symbols in the other order are a typo');
    await refuses(page, anna.code.slice(0, -1), /not 15/, 'a symbol that is missing is told');
    await refuses(page, anna.code.replace('-', '!'), /letters and digits only/, 'a foreign symbol is told');
    tally.is(await stretches(page) === 0, 'nothing of it was stretched', `${await stretches(page)}`);
    await clean(page, 'a typo');
    await refuses(page, dora.code, /does not open/, 'another gallery’s code opens nothing');
    tally.is(await page.locator('#code').inputValue() === dora.code && await page.evaluate(() => document.activeElement.id) === 'code', 'and can be changed at once');
    // As people write it: small letters, spaces, the wrong dash, O and l for 0 and 1.
    await enter(page, ` ${anna.code.toLowerCase().replaceAll('0', 'o').replaceAll('1', 'l').replace('-', ' – ').replaceAll('-', ' ')}\u200b`);
    tally.is(await heading(page) === 'Lake House', 'it opens', await heading(page));
    tally.is(await page.title() === 'Private gallery – Client', 'the title of the page stays neutral', await page.title());
    tally.is(await page.evaluate(() => document.activeElement.textContent) === 'Lake House', 'the focus is at the heading');
    tally.is(await page.evaluate(() => !document.querySelector('#code')), 'the form is gone');
    tally.is((await page.evaluate(() => Object.keys(localStorage).length + Object.keys(sessionStorage).length + document.cookie.length + history.length)) === 2, 'nothing is kept');
    await clean(page, 'opened');
    await page.reload();
    tally.is(await page.locator('#code').inputValue() === '' && await page.locator('form').isVisible(), 'a reload asks again');
  });

  await on('the gallery', {}, held, async (page, context) => {
    await enter(page);
    await page.evaluate(() => { globalThis.safelightShiftsSoFar(); globalThis.safelightShifts.length = 0; });
    await page.evaluate(() => scrollTo({ top: document.documentElement.scrollHeight, behavior: 'instant' }));
    await pictured(page);
    await page.evaluate(() => scrollTo({ top: 0, behavior: 'instant' }));
    tally.is((await shiftOf(page)).value === 0, 'nothing moves once it is there', (await shiftOf(page)).told);
    tally.is(await page.locator('.tiles li').count() === 16 && await page.locator('.section h2').textContent() === 'Party', 'photos stand in their sections');
    const wide = await page.$$eval('.tiles img[src]', (images) => images.every((image) => image.src.startsWith('blob:') && image.naturalWidth >= Math.min(image.clientWidth, image.width)));
    tally.is(wide, 'pictures fill their places');
    await page.locator('.tiles a').nth(1).click();
    await shows(page, '2 / 16', 'a click opens the viewer');
    const address = page.url();
    tally.is(address.startsWith(`${held}#view_`), 'at an address below the link', address);
    tally.is(await page.locator('[data-part=said]').textContent() === 'The second stop', 'with the caption');
    await page.waitForFunction(() => { const image = document.querySelector('.slide:not([inert]) img'); return image?.complete && image.naturalWidth >= image.clientWidth; });
    const before = await page.evaluate(() => document.querySelector('.slide:not([inert]) img').naturalWidth);
    for (let step = 0; step < 3; step += 1) await page.keyboard.press('+');
    await page.waitForFunction((width) => document.querySelector('.slide:not([inert]) img').naturalWidth > width, before);
    tally.is(true, 'what is enlarged becomes sharper');
    await page.keyboard.press('0');
    await page.keyboard.press('i');
    await page.waitForFunction(() => /Photo 2 of 16|The second stop/.test(document.querySelector('.viewer aside:not([hidden]) .about')?.textContent));
    tally.is(true, 'I shows what the photo says of itself');
    await clean(page, 'the viewer');
    await page.keyboard.press('i');
    await page.keyboard.press('ArrowRight');
    await shows(page, '3 / 16', 'an arrow goes on');
    await rests(page);
    await page.keyboard.press('End');
    await shows(page, '16 / 16', 'End goes to the last');
    await page.waitForFunction(() => document.querySelector('.slide:not([inert]) img')?.naturalWidth > 0);
    await page.goBack();
    await shows(page, 'closed', 'one Back closes');
    tally.is(page.url() === held, 'at the link', page.url());
    await page.goForward();
    await shows(page, '16 / 16', 'Forward opens it again');
    await page.keyboard.press('Escape');
    await shows(page, 'closed', 'Escape closes');
    // The address of a photo asks for the code and then shows the photo.
    const fresh = await context.newPage();
    await fresh.goto(address);
    await type(fresh, anna.code);
    await shows(fresh, '2 / 16', 'the address of a photo opens it once the code is there');
    await fresh.keyboard.press('Escape');
    await shows(fresh, 'closed', 'it closes');
    tally.is(fresh.url() === held, 'and the grid lies behind it', fresh.url());
  });

  await on('pictures come and go', { viewport: { width: 390, height: 500 } }, null, async (page) => {
    await page.addInitScript(() => {
      globalThis.live = new Set();
      const { createObjectURL, revokeObjectURL } = URL;
      URL.createObjectURL = (one) => { const url = createObjectURL.call(URL, one); globalThis.live.add(url); return url; };
      URL.revokeObjectURL = (url) => { globalThis.live.delete(url); revokeObjectURL.call(URL, url); };
    });
    const asked = [];
    page.on('request', (request) => { if (/\/i[^/]+\.bin\?/.test(request.url())) asked.push(request.url()); });
    await page.goto(held);
    await enter(page);
    tally.is(asked.length > 0 && asked.length < 16, 'only those near the screen are fetched', `${asked.length}`);
    const first = await page.evaluate(() => document.querySelector('.tiles img:not([fetchpriority])').src);
    await page.evaluate(() => scrollTo({ top: document.documentElement.scrollHeight, behavior: 'instant' }));
    await pictured(page);
    await page.waitForFunction((url) => !globalThis.live.has(url), first);
    tally.is(true, 'those far away are let go of');
    const strays = await page.evaluate(() => { const shown = new Set([...document.images].map((image) => image.src)); return [...globalThis.live].filter((url) => !shown.has(url)).length; });
    tally.is(strays === 0, 'nothing else is held', `${strays}`);
    await page.evaluate(() => scrollTo({ top: 0, behavior: 'instant' }));
    await pictured(page);
    tally.is(await page.evaluate(() => document.querySelectorAll('.lost').length) === 0, 'and come back');
  });

  await on('downloads', {}, held, async (page) => {
    await enter(page);
    const bytes = async (click) => {
      const [file] = await Promise.all([page.waitForEvent('download'), click()]);
      return [file.suggestedFilename(), Buffer.concat(await (await file.createReadStream()).toArray())];
    };
    await page.locator('.tiles a').first().click();
    await shows(page, '1 / 16', 'the viewer');
    const [name, jpeg] = await bytes(() => page.locator('[data-part=save]').click());
    tally.is(name === 'photo-001.jpg' && jpeg[0] === 0xff && jpeg[1] === 0xd8 && jpeg.at(-1) === 0xd9, 'a photo is saved whole, under its name', `${name} ${jpeg.length}`);
    await page.keyboard.press('Escape');
    await shows(page, 'closed', 'it closes');
    const [packed, zip] = await bytes(() => page.locator('.downloads a').first().click());
    tally.is(/\.zip$/.test(packed) && zip.subarray(0, 2).toString() === 'PK' && zip.lastIndexOf('PK\u0005\u0006') === zip.length - 22, 'a ZIP file is saved whole', `${packed} ${zip.length}`);
    await page.locator('.tiles .heart').first().click();
    await page.locator('[data-pick=open]').click();
    await page.waitForFunction(() => document.querySelector('.picked img')?.naturalWidth > 0);
    const [picked, again] = await bytes(() => page.locator('[data-pick=save]').click());
    tally.is(picked === name && again.equals(jpeg), 'favourites are saved', picked);
  });

  await on('a code in the address', {}, null, async (page, context) => {
    const before = await context.newPage();
    await before.goto(site.home);
    await before.goto(`${held}#k=${anna.code.replaceAll('-', '')}`);
    await opened(before);
    tally.is(before.url() === held, 'it opens the gallery, and the address forgets it', before.url());
    await before.reload();
    await asks(before);
    tally.is(before.url() === held, 'for good', before.url());
    await before.evaluate((code) => { location.hash = `#k=${code}`; }, anna.code);
    await opened(before);
    tally.is(before.url() === held, 'one that is put into the address of an open page works too', before.url());
    await page.goto(`${site.home}${fay.path}#k=${fay.code}`);
    await page.waitForFunction(() => !location.hash);
    tally.is(await page.locator('.tiles li').count() === 3, 'a private gallery has no use for it', page.url());
    await page.goto(`${held}#k=${dora.code}`);
    await page.waitForFunction(() => document.querySelector('#code')?.ariaInvalid === 'true');
    tally.is(/does not open/.test(await said(page)) && page.url() === held && await page.locator('form').isVisible(), 'a wrong one is told, and another can be typed', await said(page));
  });

  await on('remembering', {}, held, async (page) => {
    tally.is(!(await page.locator('[data-part=remember]').isChecked()), 'it is off');
    await page.locator('[data-part=remember]').check();
    await enter(page);
    const kept = () => page.evaluate(() => new Promise((done) => {
      const opening = indexedDB.open('safelight-keys');
      opening.onsuccess = () => {
        const all = opening.result.transaction('keys').objectStore('keys').getAll();
        all.onsuccess = () => { opening.result.close(); done(all.result.map(({ key, until }) => ({ readable: key.extractable, uses: key.usages.join(), days: (until - Date.now()) / 86_400_000 }))); };
      };
    }));
    const [entry] = await kept();
    tally.is(entry && !entry.readable && entry.uses === 'sign' && entry.days > 29 && entry.days <= 30, 'a key that nobody can read is kept, for 30 days', JSON.stringify(entry));
    await page.reload();
    await opened(page);
    await pictured(page);
    tally.is(await heading(page) === 'Lake House', 'the next time it opens by itself');
    await page.evaluate(() => new Promise((done) => {
      const opening = indexedDB.open('safelight-keys');
      opening.onsuccess = () => {
        const change = opening.result.transaction('keys', 'readwrite');
        const cursor = change.objectStore('keys').openCursor();
        cursor.onsuccess = () => cursor.result?.update({ ...cursor.result.value, until: Date.now() - 1 });
        change.oncomplete = () => { opening.result.close(); done(); };
      };
    }));
    await page.reload();
    await asks(page);
    tally.is((await kept()).length === 0, 'what is past its day is asked for again, and gone');
    await page.locator('[data-part=remember]').check();
    await enter(page);
    await page.locator('[data-forget]').click();
    await asks(page);
    tally.is((await kept()).length === 0, 'it can be forgotten');
  });

  // What a host or a line can do to files.
  const assets = async (page) => (await page.locator('form').getAttribute('data-assets'));
  const change = async (page, file, how) => {
    const folder = await assets(page);
    await page.route(`**${folder}${file}`, (route) => {
      const body = readFileSync(path.join(output, folder, file));
      const changed = how(body);
      return changed ? route.fulfill({ status: 200, contentType: 'application/octet-stream', body: changed }) : route.abort();
    });
  };
  const lastFlipped = (body) => { const other = Buffer.from(body); other[other.length - 1] ^= 1; return other; };
  for (const [what, how] of [
    ['changed', lastFlipped],
    ['cut off', (body) => body.subarray(0, body.length - 20)],
    ['cut off before its first record', (body) => body.subarray(0, 21)],
    ['longer', (body) => Buffer.concat([body, Buffer.of(0)])],
    ['empty', () => Buffer.alloc(0)],
    ['of another file', (body, all) => all.find((other) => !other.equals(body) && Math.abs(other.length - body.length) < 1e6)],
    ['not delivered', () => null],
  ]) {
    await on(`a picture that is ${what}`, { expected: failing }, held, async (page) => {
      const folder = await assets(page);
      const all = readdirSync(path.join(output, folder)).filter((name) => /^i.*\.bin$/.test(name)).map((name) => readFileSync(path.join(output, folder, name)));
      let broken;
      await page.route(`**${folder}i*.bin*`, (route) => {
        const name = path.basename(new URL(route.request().url()).pathname);
        broken ??= name;
        if (name !== broken) return route.continue();
        const body = how(readFileSync(path.join(output, folder, name)), all);
        return body ? route.fulfill({ status: 200, contentType: 'application/octet-stream', body }) : route.abort();
      });
      await enter(page);
      const lost = await page.locator('.tiles .lost').allTextContents();
      tally.is(lost.length === 1 && /could not be loaded/.test(lost[0]), 'it says so in its place', lost.join());
      const others = await page.$$eval('.tiles img', (images) => images.filter((image) => image.naturalWidth).length);
      tally.is(others >= 3, 'and the others are there', `${others}`);
      if (what !== 'changed') return;
      await clean(page, 'a picture that could not be opened');
      await page.unroute(`**${folder}i*.bin*`);
      await page.evaluate(() => scrollTo({ top: document.documentElement.scrollHeight, behavior: 'instant' }));
      await page.setViewportSize({ width: 390, height: 300 });
      await frames(page);
      await page.evaluate(() => scrollTo({ top: 0, behavior: 'instant' }));
    });
  }

  await on('a photo that cannot be opened in the viewer', {}, held, async (page) => {
    const folder = await assets(page);
    await enter(page);
    await page.route(`**${folder}i*.bin*`, (route) => route.fulfill({ status: 200, contentType: 'application/octet-stream', body: Buffer.alloc(64) }));
    await page.locator('.tiles a').nth(1).click();
    await page.waitForFunction(() => document.querySelector('.slide:not([inert]) .failed'));
    tally.is(/could not be loaded/.test(await page.locator('.slide:not([inert]) .failed').textContent()), 'says so');
    await page.unroute(`**${folder}i*.bin*`);
    await page.keyboard.press('End');
    await page.waitForFunction(() => document.querySelector('.slide:not([inert]) img')?.naturalWidth > 0);
    tally.is(true, 'and the next ones are shown');
  });

  for (const [what, file, how, pattern] of [
    ['a changed manifest', 'manifest.bin', lastFlipped, /damaged/],
    ['a cut manifest', 'manifest.bin', (body) => body.subarray(0, 100), /damaged/],
    ['slots that are no JSON', 'slots.json', () => Buffer.from('<!doctype html>'), /damaged/],
    ['slots with too few rounds', 'slots.json', (body) => Buffer.from(body.toString().replace(/"iterations":\d+/, '"iterations":1000')), /damaged/],
    ['slots with another salt', 'slots.json', (body) => Buffer.from(body.toString().replace(/"salt":"./, (found) => found.slice(0, -1) + (found.endsWith('A') ? 'B' : 'A'))), /does not open/],
    ['a line that is down', 'manifest.bin', () => null, /Check your connection/],
  ]) {
    await on(what, { expected: failing }, null, async (page) => {
      await page.goto(held);
      await change(page, file, how);
      await page.reload();
      await refuses(page, anna.code, pattern, `${what} is told`);
      await page.unrouteAll();
      if (file === 'manifest.bin' && how(Buffer.alloc(200)) === null) {
        await enter(page);
        tally.is(true, 'the same code opens it once the line is back');
      }
    });
  }

  await on('files that have moved', { expected: failing }, null, async (page) => {
    await page.route('**/x/**', (route) => route.fulfill({ status: 404, body: 'not found' }));
    await page.goto(held);
    await page.waitForFunction(() => document.querySelector('#said').textContent);
    tally.is(/out of date/.test(await said(page)), 'are told before anything is typed', await said(page));
    await page.unrouteAll();
    await page.reload();
    await enter(page);
    tally.is(true, 'a reload helps');
  });

  await on('passwords', {}, site.home + dora.path, async (page) => {
    await countStretches(page);
    await page.reload();
    tally.is(await page.locator('label[for=code]').textContent() === 'Code or password' && await page.locator('#code').getAttribute('type') === 'password', 'a password is hidden and asked for by name');
    await page.locator('[data-part=show]').click();
    tally.is(await page.locator('#code').getAttribute('type') === 'text' && await page.locator('[data-part=show]').textContent() === 'Hide', 'and can be shown');
    await clean(page, 'passwords');
    await refuses(page, 'not this', /does not open/, 'a wrong password is told');
    await refuses(page, password.toLowerCase(), /does not open/, 'capitals count');
    await refuses(page, dora.code.slice(0, -1) + (dora.code.endsWith('0') ? '1' : '0'), /typo/, 'what is written like a code is compared like one');
    await enter(page, ` ${password}\u00a0`);
    tally.is(await heading(page) === 'Shore', 'the right one opens it');
    await page.reload();
    await enter(page, dora.code);
    tally.is(await heading(page) === 'Shore', 'and so does the code');
  });

  await on('from right to left', { colorScheme: 'dark', viewport: { width: 390, height: 844 } }, site.home + emil.path, async (page) => {
    await clean(page, 'Arabic, locked');
    await enter(page, emil.code);
    tally.is(await page.evaluate(() => document.dir + document.documentElement.lang) === 'rtlar', 'the gallery has its direction');
    await page.locator('.tiles a').first().click();
    await shows(page, '1 / 3', 'the viewer');
    await page.keyboard.press('ArrowLeft');
    await shows(page, '2 / 3', 'the arrow of its direction goes on');
    await clean(page, 'Arabic, the viewer');
  });

  const find = `${site.home}find/`;
  await on('the look-up page', { expected: failing }, null, async (page) => {
    await countStretches(page);
    await page.goto(find);
    tally.is(await page.locator('h1').textContent() === 'Find your class' && await page.locator('label[for=code]').textContent() === 'Class code', 'it speaks the site’s words');
    await clean(page, 'the look-up page');
    await refuses(page, anna.code.slice(2), /not 14/, 'half a code is told');
    tally.is(await stretches(page) === 0, 'before anything is stretched');
    await refuses(page, dora.code, /no gallery with this code/, 'a code that nobody may look up is not known');
    await page.route('**/e/*', (route) => route.abort());
    await refuses(page, anna.code, /Check your connection/, 'a line that is down is another thing');
    await page.unrouteAll();
    await type(page, anna.code.toLowerCase());
    await opened(page);
    tally.is(page.url() === held && await heading(page) === 'Lake House', 'a code leads to its gallery, and opens it', page.url());
    await page.goBack();
    await page.locator('#code').waitFor();
    tally.is(await page.locator('#code').inputValue() === '' && await page.locator('[data-part=go]').isEnabled() && await said(page) === '', 'Back leads to an empty field');
    await type(page, fay.code);
    await page.locator('.tiles li').first().waitFor();
    await page.waitForFunction(() => !location.hash);
    tally.is(page.url() === site.home + fay.path, 'a private gallery’s code leads there, and leaves the address', page.url());
  });

  await on('without WebCrypto', {}, null, async (page) => {
    await page.addInitScript(() => Object.defineProperty(Crypto.prototype, 'subtle', { get: () => undefined }));
    for (const url of [held, find]) {
      await page.goto(url);
      tally.is(/secure connection/.test(await said(page)) && await page.locator('#code').isDisabled(), 'the page says what it needs', await said(page));
    }
  });

  const plain = await chromium.newContext({ javaScriptEnabled: false });
  for (const url of [held, find]) {
    const page = await plain.newPage();
    await page.goto(url);
    tally.is(await page.locator('noscript p').isVisible() && /JavaScript/.test(await page.locator('noscript p').textContent()) && await page.locator('form').isHidden(), 'without JavaScript the page says what it needs');
  }
  await plain.close();

  // A link that is withdrawn: its page ends, its code opens nothing any more, and a page from before says that it is old.
  const old = await chromium.newContext({ viewport: { width: 1200, height: 800 } });
  old.setDefaultTimeout(20_000);
  const late = await old.newPage();
  // It has its files before they change.
  const has = ['slots.json', 'manifest.bin'].map((name) => late.waitForEvent('requestfinished', (request) => request.url().endsWith(`/${name}`)));
  await late.goto(site.home + ben.path);
  await Promise.all(has);
  cleo.revoke();
  await on('a link that was withdrawn', { expected: failing }, `${site.home}${cleo.path}#k=${cleo.code}`, async (page) => {
    await page.waitForFunction(() => !location.hash);
    tally.is(/no longer works/.test(await page.locator('h1').textContent()) && page.url() === site.home + cleo.path, 'its page says so, and the address forgets the code', page.url());
    await page.goto(held);
    await refuses(page, cleo.code, /does not open/, 'its code opens nothing any more');
    await enter(page);
    tally.is(await heading(page) === 'Lake House', 'the other codes do');
    await page.goto(find);
    await type(page, cleo.code);
    await page.locator('h1', { hasText: 'no longer works' }).waitFor();
    tally.is(page.url() === site.home + cleo.path, 'the look-up page leads to what says so', page.url());
    await type(late, ben.code);
    await late.locator('.notice', { hasText: 'out of date' }).waitFor();
    tally.is(true, 'a page from before says that it is old');
    await late.reload();
    await enter(late, ben.code);
    tally.is(await heading(late) === 'Lake House', 'and works once it is loaded again');
  });
  await old.close();
} finally {
  await close();
  await site.close();
}
tally.close();
