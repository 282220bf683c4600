// Sites that are awkward: words without end, strips, tiny pictures, galleries of several pages, open and private.
//
//   node awkward.mjs PROGRAM FOLDER
//
// PROGRAM builds a site in FOLDER from pictures that are drawn here.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { picture } from './pictures.mjs';
import { Tally, browser, everyPage, inPieces, readToTheEnd, serve, shiftOf, watchShifts } from './site.mjs';

const [program, folder] = process.argv.slice(2);
const tally = new Tally();
const run = (...given) => execFileSync(program, ['--quiet', ...given], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, SAFELIGHT_SECRET: '', SAFELIGHT_SECRET_FILE: '' } });

function write(name, content) {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), content);
}

// Everything that people can write, without a place to break a line.
const endless = 'x'.repeat(300);
const line = 'y'.repeat(190);
const address = `https://example.com/${'a'.repeat(270)}`;
const xmp = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:aux="http://ns.adobe.com/exif/1.0/aux/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/" tiff:Make="Maker" tiff:Model="${endless}" aux:Lens="${endless}" photoshop:Credit="${endless}" xmpRights:WebStatement="${address}">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">${endless}</rdf:li></rdf:Alt></dc:title><dc:rights><rdf:Alt><rdf:li xml:lang="x-default">${endless}</rdf:li></rdf:Alt></dc:rights>
<dc:creator><rdf:Seq><rdf:li>${endless}</rdf:li></rdf:Seq></dc:creator><dc:subject><rdf:Bag><rdf:li>${endless}</rdf:li></rdf:Bag></dc:subject></rdf:Description></rdf:RDF></x:xmpmeta>`;
const text = `## ${endless}

${endless} ${address} \`${endless}\` [${endless}](${address})[^1]

## b ${endless}

- ${endless}

## c ${endless}

> ${endless}

| ${endless} | b | c |
|---|---|---|
| x ${endless} | ${endless} | ${endless} |

\`\`\`
${endless} ${endless}
\`\`\`

[^1]: ${endless}
`;

rmSync(folder, { recursive: true, force: true });
const site = (more) => write('site.toml', `title = "${line}"
description = "${endless}"
author = "${line}"
contact = "${'c'.repeat(60)}@${'d'.repeat(60)}.example.com"
url = "https://photos.example.com/"
[rights]
copyright = "${endless}"
[images]
formats = ["jpeg"]
[theme]
page_size = 24
${more}`);
site('');
write('pages/text.md', `# ${endless}\n\n${text}\n![${endless}](../galleries/shapes/tiny.png)\n`);
write('pages/second.md', `+++\ntitle = "${line}"\nversion_of = "text.md"\neffective = 2026-01-01\n+++\n\n${text}`);
write('galleries/words/gallery.toml', `title = "${line}"\ndescription = """\n${text}\n"""\n[captions]\n"a.png" = "${endless} ${address}"\n`);
write('galleries/words/a.png', picture(1, 900, 600));
write('galleries/words/b.png', picture(2, 400, 600));
write('galleries/words/b.png.xmp', xmp);
write(`galleries/words/${'n'.repeat(180)}.png`, picture(3, 300, 200));
write(`galleries/${'f'.repeat(120)}/c.png`, picture(4, 300, 200));
const shapes = { wide: [3000, 300], tall: [300, 3000], thread: [2400, 60], tiny: [40, 30], dot: [2, 2], plain: [900, 600], portrait: [600, 900], web: [640, 427] };
for (const [name, [width, height]] of Object.entries(shapes)) {
  write(`galleries/shapes/${name}.png`, picture(7, width, height));
  // Alone in a gallery it has all the room, as a cover and in its grid.
  write(`galleries/only-${name}/${name}.png`, picture(8, width, height));
}
for (let number = 10; number < 50; number += 1) {
  const format = number % 3 ? [300, 200] : [200, 300];
  write(`galleries/many/m${number}.png`, picture(number, ...format));
  write(`galleries/wedding/${number > 33 ? 'party/' : ''}w${number}.png`, picture(number + 50, ...format));
}
write('galleries/wedding/gallery.toml', 'access = "private"\ntitle = "Lena & Tom"\n');
run('secret', 'new');
const link = new URL(run('share', 'wedding', '--to', 'Lena').match(/https:\S+/)[0]).pathname.slice(1);
run('build');
const assets = `x/${readdirSync(path.join(folder, 'public', 'x')).find((name) => name.startsWith('a'))}/`;

