// Codes, passwords and sealed files, as "Access, version 1" fixes them. Nothing here touches the page but its address. All keys live in WebCrypto; the
// content key C, which opens every file of a gallery, is never readable: `unwrapKey` makes it from a slot as an HMAC key that only signs.
const crypt = globalThis.crypto?.subtle;
export const secure = Boolean(crypt);

// Why something was not done; `reason` is for programs: "symbol", "length", "check", "wrong", "damaged", "missing", "server" or "network".
export class Refused extends Error {
  constructor(reason, detail) { super(reason); this.reason = reason; this.detail = detail; }
}
const damaged = () => new Refused("damaged");

// ---- bytes
const utf8 = text => new TextEncoder().encode(text);
const join = (...parts) => {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) { all.set(part, at); at += part.length; }
  return all;
};
const number = (value, bytes, little) => {
  const view = new DataView(new ArrayBuffer(bytes));
  view.setUint32(0, value, little);
  return new Uint8Array(view.buffer);
};
const base64url = bytes => btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
// Canonical only: whatever is not written back the same is refused.
const bytesOf = (text, length) => {
  let bytes;
  try { bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), one => one.charCodeAt()); } catch { throw damaged(); }
  if (bytes.length !== length || base64url(bytes) !== text) throw damaged();
  return bytes;
};
// Pre-authentication encoding: no two lists of fields are encoded alike.
const fields = (...list) => {
  const all = ["safelight/v1", ...list].map(field => typeof field === "string" ? utf8(field) : field);
  return join(number(all.length, 8, true), ...all.flatMap(field => [number(field.length, 8, true), field]));
};

// ---- what people type
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ", SYMBOLS = 16;
// GF(32) with x^5 + x^3 + 1: powers of 2, twice over.
const POWERS = [];
for (let value = 1; POWERS.length < 62; value = value & 16 ? value << 1 ^ 41 : value << 1) POWERS.push(value);
const times = (power, value) => value && POWERS[(power + POWERS.indexOf(value)) % 31];
const checks = symbols => [1, 2].map(step => ALPHABET[[...symbols].reduce((sum, symbol, at) => sum ^ times(step * at, ALPHABET.indexOf(symbol)), 0)]).join("");

// The symbols of a typed code; refused before anything is computed from it if it cannot be one.
export const codeOf = typed => {
  const symbols = typed.normalize("NFKC").toUpperCase().replace(/[\p{Pd}\p{Z}\p{Cc}\p{Cf}_.\u2212]/gu, "").replaceAll("O", "0").replace(/[IL]/g, "1");
  for (const symbol of symbols) if (!ALPHABET.includes(symbol)) throw new Refused("symbol");
  if (symbols.length !== SYMBOLS) throw new Refused("length", symbols.length);
  if (checks(symbols.slice(0, -2)) !== symbols.slice(-2)) throw new Refused("check");
  return symbols;
};

