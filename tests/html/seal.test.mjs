// The page opens only what a program may have sealed: files are made here record by record, with WebCrypto and nothing of the theme's.

import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'node:test';

// Only a name like this makes it a module outside browsers.
const folder = mkdtempSync(path.join(tmpdir(), 'seal-'));
copyFileSync(new URL('../../themes/default/seal.js', import.meta.url), path.join(folder, 'seal.mjs'));
const { handed, unseal } = await import(path.join(folder, 'seal.mjs'));
rmSync(folder, { recursive: true });

const { subtle } = globalThis.crypto;
const text = (words) => new TextEncoder().encode(words);
const RECORD = 1 << 18;
const BLOCK = RECORD - 17;
const material = new Uint8Array(32).fill(7);

// A file of records, each as it is before encryption.
async function sealed(...records) {
  const salt = new Uint8Array(16).fill(1);
  const header = new Uint8Array(21);
  header.set(salt);
  new DataView(header.buffer).setUint32(16, RECORD);
  const from = await subtle.importKey('raw', material, 'HKDF', false, ['deriveKey', 'deriveBits']);
  const info = (what) => ({ name: 'HKDF', hash: 'SHA-256', salt, info: text(`Content-Encoding: ${what}\0`) });
  const key = await subtle.deriveKey(info('aes128gcm'), from, { name: 'AES-GCM', length: 128 }, false, ['encrypt']);
  const nonce = new Uint8Array(await subtle.deriveBits(info('nonce'), from, 96));
  const parts = await Promise.all(records.map(async (record, at) => {
    const iv = nonce.slice();
    iv[11] ^= at;
    return new Uint8Array(await subtle.encrypt({ name: 'AES-GCM', iv }, key, record));
  }));
  return new Blob([header, ...parts]);
}
// Plain text, the mark, and so many zeros.
const record = (plain, mark, zeros = 0) => new Uint8Array([...plain, mark, ...new Uint8Array(zeros)]);
async function opened(file, full) {
  const pieces = [];
  await unseal(new Response(file), material, (piece) => pieces.push(piece), undefined, full);
  return Buffer.concat(pieces);
}
const refuses = (file, full) => assert.rejects(opened(file, full), { reason: 'damaged' });

test('a file is padded to the length that its plain text asks for', async () => {
  // Lengths and what they are padded to, by hand: 9 has 4 bits, of which the last may be cut.
  for (const [length, zeros] of [[0, 1], [1, 0], [2, 0], [8, 0], [9, 1], [100, 4], [1000, 24]]) {
    const plain = new Uint8Array(length).fill(65);
    assert.equal((await opened(await sealed(record(plain, 2, zeros)))).length, length);
    await refuses(await sealed(record(plain, 2, zeros + 1)));
    if (zeros) await refuses(await sealed(record(plain, 2, zeros - 1)));
  }
});

test('a file of a length of its own has that and no other', async () => {
  const plain = text('{"v":1}');
  assert.equal(String(await opened(await sealed(record(plain, 2, 1024 - plain.length)), 1024)), '{"v":1}');
  await refuses(await sealed(record(plain, 2, 1024 - plain.length)));
  await refuses(await sealed(record(plain, 2, 1)), 1024);
});

test('nothing comes after the first padding', async () => {
  const full = new Uint8Array(BLOCK).fill(65);
  const [length, padded] = [BLOCK + 10, 262_144];
  const rest = new Uint8Array(10).fill(66);
  assert.equal((await opened(await sealed(record(full, 1), record(rest, 2, padded - length)))).length, length);
  const early = record(full.subarray(0, -5), 1, 5);
  await refuses(await sealed(early, record(new Uint8Array(15).fill(66), 2, padded - BLOCK - 15)));
});

test('a password in the address is read as it was written', () => {
  globalThis.history = { replaceState() {} };
  for (const [hash, typed] of [['#k=a%20b', 'a b'], ['#k=100%', '100%'], ['#k=7GQ2', '7GQ2'], ['#view_a', null], ['', null]]) {
    globalThis.location = { hash, pathname: '/', search: '' };
    assert.equal(handed(), typed);
  }
});
