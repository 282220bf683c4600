//! The generated scripts for CloudFront, Cloudflare and Netlify, run in Node with a faked clock,
//! against the table that every gate is held to.

use std::collections::BTreeSet;
use std::process::Command;

use crate::access::gate_table::Table;
use safelight::access::edge::{EdgeGate, GonePage};
use safelight::access::gate::DenyList;

/// With all that means something where a page is put into a script.
const PAGE: &str = "<!doctype html><p class='a' id=\"b\">Ende — ${x} {$y} \\ `c` //@VERDICT@ \n</script>";

const RUNNER: &str = r#"
import fs from 'node:fs';
import vm from 'node:vm';
import { pathToFileURL } from 'node:url';

// Half an hour before midnight in UTC; where this runs it is the next day already.
const Real = Date;
globalThis.Date = class extends Real {
  constructor(...given) { given.length ? super(...given) : super('2027-06-30T23:30:00Z'); }
  static now() { return new Real('2027-06-30T23:30:00Z').getTime(); }
};
if (new Date().getDate() !== 1) throw new Error('the time zone is not set');

const [folder, casesFile] = process.argv.slice(2);
const cases = JSON.parse(fs.readFileSync(casesFile, 'utf8'));
const cloudfront = vm.runInNewContext(fs.readFileSync(folder + '/cloudfront.js', 'utf8') + ';handler', { Date });
const cloudflare = (await import(pathToFileURL(folder + '/cloudflare.mjs'))).default;
const netlify = (await import(pathToFileURL(folder + '/netlify.mjs'))).default;

const page = fs.readFileSync(folder + '/page.html', 'utf8');
function name(status, header, body) {
  if (status === 410) return body === page && header('content-type').startsWith('text/html') && header('cache-control') === 'no-store' ? 'gone' : 'gone without our page: ' + body;
  if (status === 404) return 'not-found';
  const cache = header('cache-control');
  if (cache === 'origin') return 'public';
  if (header('x-robots-tag') !== 'noindex, nofollow, noarchive, noimageindex') return 'without headers';
  return { 'private, no-cache': 'page or entry', 'public, max-age=86400': 'assets' }[cache] ?? 'status ' + status + ' ' + cache;
}

const origin = () => new Response('origin', { headers: { 'cache-control': 'origin' } });
const seen = [];
for (const { path } of cases) {
  const bare = { url: 'https://photos.example' + path };
  const web = async (response) => { const r = await response; return name(r.status, (n) => r.headers.get(n), await r.text()); };
  const asked = cloudfront({ context: { eventType: 'viewer-request' }, request: { uri: path, headers: {} } });
  let cf;
  // A path without a slash is led to it, with the headers that it is answered with there.
  if (asked.statusCode === 301) cf = name(200, (n) => asked.headers[n]?.value ?? (n === 'cache-control' ? 'origin' : undefined));
  else if (asked.statusCode) cf = name(asked.statusCode, (n) => asked.headers[n]?.value, asked.body);
  else {
    const got = cloudfront({ context: { eventType: 'viewer-response' }, request: { uri: path },
      response: { statusCode: 200, headers: { 'cache-control': { value: 'origin' } } } });
    cf = name(200, (n) => got.headers[n]?.value);
  }
  seen.push({ cloudfront: cf, cloudflare: await web(cloudflare.fetch(bare, { ASSETS: { fetch: async () => origin() } })), netlify: await web(netlify(bare, { next: async () => origin() })) });
}
console.log(JSON.stringify(seen));
"#;