// What comes in the address behind `#k=`. It leaves the address bar and the way back at once; the browser's list of visited pages may
// keep it.
export const handed = () => {
  const [, typed] = location.hash.match(/^#k=(.+)$/) ?? [];
  if (!typed) return null;
  history.replaceState(history.state, "", location.pathname + location.search);
  try { return decodeURIComponent(typed); } catch { return typed; }
};

// What opens a gallery that has passwords too: a valid code means the code, all else a password.
const ENDS = /^[\p{White_Space}\ufeff]+|[\p{White_Space}\ufeff]+$/gu;
export const secretOf = typed => {
  try { return codeOf(typed); } catch { return typed.normalize("NFKC").replace(ENDS, ""); }
};

// ---- keys
const MOST_ROUNDS = 10_000_000, FEWEST_ROUNDS = 600_000;
const HMAC = { name: "HMAC", hash: "SHA-256", length: 256 };
const sign = async (key, message) => new Uint8Array(await crypt.sign("HMAC", key, message));
// One block of HKDF-Expand.
const expand = async (key, length, ...info) => (await sign(key, join(fields(...info), Uint8Array.of(1)))).slice(0, length);
const stretch = async (secret, salt, iterations) => {
  if (!Number.isInteger(iterations) || iterations < FEWEST_ROUNDS || iterations > MOST_ROUNDS) throw damaged();
  const key = await crypt.importKey("raw", utf8(secret), "PBKDF2", false, ["deriveKey"]);
  return crypt.deriveKey({ name: "PBKDF2", hash: "SHA-256", salt, iterations }, key, HMAC, false, ["sign"]);
};

// The content key from `slots.json`: one stretch finds the slot of a secret, if it has one.
export const contentKey = async (slots, secret) => {
  if (slots?.v !== 1 || slots.kdf !== "PBKDF2-SHA256" || !Array.isArray(slots.slots)) throw damaged();
  const salt = bytesOf(slots.salt, 16), key = await stretch(secret, salt, slots.iterations);
  const id = await expand(key, 16, "slot-id"), name = base64url(id), slot = slots.slots.find(one => one[0] === name);
  if (!slot) throw new Refused("wrong");
  const kek = await crypt.importKey("raw", await expand(key, 32, "slot-kek"), "AES-GCM", false, ["unwrapKey"]);
  const how = { name: "AES-GCM", iv: new Uint8Array(12), additionalData: fields("slot", number(slots.iterations, 4), salt, id) };
  try { return await crypt.unwrapKey("raw", bytesOf(slot[1], 48), kek, how, HMAC, false, ["sign"]); } catch { throw damaged(); }
};

// Where a code leads: the name of its file, and what opens that.
export const locatorOf = async (code, salt, iterations) => {
  const key = await stretch(code, bytesOf(salt, 16), iterations);
  return { name: `e${base64url(await expand(key, 18, "locator-path"))}.bin`, material: await expand(key, 32, "locator-key") };
};

// What opens one file of a gallery.
export const fileMaterial = (content, name) => sign(content, fields("file", name));

// ---- sealed files: RFC 8188, aes128gcm
const HEADER = 21, RECORD = 1 << 18, TAG = 16;

export const offline = error => { throw error.name === "AbortError" ? error : new Refused("network"); };

// The length that a file of so many bytes is padded to (Padmé), so that its size tells little.
const padded = length => {
  if (length < 2) return 1;
  const exponent = Math.floor(Math.log2(length)), unit = 2 ** (exponent - Math.floor(Math.log2(exponent)) - 1);
  return Math.ceil(length / unit) * unit;
};

// Opens the body of an answer record by record, and gives each piece of plain text to `take` once it is known to be genuine. Refused: any
// change, a truncated file, anything behind the last record, another salt than `salt`, other padding than that of a file of its length or
// to `full`. `take` must not show anything before all is read.
export const unseal = async (answer, material, take, salt, full) => {
  const reader = answer.body.getReader();
  let chunk = new Uint8Array();
  // The next bytes of the stream, as many as asked for unless it ends.
  const read = async length => {
    const bytes = new Uint8Array(length);
    let have = 0;
    while (have < length) {
      if (!chunk.length) {
        const next = await reader.read().catch(offline);
        if (next.done) break;
        chunk = next.value;
      }
      const part = chunk.subarray(0, length - have);
      bytes.set(part, have);
      have += part.length;
      chunk = chunk.subarray(part.length);
    }
    return bytes.subarray(0, have);
  };
  try {
    const header = await read(HEADER), own = header.subarray(0, 16);
    if (header.length < HEADER || new DataView(header.buffer).getUint32(16) !== RECORD || header[20] || salt && base64url(own) !== salt) throw damaged();
    const from = await crypt.importKey("raw", material, "HKDF", false, ["deriveKey", "deriveBits"]);
    const info = what => ({ name: "HKDF", hash: "SHA-256", salt: own, info: utf8(`Content-Encoding: ${what}\0`) });
    const key = await crypt.deriveKey(info("aes128gcm"), from, { name: "AES-GCM", length: 128 }, false, ["decrypt"]);
    const base = new Uint8Array(await crypt.deriveBits(info("nonce"), from, 96));
    let have = 0, total = 0;
    for (let at = 0, last = false; !last; at += 1) {
      const record = await read(RECORD);
      if (record.length <= TAG) throw damaged();
      const iv = base.slice(), counter = new DataView(iv.buffer);
      counter.setUint32(8, counter.getUint32(8) ^ at);
      let plain;
      try { plain = new Uint8Array(await crypt.decrypt({ name: "AES-GCM", iv }, key, record)); } catch { throw damaged(); }
      // Padding: zeros behind a 1, in the last record behind a 2.
      let end = plain.length - 1;
      while (end > 0 && !plain[end]) end -= 1;
      last = plain[end] === 2;
      if (!last && (plain[end] !== 1 || record.length < RECORD)) throw damaged();
      if (last && (await read(1)).length) throw damaged();
      // All that is said comes before the first padding.
      if (end && have < total) throw damaged();
      have += end;
      total += plain.length - 1;
      take(plain.subarray(0, end));
    }
    if (total !== (full ?? padded(have))) throw damaged();
  } finally {
    reader.cancel().catch(() => {});
  }
};

// The answer with a file, or why there is none.
export const fetched = async (address, init) => {
  const answer = await fetch(address, init).catch(offline);
  if (!answer.ok) throw new Refused(answer.status === 404 || answer.status === 410 ? "missing" : "server");
  return answer;
};
export const jsonOf = async (answer, material, salt, full) => {
  const pieces = [];
  await unseal(answer, material, piece => pieces.push(piece), salt, full);
  try { return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(join(...pieces))); } catch { throw damaged(); }
};
