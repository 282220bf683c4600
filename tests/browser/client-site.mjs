// The site of the checks of what clients do: an open gallery of three pages, a private one with lists, one in Arabic, from pictures that
// are drawn here.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { picture } from './pictures.mjs';

// Builds the site in FOLDER, with the pictures that were rendered there before. Where the private gallery's link leads, below its home.
export function clientSite(program, folder) {
  const run = (...args) => execFileSync(program, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  mkdirSync(path.join(folder, '.safelight'), { recursive: true });
  for (const [below, kept] of [['', '.safelight'], ['.safelight', 'cache']]) {
    for (const name of readdirSync(path.join(folder, below))) if (name !== kept) rmSync(path.join(folder, below, name), { recursive: true });
  }
  const formats = [[1800, 1200], [1200, 1800], [1600, 1200]];
  const put = (gallery, count, settings) => {
    mkdirSync(path.join(folder, 'galleries', gallery), { recursive: true });
    for (let number = 1; number <= count; number += 1) {
      // Most are small, as what is tried is not pictures; the first three have something to sharpen.
      const [width, height] = formats[number % 3];
      const part = number <= 3 ? 1 : 4;
      writeFileSync(path.join(folder, 'galleries', gallery, `photo-${String(number).padStart(3, '0')}.png`), picture(number, width / part, height / part));
    }
    writeFileSync(path.join(folder, 'galleries', gallery, 'gallery.toml'), settings);
  };
  put('walk', 60, 'title = "A walk"\nheader = "half"\n[captions]\n"photo-002.png" = "The second stop"\n');
  // Keywords for the filter, on photos of all three pages.
  for (const [number, ...keywords] of [[2, 'ferry'], [5, 'fog'], [30, 'ferry', 'fog'], [60, 'ferry']]) {
    const items = keywords.map((word) => `<rdf:li>${word}</rdf:li>`).join('');
    writeFileSync(path.join(folder, 'galleries', 'walk', `photo-${String(number).padStart(3, '0')}.xmp`), `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/"><rdf:Description rdf:about=""><dc:subject><rdf:Bag>${items}</rdf:Bag></dc:subject></rdf:Description></rdf:RDF></x:xmpmeta>`);
  }
  put('wedding', 8, 'title = "Wedding"\naccess = "private"\n[lists]\nAlbum = 2\nPrints = 0\n');
  put('wedding/party', 4, 'title = "Party"\n');
  put('garden', 3, 'title = "حديقة"\nlanguage = "ar"\n');
  writeFileSync(path.join(folder, 'site.toml'), 'title = "Client"\nauthor = "Ada Vik"\ncontact = "ada@vik.example"\n[theme]\npage_size = 24\n[favourites]\nsend_to = "http://127.0.0.1:9/form"\n');
  run('--quiet', 'secret', 'new');
  run('--quiet', 'share', 'galleries/wedding', '--to', 'Anna');
  run('--quiet', 'build');
  return `g/${readdirSync(path.join(folder, 'public', 'g')).find((name) => name.startsWith('p'))}/`;
}
