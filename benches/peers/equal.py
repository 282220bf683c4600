#!/usr/bin/env python3
"""equal.py [--score 80] SCORE PHOTO…: each library's own quality number for one perceived quality.

SCORE is the release binary `score` of benches/calibrate. Every photograph is reduced to 1280 pixels of width and kept
without loss; every peer that is installed encodes that at several of its numbers; the numbers between which the mean
SSIMULACRA2 passes the wanted one are interpolated. The result belongs into EQUAL of compare.py.
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
    parser.add_argument("--score", type=float, default=80)
    parser.add_argument("program")
    parser.add_argument("photos", nargs="+")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        references = []
        for number, photo in enumerate(arguments.photos):
            picture = Image.open(photo).convert("RGB")
            height = round(picture.height * 1280 / picture.width)
            references.append(Path(folder, f"{number:03}.png"))
            picture.resize((1280, height), Image.Resampling.LANCZOS).save(references[-1])
        for name, program in programs().items():
            for kind, tried in TRIED.items():
                means = []
                for quality in tried:
                    command = [*program, f"{kind}:1280", json.dumps({kind: quality}), folder, *map(str, references)]
                    subprocess.run(command, check=True, capture_output=True)
                    scores = []
                    for number, reference in enumerate(references):
                        made = Path(folder, f"{number:03}-1280.{kind}")
                        said = subprocess.run([arguments.program, reference, made], check=True, capture_output=True, text=True)
                        scores.append(float(said.stdout))
                    means.append((statistics.mean(scores), quality))
                told = ", ".join(f"{quality}: {mean:.1f}" for mean, quality in means)
                pair = next((p for p in zip(means, means[1:]) if p[0][0] <= arguments.score <= p[1][0]), None)
                at = "outside"
                if pair:
                    (low, a), (high, b) = pair
                    at = f"{a + (b - a) * (arguments.score - low) / (high - low):.1f}"
                print(f"{name} {kind}: {at} ({told})", flush=True)


main()
