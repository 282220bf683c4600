// sharp.mjs MODE SET QUALITIES FOLDER PHOTO…: the same derivatives by sharp.
// MODE is `cascade` (decoded once, each width from the next larger one) or `usual` (each width from the file).
// SET is as for derive: `avif:2560,1920;jpeg:1280`. QUALITIES is JSON: {"jpeg": 83, "webp": 88, "avif": 71}.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(join(process.cwd(), 'package.json'));
const sharp = require('sharp');
sharp.concurrency(1);
sharp.cache(false);

const [mode, set, qualities, folder, ...photos] = process.argv.slice(2);
const quality = JSON.parse(qualities);
const wanted = new Map();
for (const part of set.split(';')) {
  const [format, widths] = part.split(':');
  for (const width of widths.split(',').map(Number)) {
    wanted.set(width, [...(wanted.get(width) ?? []), format]);
  }
}
const widths = [...wanted.keys()].sort((a, b) => b - a);
const encode = (image, format) => {
  if (format === 'jpeg') return image.jpeg({ quality: quality.jpeg, optimiseCoding: true });
  if (format === 'webp') return image.webp({ quality: quality.webp, effort: 4 });
  return image.avif({ quality: quality.avif, effort: Number(process.env.EFFORT ?? 0), chromaSubsampling: '4:2:0' });
};

let bytes = 0;
for (const [number, photo] of photos.entries()) {
  let from = null;
  for (const width of widths) {
    let image;
    if (mode === 'cascade') {
      const source = from ? sharp(from.data, { raw: from.info }) : sharp(photo);
      const { data, info } = await source.resize(width).raw().toBuffer({ resolveWithObject: true });
      from = { data, info: { width: info.width, height: info.height, channels: info.channels } };
      image = () => sharp(from.data, { raw: from.info });
    } else {
      image = () => sharp(photo).resize(width);
    }
    for (const format of wanted.get(width)) {
      const encoded = await encode(image(), format).toBuffer();
      bytes += encoded.length;
      if (folder !== '-') {
        await (await import('node:fs/promises')).writeFile(join(folder, `${String(number).padStart(3, '0')}-${width}.${format}`), encoded);
      }
    }
  }
}
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
console.log(JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1e6, bytes, peak_kb: maxRSS }));
