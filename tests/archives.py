#!/usr/bin/env python3
"""Opens the ZIP files of a site with the readers that people have: Info-ZIP, libarchive (Windows, macOS) and Python.

    tests/archives.py PROGRAM FOLDER

Builds the example's photos in FOLDER, with downloads in parts of one megabyte, and serves them: a download that was broken off can
be resumed.
"""

import hashlib
import json
import pathlib
import shutil
import subprocess
import sys
import urllib.request
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
SITE = """title = "Archives"
contact = "a@b.example"
[images]
formats = ["jpeg"]
widths = [640]
[downloads]
part_size = 1
"""

counts = {True: 0, False: 0}


def check(good, what):
    counts[bool(good)] += 1
    if not good:
        print(f"not ok: {what}")


def build(program, folder):
    """The example's galleries, one of them with a name and a section that need Unicode."""
    shutil.rmtree(folder / "galleries", ignore_errors=True)
    shutil.copytree(ROOT / "example-site/galleries/coast", folder / "galleries/coast")
    section = folder / "galleries/coast/Früh – 夜"
    section.mkdir()
    for at, photo in enumerate(sorted((ROOT / "example-site/galleries/mountains").glob("*.jpg"))):
        shutil.copy(photo, section / (f"Käse {at}.jpg" if at % 2 else f"夏 {at}.jpg"))
    settings = folder / "galleries/coast/gallery.toml"
    old = settings.read_text() if settings.exists() else ""
    settings.write_text('downloads = "full"\n' + old)
    (folder / "site.toml").write_text(SITE)
    subprocess.run([program, "build"], cwd=folder, check=True)
    return sorted((folder / "public").rglob("*.zip"))


def read(archive, folder):
    """Every reader finds the same files."""
    with zipfile.ZipFile(archive) as opened:
        check(opened.testzip() is None, f"python: {archive.name}")
        infos = opened.infolist()
        check(all(info.compress_type == zipfile.ZIP_STORED for info in infos), f"stored: {archive.name}")
        expected = {info.filename: hashlib.sha256(opened.read(info)).hexdigest() for info in infos}
    readers = {
        "unzip": ["unzip", "-qq", "-o", str(archive), "-d"],
        "bsdtar": ["bsdtar", "-xf", str(archive), "-C"],
    }
    tested = subprocess.run(["unzip", "-tqq", str(archive)], capture_output=True, text=True)
    check(tested.returncode == 0, f"unzip -t: {archive.name}: {tested.stdout}{tested.stderr}")
    for name, command in readers.items():
        target = folder / "opened"
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
        run = subprocess.run([*command, str(target)], capture_output=True, text=True, env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"})
        files = [path for path in target.rglob("*") if path.is_file()]
        found = {str(path.relative_to(target)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
        check(run.returncode == 0 and found == expected, f"{name}: {archive.name}: {run.stderr}{sorted(found)}")
    return len(expected)


def resume(program, folder, archive):
    """The rest of a file, from the byte where the first attempt ended, completes it."""
    whole = archive.read_bytes()
    path = archive.relative_to(folder / "public").as_posix()
    server = subprocess.Popen([program, "serve", "--port", "0", "--format", "json"], cwd=folder, stdout=subprocess.PIPE, text=True)
    try:
        address = None
        for line in server.stdout:
            event = json.loads(line)
            if event["event"] == "serving":
                address = event["urls"][0]
            if event["event"] == "built":
                break
        half = len(whole) // 2
        request = urllib.request.Request(f"{address}{path}", headers={"Range": f"bytes={half}-"})
        with urllib.request.urlopen(request) as answer:
            rest = answer.read()
            check(answer.status == 206, "a part of a file is answered as one")
            check(answer.headers["Content-Range"] == f"bytes {half}-{len(whole) - 1}/{len(whole)}", "its place is told")
        check(whole[:half] + rest == whole, "both halves are the file")
    finally:
        server.terminate()
        server.wait()


def main():
    program, folder = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    folder = folder.resolve()
    archives = build(program, folder)
    check(len(archives) > 3, f"there are parts: {archives}")
    photos = sum(read(archive, folder) for archive in archives)
    expected = sum(1 for path in (folder / "galleries").rglob("*") if path.suffix == ".jpg")
    check(photos == expected, f"no photo is missing: {photos} of {expected}")
    resume(program, folder, archives[0])
    print(f"{counts[True]} passed, {counts[False]} failed")
    return 1 if counts[False] else 0


if __name__ == "__main__":
    sys.exit(main())
