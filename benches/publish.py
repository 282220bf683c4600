#!/usr/bin/env python3
"""What publishing takes: time, CPU, memory, requests and bytes, beside rclone where rclone does the same.

    benches/publish.py PROGRAM [--files 10000] [--same 100000] [--objects 1000000] [--photos 1000] [--transfers 16] [--rounds 3]

PROGRAM is a release build. The server is tests/publish/stand_in.py, a bucket in memory in a process of its own: a real server would
be what is measured. A number of 0 leaves a part out. Sites are made in a temporary folder (TMPDIR); a million files take 9 GB there.

1. New files of 4 kB into an empty bucket, by turns: this program, rclone, and rclone without looking at what it wrote (--s3-no-head).
   Medians of seconds and of CPU seconds (user and system).
2. A publish when nothing changed: medians, and what was asked of the server.
3. A publish of one changed file of so many: peak memory, seconds.
4. A gallery with so many photos that moves to a new address: bytes that were sent, and copies that the server made.
"""

import argparse
import collections
import multiprocessing
import os
import random
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "publish"))

from proxy import Proxy
from stand_in import Bucket, Stored

# Nothing of the machine's own settings for clouds.
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SAFELIGHT_", "RCLONE_"))}
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAMEASURED", "AWS_SECRET_ACCESS_KEY": "measured", "AWS_REGION": "us-east-1"}


def serve(line):
    """The server's process: does what it is told through `line`."""
    bucket = Bucket("measured")
    proxy = Proxy(bucket)
    line.send(proxy.port)
    while True:
        what, *given = line.recv()
        if what == "clear":
            bucket.fill({})
            bucket.received = 0
            proxy.clear()
            line.send(None)
        elif what == "forget":
            bucket.received = 0
            proxy.clear()
            line.send(None)
        elif what == "put":
            bucket.objects[given[0]] = Stored(given[1], {})
            bucket.order = None
            line.send(None)
        elif what == "count":
            kinds = collections.Counter(kind(request) for request in proxy.requests)
            line.send((kinds, bucket.received, len(bucket.objects)))
        else:
            return


def kind(request):
    if "list-type" in request.query:
        return f"list {request.query.get('prefix') or 'all'}"
    if "safelight-state/" in request.path:
        return f"{request.method} state"
    return "copy" if "x-amz-copy-source" in request.headers else request.method


class Server:
    def __init__(self):
        self.line, other = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=serve, args=(other,), daemon=True)
        self.process.start()
        self.port = self.line.recv()

    def __call__(self, *what):
        self.line.send(what)
        return self.line.recv()


