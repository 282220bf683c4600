// Pictures of every page of a built site, at the widths of a phone and a desk, light and dark; galleries also with the viewer open.
//
//   node screenshots.mjs FOLDER OUTPUT [BELOW]

import { mkdirSync } from 'node:fs';
import path from 'node:path';

import { browser, everyPage, serve } from './site.mjs';

const [folder, output, below = '/'] = process.argv.slice(2);
const site = await serve(folder, below);
const { browser: chromium, close } = await browser();
let count = 0;
try {
  mkdirSync(output, { recursive: true });
  for (const [width, height] of [[390, 844], [1440, 900]]) {
    for (const colorScheme of ['light', 'dark']) {
      const context = await chromium.newContext({ viewport: { width, height }, colorScheme, reducedMotion: 'reduce', deviceScaleFactor: 1 });
      const page = await context.newPage();
      for (const name of everyPage(folder)) {
        await page.goto(site.home + name, { waitUntil: 'load' });
        // Lazy pictures come only when they are near: ask for all of them before the whole page is taken.
        await page.evaluate(() => {
          for (const image of document.images) Object.assign(image, { loading: 'eager', decoding: 'sync' });
        });
        await page.waitForFunction(() => [...document.images].every((image) => image.complete && image.naturalWidth > 0));
        // A picture whose size was chosen anew has not been decoded yet.
        await page.evaluate(() => Promise.all([...document.images].map((image) => image.decode().catch(() => {}))));
        const file = `${decodeURIComponent(name).replace(/\/$|\.html$/, '').replace(/[^\w.-]+/g, '_') || 'home'}-${width}-${colorScheme}.png`;
        await page.screenshot({ path: path.join(output, file), fullPage: true });
        count += 1;
        // The same with the viewer open.
        if (!await page.locator('.tiles a').count()) continue;
        await page.locator('.tiles a').first().click();
        await page.waitForFunction(() => { const image = document.querySelector('dialog.viewer[open] .slide:not([inert]) img'); return image?.complete && image.naturalWidth > 0; });
        await page.evaluate(() => document.querySelector('.slide:not([inert]) img').decode());
        await page.screenshot({ path: path.join(output, file.replace('.png', '-open.png')) });
        count += 1;
      }
      await context.close();
    }
  }
} finally {
  await close();
  await site.close();
}
console.log(`${count} screenshots in ${path.relative(process.cwd(), output) || output}`);
