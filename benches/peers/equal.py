#!/usr/bin/env python3
"""equal.py [--quality 80] PROGRAMS PHOTO…: each library's own number for what safelight's quality looks like.

PROGRAMS is the folder with the release binaries `derive` and `score` of benches/calibrate. Every photograph is reduced
to 1280 pixels of width and kept without loss. Safelight encodes that at one quality, and every peer that is installed
at several of its numbers; between those the number is interpolated at which the peer's mean SSIMULACRA2 is safelight's.
The result belongs into EQUAL of compare.py.
Needs Pillow; sharp is found in the node_modules of the working folder.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

HERE = Path(__file__).resolve().parent
TRIED = {"jpeg": [77, 80, 83, 86, 89], "webp": [80, 84, 88, 92], "avif": [60, 64, 68, 72, 76]}


def programs() -> dict[str, list[str]]:
    found = {"pillow": [sys.executable, str(HERE / "pillow.py"), "usual"]}
    if shutil.which("node") and subprocess.run(["node", "-e", "require('sharp')"], capture_output=True).returncode == 0:
        found["sharp"] = ["node", str(HERE / "sharp.mjs"), "usual"]
    if subprocess.run([sys.executable, "-c", "import pyvips"], capture_output=True).returncode == 0:
        found["vips"] = [sys.executable, str(HERE / "vips.py"), "-"]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quality", default="80")
    parser.add_argument("programs", type=Path)
    parser.add_argument("photos", nargs="+")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        references = []
        for number, photo in enumerate(arguments.photos):
            picture = Image.open(photo).convert("RGB")
            height = round(picture.height * 1280 / picture.width)
            references.append(Path(folder, f"{number:03}.png"))
            picture.resize((1280, height), Image.Resampling.LANCZOS).save(references[-1])

        def mean(program: list, kind: str, quality: str) -> float:
            subprocess.run([*program, f"{kind}:1280", quality, folder, *references], check=True, capture_output=True)
            scores = []
            for number, reference in enumerate(references):
                # Ours are called by the formats' endings, theirs by the formats.
                made = next(Path(folder).glob(f"{number:03}-1280.*"))
                said = subprocess.run([arguments.programs / "score", reference, made], check=True, capture_output=True, text=True)
                scores.append(float(said.stdout))
                made.unlink()
            return statistics.mean(scores)

        wanted = {kind: mean([arguments.programs / "derive"], kind, arguments.quality) for kind in TRIED}
        print("safelight", ", ".join(f"{kind}: {score:.1f}" for kind, score in wanted.items()), flush=True)
        for name, program in programs().items():
            for kind, tried in TRIED.items():
                means = [(mean(program, kind, json.dumps({kind: quality})), quality) for quality in tried]
                told = ", ".join(f"{quality}: {score:.1f}" for score, quality in means)
                pair = next((p for p in zip(means, means[1:]) if p[0][0] <= wanted[kind] <= p[1][0]), None)
                at = "outside"
                if pair:
                    (low, a), (high, b) = pair
                    at = f"{a + (b - a) * (wanted[kind] - low) / (high - low):.1f}"
                print(f"{name} {kind}: {at} ({told})", flush=True)


main()
