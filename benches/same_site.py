#!/usr/bin/env python3
"""Builds the same sites with two programs and says where their output differs, cold and warm.

    benches/same_site.py OLD NEW [--photos 2000] [--keep DIR]

Three sites: the example, one with private galleries (audiences, sections, tombstones, dated links, a rotated root, unlisted
galleries, broken photos), and one of many photos. Each is made once; both programs build a copy of it from nothing, a second
time, and once with the other's cache and record. Exit code 0 only if every file is the same to the byte. Needs nothing but Python.
"""

import argparse
import os
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent


def png(seed, width=96, height=64):
    """A small picture whose pixels are a function of its number."""
    noise = random.Random(seed)
    base = [noise.randrange(256) for _ in range(3)]
    rows = b"".join(
        b"\0" + bytes((base[c] + x * (c + 1) + y * (3 - c)) & 255 for x in range(width) for c in range(3))
        for y in range(height)
    )

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def write(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())


def run(program, site, *arguments):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SAFELIGHT_")}
    command = [program, *arguments]
    done = subprocess.run(command, cwd=site, env={**environment, "TZ": "UTC"}, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} in {site}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def example(site, _program, _photos):
    shutil.copytree(REPOSITORY / "example-site", site / "example-site", ignore=shutil.ignore_patterns("recipe"))
    shutil.copytree(REPOSITORY / "themes", site / "themes")
    shutil.copy(REPOSITORY / "site.toml", site / "site.toml")


def private(site, program, _photos):
    settings = 'title = "Halcyon"\nurl = "https://photos.example.com/"\ncontact = "a@example.com"\ndated_links = true\n'
    write(site / "site.toml", settings + "[images]\nwidths = [32, 64]\n")
    galleries = site / "galleries"
    number = 0
    for gallery, count in [("coast", 7), ("coast/harbour", 3), ("hushed", 2), ("wedding", 6), ("wedding/dance", 4), ("old", 2)]:
        for at in range(count):
            number += 1
            write(galleries / gallery / f"DSC_{at:04}.png", png(number))
    write(galleries / "coast" / "broken.jpg", b"\xff\xd8\xff\xe0 not a photograph")
    write(galleries / "hushed" / "gallery.toml", 'access = "unlisted"\n')
    write(galleries / "old" / "gallery.toml", 'access = "private"\n')
    write(
        galleries / "wedding" / "gallery.toml",
        'access = "private"\ntitle = "Ada & Mara"\n[captions]\n"DSC_0001.png" = "The lake"\n'
        '[audiences.guests]\nexcept = ["DSC_0002.png", "dance"]\n',
    )
    run(program, site, "secret", "new")
    for gallery, to, more in [
        ("wedding", "the couple", []),
        ("wedding", "guests", ["--audience", "guests", "--expires", "90d"]),
        ("wedding", "a former guest", ["--audience", "guests"]),
        ("old", "Ida", []),
    ]:
        run(program, site, "share", gallery, "--to", to, *more)
    run(program, site, "revoke", "wedding", "--to", "a former guest")
    run(program, site, "retire", "old")


def many(site, _program, photos):
    write(site / "site.toml", 'title = "Many"\n[images]\nformats = ["jpeg"]\nwidths = [32, 64]\n')
    for at in range(photos):
        write(site / "galleries" / f"roll-{at // 250:02}" / f"DSC_{at:05}.png", png(at, 48, 32))


def tree(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def differences(one, two):
    names = sorted(one.keys() | two.keys())
    return [name for name in names if one.get(name) != two.get(name)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old")
    parser.add_argument("new")
    parser.add_argument("--photos", type=int, default=2000)
    parser.add_argument("--keep", help="make the sites here, and leave them")
    arguments = parser.parse_args()
    programs = {"old": str(pathlib.Path(arguments.old).resolve()), "new": str(pathlib.Path(arguments.new).resolve())}
    folder = pathlib.Path(arguments.keep or tempfile.mkdtemp(prefix="same-site-")).resolve()
    bad = 0
    for make in (example, private, many):
        source = folder / make.__name__ / "source"
        source.mkdir(parents=True)
        make(source, programs["old"], arguments.photos)
        sites = {name: folder / make.__name__ / name for name in programs}
        built = {}
        for name, program in programs.items():
            shutil.copytree(source, sites[name], symlinks=True)
            run(program, sites[name], "build")
            built[name, "cold"] = tree(sites[name] / "public")
            run(program, sites[name], "build")
            built[name, "warm"] = tree(sites[name] / "public")
        # What one wrote, the other must be able to go on with.
        run(programs["new"], sites["old"], "build")
        built["new", "over old"] = tree(sites["old"] / "public")
        first = built["old", "cold"]
        for (name, when), files in built.items():
            found = differences(first, files)
            bad += len(found)
            print(f"{make.__name__}: {name} {when}: {len(files)} files, {len(found)} differ from old cold")
            for path in found[:10]:
                print(f"    {path[:3]}…" if path[:2] in ("g/", "x/", "e/") else f"    {path}")
    if not arguments.keep:
        shutil.rmtree(folder)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