const host = await serve(path.join(folder, 'public'));
const { browser: chromium, close } = await browser();
const seen = (page, id) => page.evaluate((at) => {
  const { top, bottom } = document.getElementById(at)?.getBoundingClientRect() ?? { top: -1, bottom: -1 };
  return top >= 0 && bottom <= innerHeight;
}, id);

try {
  // Nothing that anybody writes makes a page wider than a phone.
  for (const width of [320, 390]) {
    const context = await chromium.newContext({ viewport: { width, height: 844 }, reducedMotion: 'reduce' });
    const page = await context.newPage();
    for (const name of everyPage(path.join(folder, 'public'))) {
      await page.goto(host.home + name);
      const facts = await page.evaluate(() => ({
        wider: document.documentElement.scrollWidth - innerWidth,
        culprit: [...document.querySelectorAll('body *')].filter((element) => element.getBoundingClientRect().right > innerWidth + 1 && !element.closest('.table, pre, .quiet, .skip')).map((element) => `${element.tagName}.${element.className}`).slice(0, 3).join(' '),
        narrow: [...document.querySelectorAll('.prose td')].filter((cell) => cell.clientWidth < 20).length,
      }));
      tally.is(facts.wider <= 0 && !facts.culprit, `/${name.slice(0, 60)}, ${width} px: wider than the window`, `${facts.wider} px ${facts.culprit}`);
      tally.is(facts.narrow === 0, `/${name.slice(0, 60)}, ${width} px: a cell of a table is too narrow to read`);
    }
    await context.close();
  }

  // Strips are whole, and nothing is shown at more than twice its pixels.
  for (const grid of ['rows', 'squares']) {
    site(`grid = "${grid}"\n`);
    run('build');
    for (const width of [390, 1440, 2560]) {
      const context = await chromium.newContext({ viewport: { width, height: Math.round(width / 1.6) }, reducedMotion: 'reduce' });
      const page = await context.newPage();
      for (const name of everyPage(path.join(folder, 'public')).filter((page) => /^$|^shapes|^only-|^text/.test(page))) {
        await page.goto(host.home + name);
        const found = await page.evaluate((isSquare) => [...document.querySelectorAll('main img')].map((image) => {
          const [width, height] = [Number(image.getAttribute('width')), Number(image.getAttribute('height'))];
          const box = [image.clientWidth / width, image.clientHeight / height];
          const fit = getComputedStyle(image).objectFit;
          const scale = fit === 'cover' ? Math.max(...box) : fit === 'contain' ? Math.min(...box) : box[0];
          // What a frame of the same shape would show, and what this one shows.
          const shown = fit === 'cover' ? Math.min(...box) / scale : 1;
          const frame = (image.closest('li .frame, .tiles li, figure') ?? image).getBoundingClientRect();
          const inside = Math.min(frame.width / (width * scale), frame.height / (height * scale), 1);
          const even = fit === 'fill' ? Math.abs(box[0] * width - box[1] * height * (width / height)) : 0;
          // A pixel of a screen cannot be halved.
          const rounding = 1 / Math.min(width, height);
          return { told: `${image.getAttribute('src')} at ${scale.toFixed(2)}, ${(100 * shown * inside).toFixed(0)} % of it`, large: scale > 2 + rounding, cut: !(isSquare && image.closest('.tiles')) && shown * inside < 0.94, bent: even > 2 };
        }), grid === 'squares');
        const where = `/${name}, ${width} px, ${grid}`;
        tally.is(!found.some((image) => image.large), `${where}: enlarged beyond twice its pixels`, found.find((image) => image.large)?.told);
        tally.is(!found.some((image) => image.cut), `${where}: not whole`, found.find((image) => image.cut)?.told);
        tally.is(!found.some((image) => image.bent), `${where}: out of shape`, found.find((image) => image.bent)?.told);
      }
      // The picture of a photo's own page fits into the window, however tall it is.
      await page.goto(`${host.home}only-tall/`);
      // Not in the viewer, but on its own page.
      await page.goto(await page.locator('.tiles a').evaluate((tile) => tile.href));
      const tall = await page.locator('main img').evaluate((image) => image.getBoundingClientRect().height / innerHeight);
      tally.is(tall <= 0.83, `a tall strip, ${width} px: higher than the window`, `${tall.toFixed(2)} of it`);
      await context.close();
    }
  }

  // From a photo there is a way back to its place in the grid: for a holder of a link to the grid of that link.
  for (const javaScriptEnabled of [true, false]) {
    for (const [grid, up] of [['many/', 'many/'], [link, javaScriptEnabled ? link : assets]]) {
      const name = `${grid === link ? 'private' : 'open'}, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`;
      const context = await chromium.newContext({ viewport: { width: 390, height: 844 }, javaScriptEnabled, reducedMotion: 'reduce' });
      const page = await context.newPage();
      await page.goto(host.home + grid);
      await page.goto(await page.locator('.tiles a').nth(9).evaluate((tile) => tile.href));
      for (let step = 0; step < 16; step += 1) {
        const from = page.url();
        await page.locator('a#next').click();
        await page.waitForURL((url) => url.href !== from);
      }
      const photo = new URL(page.url());
      const crumbs = await page.locator('.crumbs a').last().getAttribute('href');
      tally.is(await page.locator('a#up').count() === 1 && crumbs.includes('#photo_'), `${name}: there is one way up`, crumbs);
      await page.locator('a#up').click();
      await page.waitForURL((url) => url.hash !== '');
      const at = new URL(page.url());
      tally.is(at.pathname === `/${up}page-2.html`, `${name}: the way up leads elsewhere`, `${at.pathname}, not /${up}page-2.html`);
      const id = decodeURIComponent(at.hash.slice(1));
      const back = await page.locator(`[id="${id}"] a`).evaluate((anchor) => anchor.pathname);
      tally.is(back === photo.pathname, `${name}: the way up leads to another photo`, back);
      // Without JavaScript nothing can be asked of the page, so its picture is.
      const { y, height } = await page.locator(`[id="${id}"]`).boundingBox();
      tally.is(y >= 0 && y + height <= 844, `${name}: the place in the grid is not to be seen`, `${y}`);
      await context.close();
    }
  }
  {
    // Another gallery's grid in the same history is not taken for this one's.
    const context = await chromium.newContext({ viewport: { width: 390, height: 844 } });
    const page = await context.newPage();
    await page.goto(`${host.home}many/`);
    const photo = readdirSync(path.join(folder, 'public', assets)).find((name) => /^i.{16}\.html$/.test(name));
    await page.goto(host.home + assets + photo);
    const up = await page.locator('a#up').getAttribute('href');
    tally.is(up.startsWith(`/${assets}`), 'a grid of another gallery is taken for the way up', up);
    tally.is(await seen(page, 'up') || await page.locator('a#up').isVisible(), 'the way up is seen');
    const robots = async () => page.locator('meta[name=robots]').getAttribute('content');
    await page.goto(host.home + assets);
    tally.is(/noindex/.test(await robots()) && await page.locator('meta[name=referrer]').getAttribute('content') === 'no-referrer', 'the grid beside the photos is as hidden as the others');
    tally.is(!(await page.content()).includes(link.split('/')[1]), 'the grid beside the photos names no link');
    tally.is((await page.evaluate(() => [document.cookie, localStorage.length, sessionStorage.length].join())) === ',0,0', 'something is stored');
    await context.close();
  }

  // Long pages that come in pieces do not move either.
  for (const [width, height] of [[390, 844], [1440, 900]]) {
    const context = await chromium.newContext({ viewport: { width, height }, reducedMotion: 'reduce' });
    for (const name of ['many/', link, '']) {
      const page = await context.newPage();
      await watchShifts(page);
      await inPieces(page, host, host.home + name);
      await readToTheEnd(page);
      const shift = await shiftOf(page);
      tally.is(shift.value === 0, `/${name.slice(0, 6)}, ${width} px, in pieces: the layout moves`, shift.told);
      await page.close();
    }
    await context.close();
  }
} catch (error) {
  tally.is(false, 'the checks ran to their end', error.stack);
} finally {
  await close();
  await host.close();
}
tally.close();
