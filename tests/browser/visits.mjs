// What a visitor does on a page of their own, and what must not happen meanwhile: errors, refusals of the policy, requests elsewhere.

import { watchShifts } from './site.mjs';

// `also` are addresses of other hosts that the site may ask.
export function visits({ chromium, site, tally, also = /^$/ }) {
  // Runs steps on a page of their own; says what broke. `expected` are words in the console that belong to what is tried.
  async function on(name, { expected = /status of 500/, ...options }, url, steps) {
    const context = await chromium.newContext({ viewport: { width: 1200, height: 800 }, reducedMotion: 'reduce', ...options });
    context.setDefaultTimeout(20_000);
    const page = await context.newPage();
    const wrong = [];
    page.on('pageerror', (error) => wrong.push(String(error)));
    page.on('console', (message) => { if (['error', 'warning'].includes(message.type()) && !expected.test(message.text())) wrong.push(message.text()); });
    page.on('request', (request) => { if (!request.url().startsWith(site.origin) && !/^(data|blob):/.test(request.url()) && !also.test(request.url())) wrong.push(request.url()); });
    await page.addInitScript(() => document.addEventListener('securitypolicyviolation', (event) => console.error(`refused: ${event.violatedDirective} ${event.blockedURI}`)));
    await watchShifts(page);
    try {
      if (url) await page.goto(url);
      await steps(page, context);
      tally.is(wrong.length === 0, `${name}: nothing goes wrong`, wrong[0]);
    } catch (error) {
      tally.is(false, `${name}: its steps`, error.stack.split('\n').slice(0, 4).join(' '));
    }
    await context.close();
  }

  const position = (page) => page.evaluate(() => (document.querySelector('dialog.viewer')?.open ? document.querySelector('[data-part=position]').textContent : 'closed'));
  // Waits until the viewer shows a photo, or is closed.
  const shows = async (page, expected, what) => {
    await page.waitForFunction((wanted) => {
      const dialog = document.querySelector('dialog.viewer');
      return (dialog?.open ? dialog.querySelector('[data-part=position]').textContent : 'closed') === wanted;
    }, expected, { timeout: 20_000 }).catch(() => {});
    tally.is(await position(page) === expected, what, `${await position(page)} for ${expected}`);
  };
  // Until the track stands still at the photo shown.
  const rests = (page) => page.waitForFunction(() => {
    const track = document.querySelector('.track');
    const number = Number(document.querySelector('[data-part=position]').textContent.split(' ')[0]);
    return Math.abs(Math.abs(track.scrollLeft) - (number - 1) * track.clientWidth) < 2;
  });
  return { on, position, shows, rests };
}
