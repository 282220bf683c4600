#!/usr/bin/env python3
"""sigal.py [--rounds 3] SAFELIGHT PHOTO…: a whole `safelight build` beside `sigal build` of the same photographs.

SAFELIGHT is the release binary. Both make one gallery with sigal's own two sizes as it comes (640 and 280 pixels wide,
JPEG), from nothing, each in a folder of its own; the table gives the medians of CPU seconds, start-up, metadata and
pages included. Sigal is what `sigal` is on the PATH.
"""

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import tempfile
from pathlib import Path

SITE = 'title = "Bench"\n[images]\nformats = ["jpeg"]\nquality = 80\n[images.jpeg]\nwidths = [280, 640]\n'


def cpu(command: list[str], folder: Path) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("safelight", type=Path)
    parser.add_argument("photos", nargs="+", type=Path)
    arguments = parser.parse_args()
    program = str(arguments.safelight.resolve())
    ours, theirs = [], []
    for _ in range(arguments.rounds):
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made)
            for photos in (folder / "safelight/galleries/one", folder / "sigal/pictures/one"):
                photos.mkdir(parents=True)
                for photo in arguments.photos:
                    shutil.copy(photo, photos)
            (folder / "safelight/site.toml").write_text(SITE)
            (folder / "sigal/sigal.conf.py").write_text("source = 'pictures'\n")
            ours.append(cpu([program, "build", "--quiet"], folder / "safelight"))
            theirs.append(cpu(["sigal", "build"], folder / "sigal"))
    ratio = statistics.median(ours) / statistics.median(theirs)
    print(f"{len(arguments.photos)} photographs, {arguments.rounds} rounds, {os.cpu_count()} cores, CPU s")
    print(f"safelight build {statistics.median(ours):.2f}, sigal build {statistics.median(theirs):.2f}, ours / theirs {ratio:.2f}")


main()