#[test]
fn every_script_gives_every_verdict_of_the_table() {
    let table = Table::read();
    let bases: BTreeSet<&str> = table.cases.iter().map(|case| case.base.as_str()).collect();
    assert_eq!(bases.len(), 5);
    for base in bases {
        let gone = GonePage { whole: PAGE.to_owned(), short: "short".to_owned() };
        let gate = EdgeGate { gone, ..EdgeGate::new(base, DenyList::new(table.deny.iter().map(String::as_str))) };
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write("cloudfront.js", &gate.cloudfront().unwrap().function);
        write("cloudflare.mjs", &gate.cloudflare().unwrap());
        write("netlify.mjs", &gate.netlify().unwrap());
        write("run.mjs", RUNNER);
        write("page.html", PAGE);
        let cases: Vec<_> = table.cases.iter().filter(|case| case.base == base).collect();
        write("cases.json", &serde_json::to_string(&cases).unwrap());
        let out = Command::new("node")
            .arg(folder.path().join("run.mjs"))
            .arg(folder.path())
            .arg(folder.path().join("cases.json"))
            .env("TZ", "Pacific/Kiritimati")
            .output()
            .expect("this test runs the generated scripts in Node: install `node` 18 or later");
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        let seen: Vec<std::collections::BTreeMap<String, String>> = serde_json::from_slice(&out.stdout).unwrap();
        assert_eq!(seen.len(), cases.len());
        let mut wrong = Vec::new();
        for (case, seen) in cases.iter().zip(&seen) {
            let expected =
                if matches!(case.verdict.as_str(), "page" | "entry") { "page or entry" } else { &case.verdict };
            for (gate, got) in seen {
                if got != expected {
                    wrong.push(format!("{gate}: {} ({:.80}) is {expected}, not {got}", case.why, case.path));
                }
            }
        }
        assert_eq!(wrong, [""; 0], "{base}");
    }
}

const FOLDERS: &str = r#"
import fs from 'node:fs';
import vm from 'node:vm';
const handler = vm.runInNewContext(fs.readFileSync(process.argv[2], 'utf8') + ';handler', { Date });
const seen = process.argv.slice(3).map((uri) => {
  const got = handler({ context: { eventType: 'viewer-request' }, request: { uri, headers: {} } });
  const headers = got.headers, cache = headers['cache-control']?.value ?? '';
  return got.statusCode ? [String(got.statusCode), headers.location?.value ?? '', cache] : ['', got.uri, cache];
});
console.log(JSON.stringify(seen));
"#;

#[test]
fn the_function_for_cloudfront_leads_from_folders_to_their_index() {
    let gate = EdgeGate::new("/", DenyList::new(["pFaMU6AJ5eB7HpqOujXnllyuV"]));
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("cloudfront.js", &gate.cloudfront().unwrap().function);
    write("run.mjs", FOLDERS);
    let cases = [
        ("/", ["", "/index.html", ""]),
        ("/coast/", ["", "/coast/index.html", ""]),
        ("/coast", ["301", "/coast/", ""]),
        ("//evil.example", ["", "//evil.example", ""]),
        ("//evil", ["301", "/evil/", ""]),
        ("/\\evil", ["301", "/evil/", ""]),
        ("/img/a.jpg", ["", "/img/a.jpg", ""]),
        ("/g/pqHj2r_ZN1lEF10utN0Ktky71/", ["", "/g/pqHj2r_ZN1lEF10utN0Ktky71/index.html", ""]),
        ("/g/pqHj2r_ZN1lEF10utN0Ktky71", ["301", "/g/pqHj2r_ZN1lEF10utN0Ktky71/", "private, no-cache"]),
        ("/g/pFaMU6AJ5eB7HpqOujXnllyuV/", ["410", "", "no-store"]),
        ("/g/", ["404", "", "no-store"]),
    ];
    let mut command = Command::new("node");
    command.arg(folder.path().join("run.mjs")).arg(folder.path().join("cloudfront.js"));
    let out = command.args(cases.map(|(uri, _)| uri)).output().expect("install `node` 18 or later");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let seen: Vec<[String; 3]> = serde_json::from_slice(&out.stdout).unwrap();
    for ((uri, expected), seen) in cases.iter().zip(&seen) {
        assert_eq!(seen, expected, "{uri}");
    }
    assert_eq!(seen.len(), cases.len());
}
