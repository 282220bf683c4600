#!/usr/bin/env python3
"""compare.py [--rounds 3] [--set jpeg|default|avif:2560;…] DERIVE PHOTO…: safelight's image work beside its peers.

DERIVE is the release binary of benches/calibrate. Every peer that is installed makes the same widths and formats
at the same perceived quality (80), on one thread, in turn, round after round; the table gives the median of CPU
seconds, the ratio to ours, bytes and peak memory. Peers: sharp (node_modules in the working folder), Pillow, pyvips,
vipsthumbnail, GraphicsMagick.
"""

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
WIDTHS = "2560,1920,1280,640,320"
SETS = {
    "jpeg": f"jpeg:{WIDTHS}",
    "webp": f"jpeg:{WIDTHS};webp:{WIDTHS}",
    "default": f"avif:{WIDTHS};jpeg:1280,2560",
}
# Each library's own number for what safelight's quality of 80 looks like, as equal.py measured them on eight photographs.
EQUAL = {
    "sharp": {"jpeg": 83, "webp": 88, "avif": 71},
    "pillow": {"jpeg": 84, "webp": 88, "avif": 72},
    "vips": {"jpeg": 84, "webp": 88, "avif": 73},
    "tools": {"jpeg": 84},
}


def peers(derive: str, wanted: str) -> dict[str, list[str]]:
    found = {"safelight": [derive, wanted, "80", "-"]}
    quality = {name: json.dumps(values) for name, values in EQUAL.items()}
    if shutil.which("node") and subprocess.run(["node", "-e", "require('sharp')"], capture_output=True).returncode == 0:
        found["sharp, cascade by hand"] = ["node", str(HERE / "sharp.mjs"), "cascade", wanted, quality["sharp"], "-"]
        found["sharp, as usually written"] = ["node", str(HERE / "sharp.mjs"), "usual", wanted, quality["sharp"], "-"]
    if importable("PIL"):
        found["Pillow, draft and cascade"] = [sys.executable, str(HERE / "pillow.py"), "draft", wanted, quality["pillow"], "-"]
        found["Pillow, as usually written"] = [sys.executable, str(HERE / "pillow.py"), "usual", wanted, quality["pillow"], "-"]
    if importable("pyvips"):
        found["pyvips thumbnail"] = [sys.executable, str(HERE / "vips.py"), "-", wanted, quality["vips"], "-"]
    if all(part.startswith("jpeg:") for part in wanted.split(";")):
        for tool in ("vipsthumbnail", "gm"):
            if shutil.which(tool):
                found[tool] = [sys.executable, str(HERE / "tools.py"), tool, wanted, quality["tools"], "-"]
    return found


def importable(name: str) -> bool:
    return subprocess.run([sys.executable, "-c", f"import {name}"], capture_output=True).returncode == 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--set", default="jpeg")
    parser.add_argument("--only", help="a comma-separated list of beginnings of names")
    parser.add_argument("derive")
    parser.add_argument("photos", nargs="+")
    arguments = parser.parse_args()
    wanted = SETS.get(arguments.set, arguments.set)
    programs = peers(arguments.derive, wanted)
    if arguments.only:
        starts = tuple(arguments.only.split(","))
        programs = {name: program for name, program in programs.items() if name.startswith(("safelight", *starts))}
    results: dict[str, list[dict]] = {name: [] for name in programs}
    for _ in range(arguments.rounds):
        for name, program in programs.items():
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            done = subprocess.run([*program, *arguments.photos], capture_output=True, text=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            if done.returncode:
                print(f"{name}: {done.stderr.strip()[-300:]}", file=sys.stderr)
                continue
            result = json.loads(done.stdout.splitlines()[-1])
            # What the system counted, start-up included: the same for all.
            result["cpu"] = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            results[name].append(result)
    ours = statistics.median(run["cpu"] for run in results["safelight"])
    print(f"{wanted}, {len(arguments.photos)} photographs, {arguments.rounds} rounds, one thread\n")
    print("| | CPU s | ours / theirs | MB | peak MB |\n|---|---|---|---|---|")
    for name, runs in results.items():
        if not runs:
            continue
        cpu = statistics.median(run["cpu"] for run in runs)
        print(f"| {name} | {cpu:.2f} | {ours / cpu:.2f} | {runs[0]['bytes'] / 1e6:.1f} | {max(run['peak_kb'] for run in runs) / 1e3:.0f} |")


main()
