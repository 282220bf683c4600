// Pictures that are drawn when they are needed, so that none has to be kept: PNG files, the same every time.

import { deflateSync } from 'node:zlib';

const table = Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? 0xedb88320 ^ (rest >>> 1) : rest >>> 1;
  return rest >>> 0;
});

function checksum(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = table[(sum ^ byte) & 255] ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}

function block(name, content) {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), content]);
  const whole = Buffer.alloc(named.length + 8);
  whole.writeUInt32BE(content.length, 0);
  named.copy(whole, 4);
  whole.writeUInt32BE(checksum(named), named.length + 4);
  return whole;
}

// A sky over a land of `number`'s own colours, with a sun: enough for a browser to have something to decode.
export function picture(number, width, height) {
  const rows = Buffer.alloc(height * (1 + 3 * width));
  const hue = (number * 137.508 * Math.PI) / 180;
  const horizon = height * (0.4 + 0.25 * Math.sin(number));
  const [sunX, sunY, sun] = [width * (0.5 + 0.3 * Math.cos(number)), horizon * 0.5, (height / 9) ** 2];
  const tint = [0, 1, 2].map((channel) => 60 * Math.cos(hue + (channel * 2 * Math.PI) / 3));
  let at = 0;
  for (let y = 0; y < height; y += 1) {
    rows[at++] = 0;
    for (let x = 0; x < width; x += 1) {
      const hill = horizon + (height / 12) * Math.sin(x / (20 + (number % 17)) + number);
      const bright = (x - sunX) ** 2 + (y - sunY) ** 2 < sun ? 235 : y < hill ? 110 + (100 * y) / height : 95 - (60 * (y - hill)) / height + ((x * 7 + y * 13) % 11);
      for (let channel = 0; channel < 3; channel += 1) rows[at++] = Math.max(0, Math.min(255, bright + (y < hill ? tint[channel] : -tint[channel] / 2)));
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), block('IHDR', head), block('IDAT', deflateSync(rows, { level: 1 })), block('IEND', Buffer.alloc(0)),
  ]);
}
