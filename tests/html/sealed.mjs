// A sealed gallery of the program, opened by a library that is not its own: `http_ece`, an implementation of RFC 8188 for Web Push.
// What comes out must be, file for file, what the program itself takes out of it.
//
//   node tests/html/sealed.mjs PROGRAM FOLDER
import { spawnSync } from "node:child_process";
import { createDecipheriv, createHash, createHmac, pbkdf2Sync } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

import { decrypt } from "http_ece";

const [program, folder] = process.argv.slice(2).map((each) => path.resolve(each));
const photos = ["HM3_0688.jpg", "HM3_0702.jpg"];
let passed = 0;
let failed = 0;

function check(name, holds) {
    if (holds) passed += 1;
    else {
        failed += 1;
        console.log(`not ok: ${name}`);
    }
}

function run(...args) {
    const done = spawnSync(program, args, { cwd: folder, encoding: "utf8", env: { ...process.env, SAFELIGHT_PASSWORD: "" } });
    if (done.status !== 0) throw new Error(`${args[0]}: ${done.stdout}\n${done.stderr}`);
    return done.stdout;
}

const bytes = (text) => Buffer.from(text, "base64url");
const mac = (key, message) => createHmac("sha256", key).update(message).digest();

function number(value, size) {
    const out = Buffer.alloc(size);
    if (size === 8) out.writeBigUInt64LE(BigInt(value));
    else out.writeUInt32BE(value);
    return out;
}

// PASETO's encoding of a list of fields.
function fields(...list) {
    const all = list.map((each) => Buffer.from(each));
    return Buffer.concat([number(all.length, 8), ...all.flatMap((each) => [number(each.length, 8), each])]);
}

const part = (key, label, length) => mac(key, Buffer.concat([fields("safelight/v1", label), Buffer.from([1])])).subarray(0, length);

// The key of the gallery, out of the slot that a code opens.
function contentKey(slots, code) {
    const salt = bytes(slots.salt);
    const stretched = pbkdf2Sync(code, salt, slots.iterations, 32, "sha256");
    const id = part(stretched, "slot-id", 16);
    const [, wrapped] = slots.slots.find(([each]) => bytes(each).equals(id));
    const cipher = createDecipheriv("aes-256-gcm", part(stretched, "slot-kek", 32), Buffer.alloc(12));
    cipher.setAAD(fields("safelight/v1", "slot", number(slots.iterations, 4), salt, id));
    cipher.setAuthTag(bytes(wrapped).subarray(32));
    return Buffer.concat([cipher.update(bytes(wrapped).subarray(0, 32)), cipher.final()]);
}

fs.rmSync(folder, { recursive: true, force: true });
const gallery = path.join(folder, "galleries", "lake");
fs.mkdirSync(gallery, { recursive: true });
for (const photo of photos) fs.copyFileSync(path.join("example-site/galleries/coast", photo), path.join(gallery, photo));
fs.writeFileSync(path.join(gallery, "gallery.toml"), 'title = "Lake House"\naccess = "sealed"\ndownloads = "full"\n');
fs.writeFileSync(
    path.join(folder, "site.toml"),
    'title = "Sealed"\nurl = "https://photos.example/"\n[images]\nformats = ["jpeg"]\nwidths = [320]\n[images.jpeg]\nwidths = [320, 1280]\n',
);
run("secret", "new");
const shared = run("share", "galleries/lake", "--to", "Anna", "--format", "json").trim().split("\n").map((line) => JSON.parse(line));
const code = shared.find((event) => event.code).code.replaceAll("-", "");
run("build", "--quiet");

const token = fs.readdirSync(path.join(folder, "public/x"))[0];
const assets = path.join(folder, "public/x", token);
const key = contentKey(JSON.parse(fs.readFileSync(path.join(assets, "slots.json"))), code);
const open = (name) =>
    decrypt(fs.readFileSync(path.join(assets, name)), { version: "aes128gcm" }, () => mac(key, fields("safelight/v1", "file", name)));
const manifest = JSON.parse(open("manifest.bin"));
check("the manifest", manifest.v === 1 && manifest.title === "Lake House" && manifest.photos.length === photos.length);

const plain = manifest.files.map(([name, salt]) => {
    check(`the salt of ${name}`, fs.readFileSync(path.join(assets, name)).subarray(0, 16).equals(bytes(salt)));
    return open(name);
});
check("files of more than one record", plain.some((each) => each.length > 2 ** 18));
run("open", `public/x/${token}`, "--code", code, "--to", "out");
const digest = (data) => createHash("sha256").update(data).digest("hex");
const written = (name) => digest(fs.readFileSync(path.join(folder, "out", name)));
for (const photo of manifest.photos) check(photo.file, digest(plain[photo.original]) === written(photo.file));
for (const [index, name] of manifest.archives) check(name, digest(plain[index]) === written(name));
check("a ZIP file", manifest.archives.length > 0);
const lying = fs.readdirSync(assets).filter((name) => name.endsWith(".bin"));
check("every file is listed", lying.length === manifest.files.length + 1);

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