def run(command, folder, env=None):
    """Seconds, CPU seconds and peak memory in MB."""
    begun = time.monotonic()
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(command, cwd=folder, env={**CLEAN, **KEYS, **(env or {})}, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            said.seek(0)
            raise SystemExit(f"{' '.join(map(str, command))}: code {child.returncode}\n{said.read().decode()[-2000:]}")
    return time.monotonic() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss / 1000


def files_below(folder, count, size):
    """So many files, 1,000 in each folder, the same every time."""
    chance = random.Random(1)
    for number in range(count):
        place = folder / f"{number // 1000:04}"
        if number % 1000 == 0:
            place.mkdir(parents=True)
        (place / f"{number:07}.bin").write_bytes(chance.randbytes(size))


class Site:
    def __init__(self, program, folder, server):
        self.program, self.folder, self.server = program, folder, server
        (folder / "galleries" / "first").mkdir(parents=True)
        (folder / "galleries" / "first" / "photo.png").write_bytes(picture(0))
        self.settings("")

    def settings(self, more):
        (self.folder / "site.toml").write_text(f'title = "Measured"\n[images]\nformats = ["jpeg"]\n{more}')

    def publishes(self):
        self.settings(f'[publish]\nto = "s3://measured"\nendpoint = "http://127.0.0.1:{self.server.port}"\n')

    def __call__(self, *arguments):
        return run([self.program, *arguments], self.folder)

    def lies_online(self, folder):
        """Has the server know of everything as if it had been sent: by the record that is made for other tools."""
        self.settings("")
        self("publish", "--no-build", "--rebuild-state", "--plan", str(folder))
        self.server("clear")
        for state in (folder / "end" / "safelight-state").iterdir():
            self.server("put", f"safelight-state/{state.name}", state.read_bytes())
        self.publishes()


def new_files(program, folder, server, options):
    site = Site(program, folder / "new", server)
    files_below(site.folder / "static", options.files, 4000)
    site("build")
    site.publishes()
    remote = {
        "RCLONE_CONFIG": "/dev/null", "RCLONE_CONFIG_R_TYPE": "s3", "RCLONE_CONFIG_R_PROVIDER": "Other", "RCLONE_CONFIG_R_ENV_AUTH": "true",
        "RCLONE_CONFIG_R_ENDPOINT": f"http://127.0.0.1:{server.port}", "RCLONE_CONFIG_R_REGION": "us-east-1",
    }
    copy = ["rclone", "copy", "--s3-no-check-bucket", "--transfers", str(options.transfers), "--checkers", str(options.transfers), "public", "R:measured"]
    ways = {
        "safelight": lambda: site("publish", "--no-build", "--transfers", str(options.transfers)),
        "rclone": lambda: run(copy, site.folder, remote),
        "rclone --s3-no-head": lambda: run([*copy, "--s3-no-head"], site.folder, remote),
    }
    if not shutil.which("rclone"):
        ways = {"safelight": ways["safelight"]}
        print("there is no rclone to compare with")
    taken = {name: [] for name in ways}
    for _ in range(options.rounds):
        for name, way in ways.items():
            server("clear")
            taken[name].append(way())
            count = server("count")[2]
            if count < options.files:
                raise SystemExit(f"{name} sent {count} files")
    own = [statistics.median(part) for part in zip(*taken["safelight"])]
    for name, each in taken.items():
        seconds, cpu, peak = (statistics.median(part) for part in zip(*each))
        ratio = "" if name == "safelight" else f"; safelight takes {own[0] / seconds:.2f} of the time and {own[1] / cpu:.2f} of the CPU"
        print(f"{options.files} new files, {name}: {seconds:.1f} s, {cpu:.1f} s of CPU, {peak:.0f} MB{ratio}")


def told(server):
    kinds, received, _ = server("count")
    return f"{sum(kinds.values())} requests ({', '.join(f'{count} {name}' for name, count in sorted(kinds.items()))}), {received / 1e6:.2f} MB sent"


def nothing_changed(program, folder, server, options):
    site = Site(program, folder / "same", server)
    files_below(site.folder / "static", options.same, 100)
    site("build")
    site.lies_online(folder / "plan-same")
    taken = []
    for _ in range(options.rounds):
        server("forget")
        taken.append(site("publish", "--no-build"))
    seconds, cpu, peak = (statistics.median(part) for part in zip(*taken))
    print(f"nothing changed of {options.same} files: {seconds:.2f} s, {cpu:.2f} s of CPU, {peak:.0f} MB; {told(server)}")


def many_objects(program, folder, server, options):
    site = Site(program, folder / "many", server)
    files_below(site.folder / "static", options.objects, 40)
    site("build")
    site.lies_online(folder / "plan-many")
    (site.folder / "static" / "0000" / "0000000.bin").write_bytes(b"changed")
    _, _, building = site("build")
    server("forget")
    seconds, cpu, peak = site("publish", "--no-build")
    print(f"one file changed of {options.objects}: {seconds:.1f} s, {cpu:.1f} s of CPU, {peak:.0f} MB (the build before: {building:.0f} MB); {told(server)}")


def picture(number):
    """A PNG of 64 by 48 pixels, another for each number."""
    row = b"\0" + bytes([number % 256, number // 256 % 256, 90]) * 64
    block = lambda name, body: struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    head = struct.pack(">IIBBBBB", 64, 48, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + block(b"IHDR", head) + block(b"IDAT", zlib.compress(row * 48)) + block(b"IEND", b"")


def moved_gallery(program, folder, server, options):
    site = Site(program, folder / "moved", server)
    gallery = site.folder / "galleries" / "lake"
    gallery.mkdir(parents=True)
    (gallery / "gallery.toml").write_text('access = "private"\n')
    for number in range(options.photos):
        (gallery / f"{number:05}.png").write_bytes(picture(number))
    site.publishes()
    site("secret", "new")
    site("share", "lake", "--to", "Anna")
    site("build")
    # The stand-in refuses no lists to strangers, but the proxy in front of it does.
    server("clear")
    site("publish", "--no-build")
    pictures = [file for file in (site.folder / "public" / "x").rglob("*.jpg")]
    size = sum(file.stat().st_size for file in pictures)
    site("rotate", "lake")
    site("build")
    server("forget")
    seconds, cpu, peak = site("publish", "--no-build")
    print(f"a gallery of {options.photos} photos moved ({len(pictures)} pictures, {size / 1e6:.2f} MB): {seconds:.1f} s, {cpu:.1f} s of CPU, {peak:.0f} MB; {told(server)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    for name, default in (("files", 10_000), ("same", 100_000), ("objects", 1_000_000), ("photos", 1000), ("transfers", 16), ("rounds", 3)):
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    program = str(Path(shutil.which(options.program) or options.program).resolve())
    server = Server()
    with tempfile.TemporaryDirectory() as folder:
        for count, part in ((options.files, new_files), (options.same, nothing_changed), (options.objects, many_objects), (options.photos, moved_gallery)):
            if count:
                part(program, Path(folder), server, options)
                sys.stdout.flush()


if __name__ == "__main__":
    main()
