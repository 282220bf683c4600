// What a browser says of a built site: accessibility, layout that stays, no request elsewhere, no refusal by the policy.
//
//   node pages.mjs FOLDER [BELOW]
//
// One page of each kind, at the widths of phones, tablets and large screens, light and dark; the same without JavaScript; printed.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { Tally, browser, everyPage, inPieces, kindsOfPages, readToTheEnd, serve, shiftOf, watchShifts } from './site.mjs';

const [folder, below = '/'] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const tally = new Tally();
const site = await serve(folder, below);
const { browser: chromium, context: first, close } = await browser();

// What a page did while it was loaded and read to its end.
async function visit(context, url) {
  const page = await context.newPage();
  const foreign = [];
  const complaints = [];
  const missing = [];
  page.on('request', (request) => { if (!request.url().startsWith(site.origin) && !/^(data|blob):/.test(request.url())) foreign.push(request.url()); });
  page.on('response', (response) => { if (response.status() >= 400 && !url.endsWith('404.html')) missing.push(`${response.status()} ${response.url()}`); });
  page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) complaints.push(message.text()); });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.addInitScript(() => {
    globalThis.safelightRefused = [];
    document.addEventListener('securitypolicyviolation', (event) => globalThis.safelightRefused.push(`${event.violatedDirective} ${event.blockedURI}`));
  });
  await watchShifts(page);
  await page.goto(url, { waitUntil: 'load' });
  return { page, foreign, complaints, missing };
}

