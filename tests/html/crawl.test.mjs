// The crawler must see what it is there to see: each fault is planted in a small site.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'node:test';

import { crawl, srcset, tags } from './crawl.mjs';

const sound = {
  'index.html': '<!doctype html><link rel="stylesheet" href="/photos/assets/site.css"><a href="/photos/coast/">Coast</a><a href="https://elsewhere.example/">away</a>',
  'coast/index.html': '<a href="../">up</a><a href="#p1">one</a><img id="p1" alt="Sea" width="3" height="2" src="../m/a%20b.jpg" srcset="../m/a%20b.jpg 320w, ../m/c.avif 640w">',
  'm/a b.jpg': 'x',
  'm/c.avif': 'x',
  'm/back.png': 'x',
  'assets/site.css': 'body { background: url("../m/back.png") } /* url(nothing.png) */',
  'sitemap.xml': '<urlset><url><loc>https://name.example/photos/coast/</loc></url></urlset>',
};

function check(changes) {
  const folder = mkdtempSync(path.join(tmpdir(), 'crawl-'));
  try {
    for (const [name, text] of Object.entries({ ...sound, ...changes })) {
      if (text === null) continue;
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    }
    return crawl(folder, 'https://name.example/photos/').failures;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a sound site has no failures', () => assert.deepEqual(check({}), []));

const faults = {
  'a missing picture': [{ 'm/c.avif': null }, /srcset "\.\.\/m\/c\.avif" leads to nothing/],
  'a link that forgets the path': [{ 'x/index.html': '<a href="/coast/">', 'coast/index.html': `${sound['coast/index.html']}<a href="../x/">` }, /leaves the site's path/],
  'a script from elsewhere': [{ 'index.html': `${sound['index.html']}<script src="https://cdn.example/x.js"></script>` }, /fetched from elsewhere/],
  'a font from elsewhere': [{ 'assets/site.css': `${sound['assets/site.css']} @import "//fonts.example/a.css";` }, /fetched from elsewhere/],
  'a place that is not there': [{ 'index.html': `${sound['index.html']}<a href="coast/#p9">` }, /does not have/],
  'a folder without its slash': [{ 'index.html': `${sound['index.html']}<a href="coast">` }, /without its slash/],
  'a page nobody leads to': [{ 'alone/index.html': '<p>' }, /alone.index\.html: nothing that starts/],
  'a dead sitemap entry': [{ 'sitemap.xml': '<loc>https://name.example/photos/gone/</loc>' }, /leads to nothing/],
  'a style attribute': [{ 'index.html': `${sound['index.html']}<p style="color:red">` }, /style attribute/],
  'an inline handler': [{ 'index.html': `${sound['index.html']}<p onclick="x()">` }, /onclick/],
  'an inline script': [{ 'index.html': `${sound['index.html']}<script>1</script>` }, /inline script/],
  'javascript in a link': [{ 'index.html': `${sound['index.html']}<a href="java&#115;cript:alert(1)">` }, /scheme/],
  'a file name as alternative text': [{ 'index.html': `${sound['index.html']}<img alt="DSC_1.JPG" width="1" height="1" src="m/c.avif">` }, /is a file name/],
  'a picture without its size': [{ 'index.html': `${sound['index.html']}<img alt="a" src="m/c.avif">` }, /does not say its size/],
  'an id that stands twice': [{ 'index.html': `${sound['index.html']}<p id=a><p id=a>` }, /stands twice/],
};
for (const [name, [changes, expected]] of Object.entries(faults)) {
  test(`${name} is found`, () => {
    const failures = check(changes);
    assert.ok(failures.some((failure) => expected.test(failure)), failures.join('\n'));
  });
}

test('a tag in a comment or in a script is not a tag', () => {
  assert.deepEqual(tags('<!-- <a href="x"> --><script type="application/ld+json">{"a":"<img>"}</script>').map((t) => t.name), ['script']);
});

test('a comma inside an address does not split a srcset', () => assert.deepEqual(srcset('a,b.jpg 1x, c.jpg 2x'), ['a,b.jpg', 'c.jpg']));
