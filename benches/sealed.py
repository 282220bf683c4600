#!/usr/bin/env python3
"""What sealing costs: the same gallery built private and sealed, cold and from the cache.

    python3 benches/sealed.py PROGRAM PHOTOS [RUNS]

PROGRAM is a release build; PHOTOS a folder of photographs. Private and sealed builds take turns; medians of CPU seconds (user and
system, with all child processes), the largest resident memory of the program itself, and bytes. A cold build decodes and encodes
everything; from the cache, only the output is written.
"""

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def run(program, *arguments, site):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.monotonic()
    subprocess.run([program, *arguments], cwd=site, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, time.monotonic() - begun


def peak(program, site):
    """The largest resident memory of the program's own process, in MB."""
    child = subprocess.Popen([program, "build"], cwd=site, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    most = 0
    while child.poll() is None:
        try:
            status = Path(f"/proc/{child.pid}/status").read_text()
            most = max(most, *(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")))
        except (OSError, ValueError, TypeError):
            pass
        time.sleep(0.02)
    return most / 1000


def make(program, photos, folder, access):
    site = folder / access
    (site / "galleries").mkdir(parents=True)
    (site / "site.toml").write_text('title = "Bench"\ncontact = "a@example.com"\n')
    shutil.copytree(photos, site / "galleries" / "lake")
    (site / "galleries" / "lake" / "gallery.toml").write_text(f'access = "{access}"\ndownloads = "web"\n')
    run(program, "secret", "new", site=site)
    run(program, "share", "lake", "--to", "Anna", site=site)
    return site


def forget(site, *names):
    for name in names:
        path = site / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def main():
    program, photos = os.path.abspath(sys.argv[1]), Path(sys.argv[2])
    runs = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    with tempfile.TemporaryDirectory() as folder:
        sites = {access: make(program, photos, Path(folder), access) for access in ("private", "sealed")}
        for what, lost in (
            ("cold", ("public", ".safelight/cache", ".safelight/published", ".safelight/index")),
            ("from the cache", ("public", ".safelight/published")),
            ("unchanged", ()),
        ):
            times = {access: [] for access in sites}
            for _ in range(runs):
                for access, site in sites.items():
                    forget(site, *lost)
                    times[access].append(run(program, "build", site=site))
            median = {access: [statistics.median(column) for column in zip(*all)] for access, all in times.items()}
            private, sealed = median["private"], median["sealed"]
            more = sealed[0] - private[0]
            print(f"{what}: private {private[0]:.2f} CPU s ({private[1]:.2f} s), sealed {sealed[0]:.2f} CPU s ({sealed[1]:.2f} s), sealing {more:.2f} CPU s, {100 * more / private[0]:.1f} %")
        for access, site in sites.items():
            forget(site, "public", ".safelight/published")
            memory = peak(program, site)
            size = sum(path.stat().st_size for path in (site / "public").rglob("*") if path.is_file())
            print(f"{access}: {size / 1e6:.1f} MB, at most {memory:.0f} MB of memory")


if __name__ == "__main__":
    main()