try {
  const start = first.pages()[0] ?? await first.newPage();
  const kinds = await kindsOfPages(start, site.home, folder);
  for (const scheme of ['light', 'dark']) {
    for (const [width, height] of [[320, 640], [390, 844], [768, 1024], [1440, 900], [2560, 1440]]) {
      const context = await chromium.newContext({ viewport: { width, height }, colorScheme: scheme, reducedMotion: 'reduce', deviceScaleFactor: 1 });
      for (const [kind, url] of Object.entries({ ...kinds, missing: `${site.home}404.html` })) {
        const name = `${kind}, ${width} px, ${scheme}`;
        const { page, foreign, complaints, missing } = await visit(context, url);
        await readToTheEnd(page);
        const shift = await shiftOf(page);
        const facts = await page.evaluate(() => ({
          refused: globalThis.safelightRefused,
          wider: document.documentElement.scrollWidth - document.documentElement.clientWidth,
          broken: [...document.images].filter((image) => image.complete && image.naturalWidth === 0).map((image) => image.currentSrc || image.src),
          // What `sizes` says of each picture of a grid, before any style is known, against what the style made of it.
          untrue: [...document.querySelectorAll('.tiles img, .covers img')].map((image) => {
            const parts = image.sizes.replace(/^auto, /, '').split(', ');
            const told = parts.map((part) => part.match(/^(?:\(min-width:(\d+)px\) )?([\d.]+)vw$/)).find((part) => part && (!part[1] || innerWidth >= Number(part[1])));
            const shown = (image.clientWidth / innerWidth) * 100;
            return told && Math.abs(told[2] - shown) < 1.5 ? '' : `${image.sizes}: ${shown.toFixed(1)}vw`;
          }).filter(Boolean),
          // Firefox writes alternative texts over the colours of a grid until its pictures come.
          flashing: [...document.querySelectorAll('.tiles img, .covers img')].filter((image) => !/, 0\)$/.test(getComputedStyle(image).color)).length,
          parted: [...document.querySelectorAll('dd')].map((said) => said.textContent.match(/\d (?:mm|s)(?= ·|$)/)?.[0]).find(Boolean),
          stored: [document.cookie, localStorage.length, sessionStorage.length].join(),
        }));
        tally.is(foreign.length === 0, `${name}: a request elsewhere`, foreign[0]);
        tally.is(missing.length === 0, `${name}: a file is missing`, missing[0]);
        tally.is(facts.refused.length === 0, `${name}: the content security policy refuses something`, facts.refused[0]);
        tally.is(complaints.length === 0, `${name}: the console complains`, complaints[0]);
        tally.is(shift.value === 0, `${name}: the layout moves`, shift.told);
        tally.is(facts.wider <= 0, `${name}: wider than the window`, `${facts.wider} px`);
        tally.is(facts.broken.length === 0, `${name}: a picture cannot be shown`, facts.broken[0]);
        tally.is(facts.untrue.length === 0, `${name}: sizes are not true`, facts.untrue[0]);
        tally.is(facts.flashing === 0, `${name}: words show until pictures come`, `${facts.flashing}`);
        tally.is(!facts.parted, `${name}: a number can be parted from its unit`, facts.parted);
        tally.is(facts.stored === ',0,0', `${name}: something is stored`, facts.stored);
        if (width === 390 || width === 1440) {
          await page.evaluate(axe);
          const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
          tally.is(violations.length === 0, `${name}: axe`, violations.map((v) => `${v.id} (${v.nodes[0].target.join(' ')})`).join(', '));
        }
        await page.close();
      }
      await context.close();
    }
  }

  // A page that comes in pieces is painted when nothing of it will move: a row of pictures is as wide as it has pictures.
  {
    for (const [width, height] of [[390, 844], [1440, 900], [2560, 1440]]) {
      const context = await chromium.newContext({ viewport: { width, height }, reducedMotion: 'reduce' });
      for (const [kind, url] of Object.entries(kinds)) {
        const page = await context.newPage();
        await watchShifts(page);
        await inPieces(page, site, url);
        const shift = await shiftOf(page);
        tally.is(shift.value === 0, `${kind}, ${width} px, in pieces: the layout moves`, shift.told);
        await page.close();
      }
      await context.close();
    }
  }

  // By keyboard alone: every link and button takes the focus and shows it.
  {
    const context = await chromium.newContext({ viewport: { width: 1440, height: 900 } });
    for (const [kind, url] of Object.entries(kinds)) {
      const { page } = await visit(context, url);
      const count = await page.evaluate(() => [...document.querySelectorAll('a[href], button, input, select, textarea, summary')].filter((e) => e.checkVisibility() && e.tabIndex >= 0).length);
      const seen = new Set();
      let unseen = '';
      for (let i = 0; i < Math.min(count + 5, 200); i += 1) {
        await page.keyboard.press('Tab');
        const at = await page.evaluate(() => {
          const e = document.activeElement;
          if (!e || e === document.body) return null;
          e.dataset.reached ??= String(Math.random());
          const s = getComputedStyle(e);
          const inner = e.querySelector('img, span, h2, h3');
          const marked = (style) => (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
          return { key: e.dataset.reached, shown: marked(s) || (inner && marked(getComputedStyle(inner))), html: e.outerHTML.slice(0, 120) };
        });
        if (!at) continue;
        seen.add(at.key);
        if (!at.shown) unseen ||= at.html;
      }
      tally.is(seen.size >= Math.min(count, 200), `${kind}: the keyboard reaches everything`, `${seen.size} of ${count}`);
      tally.is(!unseen, `${kind}: the focus can be seen`, unseen);
      await page.close();
    }
    await context.close();
  }

  // Without JavaScript: the same pictures, the same text.
  const text = async (page) => page.$eval('body', (body) => body.innerText.replace(/\s+/g, ' ').trim());
  const plain = await chromium.newContext({ viewport: { width: 390, height: 844 }, javaScriptEnabled: false });
  const full = await chromium.newContext({ viewport: { width: 390, height: 844 } });
  for (const [kind, url] of Object.entries(kinds)) {
    const without = await plain.newPage();
    await without.goto(url);
    const visible = await without.locator('main').first().isVisible();
    const pictures = await without.locator('main img').count();
    const shown = kind === 'policy' ? true : pictures > 0 && await without.locator('main img').first().isVisible();
    tally.is(visible && shown, `${kind}: without JavaScript nothing is to be seen`);
    const links = await without.$$eval('a[href]', (all) => all.length).catch(() => -1);
    const scripted = await full.newPage();
    await scripted.goto(url);
    const withScript = await scripted.locator('main img').count();
    tally.is(pictures >= Math.min(withScript, 1) && links !== 0, `${kind}: without JavaScript pictures or links are missing`, `${pictures} of ${withScript}`);
    if (kind === 'policy') tally.is((await text(without)).length > 1500, 'policy: its text is short without JavaScript');
    await without.close();
    await scripted.close();
  }
  await plain.close();
  await full.close();

  // On paper.
  {
    const context = await chromium.newContext();
    for (const [kind, url] of Object.entries(kinds)) {
      const page = await context.newPage();
      await page.goto(url);
      await page.emulateMedia({ media: 'print' });
      const dark = await page.evaluate(() => {
        const [r, g, b, a = 1] = (getComputedStyle(document.body).backgroundColor.match(/[\d.]+/g) ?? [255, 255, 255, 0]).map(Number);
        return a > 0 && r + g + b < 600;
      });
      tally.is(!dark, `${kind}: printed on a dark ground`);
      const paper = await page.pdf();
      const sheets = paper.toString('latin1').match(/\/Type \/Page\b/g)?.length ?? 0;
      tally.is(sheets > 0, `${kind}: cannot be printed`);
      // The picture with all that is said of it, and the covers of a small site, belong on one sheet.
      if (kind !== 'policy') tally.is(sheets === 1, `${kind}: takes ${sheets} sheets of paper`);
      await page.close();
    }
    await context.close();
  }

  // Every page answers and has what a page must have.
  {
    const context = await chromium.newContext({ viewport: { width: 390, height: 844 } });
    const page = await context.newPage();
    const pages = everyPage(folder);
    const titles = new Map();
    for (const name of pages.slice(0, 200)) {
      await page.goto(site.home + name);
      const facts = await page.evaluate(() => ({
        title: document.title, language: document.documentElement.lang, headings: document.querySelectorAll('h1').length, main: document.querySelectorAll('main').length,
      }));
      tally.is(facts.title && facts.language && facts.headings === 1 && facts.main === 1, `/${name}: title, language, one main, one first heading`, JSON.stringify(facts));
      tally.is(!titles.has(facts.title), `/${name}: the title is that of another page`, `${facts.title} (/${titles.get(facts.title)})`);
      titles.set(facts.title, name);
    }
    await context.close();
  }
} catch (error) {
  tally.is(false, 'the checks ran to their end', error.stack);
} finally {
  await close();
  await site.close();
}
tally.close();
