#!/usr/bin/env python3
"""How fast `safelight audit` reads, on one core.

    benches/audit.py safelight PHOTO... [--rounds 7] [--pages 0]

Makes a site in a temporary folder: every second photo in an open gallery, the others in a private one with two links, and
with --pages so many further open photos of 64 pixels, for a site that is mostly pages. Builds it once, and tells the bytes
of pictures and of all else, and CPU seconds (user and system, the start of the program included) of `safelight audit` with
one thread: median, least and most. Megabytes are millions of bytes.
"""

import argparse
import os
import resource
import shutil
import statistics
import struct
import subprocess
import tempfile
import zlib
from pathlib import Path

PICTURES = {".jpg", ".avif", ".webp", ".png"}


def small_picture(file: Path, number: int) -> None:
    """A PNG of 64 by 48 pixels in one colour of its own."""
    row = b"\0" + bytes([number % 256, number // 256 % 256, 90]) * 64
    chunk = lambda kind, body: struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    header = struct.pack(">IIBBBBB", 64, 48, 8, 2, 0, 0, 0)
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(row * 48)) + chunk(b"IEND", b""))


def cpu_seconds(command: list[str], site: Path) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = subprocess.run(command, cwd=site, env={**os.environ, "RAYON_NUM_THREADS": "1"}, capture_output=True, text=True)
    if run.returncode != 0:
        raise SystemExit(f"the audit says {run.returncode}:\n{run.stdout}{run.stderr}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("safelight")
    parser.add_argument("photos", nargs="+", type=Path)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--pages", type=int, default=0)
    options = parser.parse_args()
    safelight = shutil.which(options.safelight) or options.safelight
    safelight = str(Path(safelight).resolve())
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder)
        (site / "site.toml").write_text('title = "Measured"\nurl = "https://photos.example.com/"\n')
        for at, photo in enumerate(options.photos):
            gallery = site / "galleries" / ("mountains", "lake-house")[at % 2]
            gallery.mkdir(parents=True, exist_ok=True)
            shutil.copy(photo, gallery / f"{at:04}-{photo.name}")
        for at in range(options.pages):
            gallery = site / "galleries" / f"series-{at // 200:03}"
            gallery.mkdir(parents=True, exist_ok=True)
            small_picture(gallery / f"{at:06}.png", at)
        quiet = {"cwd": site, "check": True, "capture_output": True}
        subprocess.run([safelight, "secret", "new"], **quiet)
        for name in ("Thaddeus Okonkwo", "Wilhelmina Abara"):
            subprocess.run([safelight, "share", "lake-house", "--to", name, "--private"], **quiet)
        subprocess.run([safelight, "build"], **quiet)
        files = [file for file in (site / "public").rglob("*") if file.is_file()]
        pictures = sum(file.stat().st_size for file in files if file.suffix in PICTURES)
        total = sum(file.stat().st_size for file in files)
        print(f"{len(files)} files: {pictures / 1e6:.1f} MB of pictures, {(total - pictures) / 1e6:.1f} MB of all else")
        cpu_seconds([safelight, "audit"], site)
        times = [cpu_seconds([safelight, "audit"], site) for _ in range(options.rounds)]
        median = statistics.median(times)
        print(
            f"CPU {median:.3f} s, median of {len(times)} ({min(times):.3f} to {max(times):.3f}):"
            f" {total / 1e6 / median:.0f} MB/s"
        )


if __name__ == "__main__":
    main()
