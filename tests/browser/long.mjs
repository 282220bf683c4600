// A gallery of 1,000 drawn photos on one page, and how fast a slow phone reads it.

import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { picture } from './pictures.mjs';

export const photos = 1000;
export const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
const formats = [[480, 320], [320, 480], [480, 320], [480, 360], [360, 450], [480, 270]];
// Pixels for a frame: 6,000 in a second, as a hard flick of the thumb.
const step = 100;

// Draws them below FOLDER, unless they are there from the last time.
export function draw(folder) {
  const gallery = path.join(folder, 'galleries', 'long');
  if (existsSync(gallery) && readdirSync(gallery).filter((name) => name.endsWith('.png')).length === photos) return;
  rmSync(gallery, { recursive: true, force: true });
  mkdirSync(gallery, { recursive: true });
  for (let number = 0; number < photos; number += 1) {
    writeFileSync(path.join(gallery, `photo-${String(number).padStart(4, '0')}.png`), picture(number, ...formats[(number * 7) % formats.length]));
  }
}

// Scrolls to the end or for some frames, a step for each frame: how long frames took, and the most chunks laid out at once.
export const read = (page, most = Infinity, pixels = step) => page.evaluate(async ([step, most]) => {
  const root = document.documentElement;
  const chunks = [...document.querySelectorAll('.tiles')];
  const times = [];
  let live = 0;
  let last = await new Promise(requestAnimationFrame);
  while (times.length < (most ?? Infinity) && scrollY + innerHeight < root.scrollHeight - 1) {
    scrollBy({ top: step, behavior: 'instant' });
    const now = await new Promise(requestAnimationFrame);
    times.push(now - last);
    last = now;
    if (times.length % 60 === 0) live = Math.max(live, chunks.filter((chunk) => chunk.querySelector('img').checkVisibility({ contentVisibilityAuto: true })).length);
  }
  return { times, live, bottom: scrollY + innerHeight, height: root.scrollHeight };
}, [pixels, Number.isFinite(most) ? most : null]);

export function paceOf(times) {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part) => Math.round(sorted[Math.floor(part * (sorted.length - 1))]);
  return { median: at(0.5), p95: at(0.95) };
}
