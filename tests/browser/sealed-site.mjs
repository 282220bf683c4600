// The site of the checks of sealed galleries: one that codes open, one that a password opens too, one in Arabic, a private one, and the
// look-up page, from pictures that are drawn here.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { picture } from './pictures.mjs';

export const password = 'a Lakeside weekend, all of it';

// Builds the site in FOLDER, with the pictures that were rendered there before. Links by whom they are for: the path below its home, the
// code, and how it is withdrawn.
export function sealedSite(program, folder) {
  const run = (...args) => execFileSync(program, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  mkdirSync(path.join(folder, '.safelight'), { recursive: true });
  for (const [below, kept] of [['', '.safelight'], ['.safelight', 'cache']]) {
    for (const name of readdirSync(path.join(folder, below))) if (name !== kept) rmSync(path.join(folder, below, name), { recursive: true });
  }
  const formats = [[1800, 1200], [1200, 1800], [1600, 1200]];
  const put = (gallery, count, settings) => {
    mkdirSync(path.join(folder, 'galleries', gallery), { recursive: true });
    for (let number = 1; number <= count; number += 1) {
      const [width, height] = formats[number % 3];
      const part = number <= 3 ? 1 : 4;
      writeFileSync(path.join(folder, 'galleries', gallery, `photo-${String(number).padStart(3, '0')}.png`), picture(number + gallery.length, width / part, height / part));
    }
    writeFileSync(path.join(folder, 'galleries', gallery, 'gallery.toml'), settings);
  };
  put('lake', 12, 'title = "Lake House"\naccess = "sealed"\ndownloads = "web"\n[captions]\n"photo-002.png" = "The second stop"\n[lists]\nAlbum = 2\n');
  put('lake/party', 4, 'title = "Party"\n');
  put('shore', 3, 'title = "Shore"\naccess = "sealed"\n');
  put('garden', 3, 'title = "حديقة"\nlanguage = "ar"\naccess = "sealed"\n');
  put('wedding', 3, 'title = "Wedding"\naccess = "private"\n');
  writeFileSync(path.join(folder, 'site.toml'), 'title = "Client"\nauthor = "Ada Vik"\ncontact = "ada@vik.example"\n[find]\ntitle = "Find your class"\nlabel = "Class code"\n');
  run('--quiet', 'secret', 'new');
  const link = (gallery, to, ...more) => {
    const told = run('--format', 'json', 'share', `galleries/${gallery}`, '--to', to, ...more);
    const { url, code, link: id } = told.trim().split('\n').map((line) => JSON.parse(line)).find(({ event }) => event === 'summary');
    return { path: url.slice(1), code, revoke: () => { run('--quiet', 'revoke', `galleries/${gallery}`, '--id', id); run('--quiet', 'build'); } };
  };
  const links = {
    anna: link('lake', 'Anna', '--find'),
    ben: link('lake', 'Ben'),
    cleo: link('lake', 'Cleo', '--find'),
    dora: link('shore', 'Dora'),
    emil: link('garden', 'Emil'),
    fay: link('wedding', 'Fay', '--find'),
  };
  execFileSync(program, ['--quiet', 'password', 'galleries/shore', '--file', '-'], { cwd: folder, input: password, stdio: ['pipe', 'ignore', 'inherit'] });
  run('--quiet', 'build');
  return links;
}
