// The site of the checks of sealed galleries: one that codes open, one that a password opens too, one in Arabic, a private one, and the
// look-up page, from pictures that are drawn here.

import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { picture } from './pictures.mjs';

export const password = 'a Lakeside weekend, all of it';

// Builds the site in FOLDER, with the pictures that were rendered there before: links with their codes, by whom they were made for.
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
  const made = {};
  const share = (gallery, to) => { made[to] = {}; run('--quiet', 'share', `galleries/${gallery}`, '--to', to); };
  share('lake', 'anna');
  share('lake', 'ben');
  share('lake', 'cleo');
  share('shore', 'dora');
  share('garden', 'emil');
  share('wedding', 'fay');
  // TEMPORARY until `share` takes `--find`, and prints codes; `password` sets passwords.
  const file = path.join(folder, 'access.toml');
  const blocks = readFileSync(file, 'utf8').split(/\n(?=\[\[)/);
  writeFileSync(file, blocks.map((block) => (/to = "(anna|cleo|fay)"/.test(block) ? `${block.trimEnd()}\nfind = true\n` : block)).join('\n'));
  const [, shore] = readFileSync(path.join(folder, 'galleries/shore/gallery.toml'), 'utf8').match(/^id = "(.*)"/m);
  writeFileSync(path.join(folder, '.safelight/passwords.toml'), `[${shore}]\n"" = ["${password}"]\n`, { mode: 0o600 });
  const toml = path.join(folder, 'galleries/shore/gallery.toml');
  writeFileSync(toml, `${readFileSync(toml, 'utf8')}passwords = true\n`);
  run('--quiet', 'build');
  const ledger = readFileSync(file, 'utf8');
  const root = Buffer.from(readFileSync(path.join(folder, '.safelight', 'secret'), 'utf8').slice(5, 48), 'base64url');
  const mac = (key, message) => createHmac('sha256', key).update(message).digest();
  const pae = (...fields) => { const le = (n) => { const b = Buffer.alloc(8); b.writeUInt32LE(n); return b; }; return Buffer.concat([le(fields.length), ...fields.flatMap((f) => [le(Buffer.byteLength(f)), Buffer.from(f)])]); };
  const derive = (label, ...fields) => mac(mac('safelight/v1', root), Buffer.concat([pae('safelight/v1', label, ...fields), Buffer.of(1)]));
  let id;
  let link;
  for (const line of ledger.split('\n')) {
    const [, kind] = line.match(/^\[\[(.*)\]\]$/) ?? [];
    if (kind) link = kind === 'gallery.link';
    const [, key, value] = line.match(/^(\w+) = "(.*)"$/) ?? [];
    if (key === 'id') { if (link) link = value; else id = value; }
    if (key === 'to') {
      const bits = BigInt(`0x${derive('link-code', id, link).subarray(0, 9).toString('hex')}`) >> 2n;
      const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
      let data = '';
      for (let shift = 65n; shift >= 0n; shift -= 5n) data += alphabet[Number((bits >> shift) & 31n)];
      const powers = [];
      for (let x = 1; powers.length < 31; x = x & 16 ? (x << 1) ^ 41 : x << 1) powers.push(x);
      const check = (by) => alphabet[[...data].reduce((sum, c, i) => { const v = alphabet.indexOf(c); return sum ^ (v && powers[(by * i + powers.indexOf(v)) % 31]); }, 0)];
      made[value].code = (data + check(1) + check(2)).match(/.{4}/g).join('-');
      made[value].id = link;
      made[value].path = `g/p${derive('page', '', id, link).subarray(0, 18).toString('base64url')}/`;
    }
  }
  return { ...made, revoke: ({ id: of }) => { run('--quiet', 'revoke', 'galleries/lake', '--id', of); run('--quiet', 'build'); } };
}
