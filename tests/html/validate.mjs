// Runs the Nu HTML checker over a built site; any message of it is a failure.
//
//   node validate.mjs FOLDER

import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

// Read from files, pages have no origin of their own, so the checker takes `'self'` for nobody and warns of all that a page
// loads; and it takes blocks of data (JSON-LD) for scripts. What a browser blocks is found by tests/browser/pages.mjs.
const withoutOrigin = /^(Resource|Inline script) violates Content Security Policy \(meta tag\)/;

const folder = path.resolve(process.argv[2] ?? '.');
const jar = createRequire(import.meta.url)('vnu-jar');
const files = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith('.html')).sort();
const failures = new Map();
// Some hundred at a time: a command line has an end.
for (let start = 0; start < files.length; start += 300) {
  const part = files.slice(start, start + 300).map((file) => path.join(folder, file));
  const run = spawnSync('java', ['-Xss1m', '-jar', jar, '--format', 'json', ...part], { encoding: 'utf8', maxBuffer: 1 << 28 });
  let answer;
  try {
    answer = JSON.parse(run.stderr);
  } catch {
    console.log(`not ok: the checker did not run: ${run.error?.message ?? run.stderr.slice(0, 2000)}`);
    console.log('0 passed, 1 failed');
    process.exit(1);
  }
  for (const message of answer.messages) {
    if (message.type === 'info' && withoutOrigin.test(message.message)) continue;
    const file = message.url ? path.relative(folder, decodeURIComponent(new URL(message.url).pathname)) : '(no file)';
    const where = message.lastLine ? `:${message.lastLine}:${message.firstColumn ?? message.lastColumn}` : '';
    console.log(`not ok: ${file}${where}: ${message.type}: ${message.message}`);
    failures.set(file, (failures.get(file) ?? 0) + 1);
  }
}
console.log(`${files.length} pages read by the Nu HTML checker`);
console.log(`${files.length - failures.size} passed, ${failures.size + (files.length ? 0 : 1)} failed`);
process.exit(failures.size || !files.length ? 1 : 0);
