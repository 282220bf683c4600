// Pictures that are brighter than ordinary screens, PQ and HLG: what is made of them looks as Chromium shows the originals.
//
//   node bright.mjs PROGRAM FOLDER PICTURE...
//
// PROGRAM builds a site of the pictures in FOLDER. Each picture and what was made of it are screenshots of the same browser; in
// the middle of every patch of 16 pixels their colours differ by ΔE (CIE 1976) of 1 on average, and 4 at most.

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { Tally, browser } from './site.mjs';

const bound = { mean: 1, most: 4 };
const [width, height, patch] = [128, 64, 16];

const [program, folder, ...pictures] = process.argv.slice(2);
const tally = new Tally();

rmSync(folder, { recursive: true, force: true });
mkdirSync(path.join(folder, 'galleries', 'bright'), { recursive: true });
const named = pictures.map((picture) => [path.basename(picture).replace('.', '-'), picture]);
for (const [name, picture] of named) copyFileSync(picture, path.join(folder, 'galleries', 'bright', name + path.extname(picture)));
writeFileSync(path.join(folder, 'site.toml'), 'title = "Bright"\ndefault_access = "public"\n[images]\nformats = ["jpeg"]\nquality = 95\n');
execFileSync(program, ['--quiet', 'build'], { cwd: folder, stdio: 'inherit' });

const { context, close } = await browser();
const page = await context.newPage();
const address = (file, type) => `data:image/${type};base64,${readFileSync(file).toString('base64')}`;

// The colours in the middle of the patches, as a screen shows them.
async function colours(url) {
  await page.setContent(`<body style="margin:0"><img src="${url}" width="${width}" height="${height}">`);
  await page.waitForFunction(() => document.images[0].complete);
  const shot = (await page.locator('img').screenshot()).toString('base64');
  return page.evaluate(async ([shot, patch]) => {
    const image = new Image();
    image.src = `data:image/png;base64,${shot}`;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    const drawing = canvas.getContext('2d');
    drawing.drawImage(image, 0, 0);
    const found = [];
    for (let y = patch / 2; y < image.height; y += patch) {
      for (let x = patch / 2; x < image.width; x += patch) found.push([...drawing.getImageData(x, y, 1, 1).data].slice(0, 3));
    }
    return found;
  }, [shot, patch]);
}

// sRGB to CIE L*a*b*.
function lab(colour) {
  const [r, g, b] = colour.map((value) => value / 255).map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  const [x, y, z] = [(0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505, 0.2126 * r + 0.7152 * g + 0.0722 * b, (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089]
    .map((value) => (value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116));
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

for (const [name, picture] of named) {
  const made = readdirSync(path.join(folder, 'public', 'img', 'bright')).find((file) => file.startsWith(name) && file.includes(`-${width}.`));
  const wanted = await colours(address(picture, path.extname(picture).slice(1)));
  const found = await colours(address(path.join(folder, 'public', 'img', 'bright', made), 'jpeg'));
  const apart = wanted.map((colour, at) => Math.hypot(...lab(colour).map((value, of) => value - lab(found[at])[of])));
  const [mean, most] = [apart.reduce((sum, value) => sum + value, 0) / apart.length, Math.max(...apart)];
  tally.is(mean <= bound.mean && most <= bound.most, name, `ΔE of ${mean.toFixed(2)} on average, ${most.toFixed(2)} at most`);
}
await close();
tally.close();
