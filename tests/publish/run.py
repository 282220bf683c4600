#!/usr/bin/env python3
"""`safelight publish` against real servers, with every request broken in turn.

    run.py PROGRAM FOLDER

PROGRAM is a build with debug assertions; servers, sites and what they need lie in FOLDER. The last line is `N passed, M failed`.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import servers
from proxy import KINDS, Cable, Proxy, Upstream
from sites import Pair, Site
from stand_in import Bucket
from visitors import dangling

KEYS = {"AWS_ACCESS_KEY_ID": "AKIAFORTHESECHECKS", "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMIbPxRfiCYzEXAMPLEKEY", "AWS_REGION": "us-east-1"}
# The well-known key of Azurite, which everybody has.
AZURE = {
    "AZURE_STORAGE_ACCOUNT": "devstoreaccount1",
    "AZURE_STORAGE_KEY": "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
}
STATE = "safelight-state/"
UNFINISHED = ".safelight-tmp/"


class Tally:
    """Counts and tells."""

    def __init__(self):
        self.passed = self.failed = 0
        self.lock = threading.Lock()

    def __call__(self, sound, name, detail=""):
        with self.lock:
            if sound:
                self.passed += 1
            else:
                self.failed += 1
                print(f"not ok: {name}: {str(detail)[:1500]}", flush=True)


class InMemory:
    """The stand-in's objects as strangers and checks look at them."""

    def __init__(self, bucket):
        self.bucket = bucket

    def get(self, path):
        found = self.bucket.objects.get(path)
        return found.body if found else None

    def put(self, path, content):
        from stand_in import Stored

        self.bucket.objects[path] = Stored(content, {})

    def files(self):
        return {path: (one.body, one.headers.get("content-type"), one.headers.get("cache-control")) for path, one in self.bucket.objects.items()}


class Bench:
    """A site before and after, a host that serves what lies online, and ways to publish there."""

    def __init__(self, check, program, folder, host, name, *lines):
        self.check, self.host, self.name, self.folder = check, host, name, folder / name
        self.url = f"{host.url}{name}/"
        self.pair = Pair(program, self.folder, self.url, *lines)
        self.tokens = {part for path in [*self.pair.before.files, *self.pair.after.files] for part in path.split("/") if re.match(r"^[gx]/", path) and len(part) > 20 and "." not in part}
        self.env = dict(KEYS)

    def online(self, source):
        self.source = source
        self.host.source[self.name] = source

    def publish(self, site, *more, env=None, code=None, what="", front=(), built=True):
        """Publishes what was built; the outcome. Nothing that is said gives an address or a key away."""
        done = site.run("publish", *(("--no-build",) if built and "--withdraw" not in more and "--status" not in more else ()), *more, env={**self.env, **(env or {})}, code=None, front=front)
        said = done.stdout + done.stderr
        self.hears(said, what)
        if code is not None:
            self.check(done.returncode == code, f"{self.name}, {what or ' '.join(more)}: ends with {code}", f"{done.returncode}: {said}")
        return done

    def hears(self, said, what):
        secrets = [*self.tokens, KEYS["AWS_SECRET_ACCESS_KEY"], AZURE["AZURE_STORAGE_KEY"], "X-Amz-Signature", "Authorization"]
        told = next((one for one in secrets if one in said), None)
        self.check(told is None, f"{self.name}, {what}: nothing private is said", said)

    def site(self):
        """What is online, without what is the program's own."""
        return {path: one for path, one in self.source.files().items() if not path.startswith((STATE, UNFINISHED))}

    def whole(self, wanted, what):
        """What is online is what a publish into an empty place brings, headers and all."""
        found = self.site()
        wrong = sorted(path for path in {*found, *wanted} if found.get(path) != wanted.get(path))
        self.check(not wrong, f"{self.name}, {what}: as in an empty place", [(path, path in found, path in wanted) for path in wrong[:4]])

    def sound(self, what, withdrawn=False, moved=False, refused=False):
        """No page names what is not there; `withdrawn`: the first step is through, `moved`: so is the last. `refused`: the host did not
        take the page for a dead link; what it showed goes all the same."""
        files = {path: one[0] for path, one in self.site().items()}
        missing = [pair for pair in dangling(files, self.url) if not (refused and pair[0] in self.pair.dead)]
        self.check(not missing, f"{self.name}, {what}: no page names what is missing", missing[:3])
        old = self.pair.before.files
        if withdrawn:
            dead = [path for path in self.pair.dead if files.get(path) == old[path]]
            self.check(not dead, f"{self.name}, {what}: pages of dead links are down", dead)
            gone = [path for path in self.pair.gone if path in files]
            self.check(not gone, f"{self.name}, {what}: and pictures that nothing needs", gone)
        if moved:
            left = [path for path in self.pair.moved if path in files]
            self.check(not left, f"{self.name}, {what}: pictures that moved are nowhere else", left)


def happy(bench, fresh):
    """From nothing to the site as it was, to the site as it shall be; `fresh` gives an empty place each time."""
    bench.online(fresh())
    bench.publish(bench.pair.after, code=0, what="into an empty place")
    wanted = bench.site()
    bench.check({path: one[0] for path, one in wanted.items()} == bench.pair.after.files, f"{bench.name}: what was built is online", sorted({*wanted} ^ {*bench.pair.after.files}))
    bench.online(fresh())
    bench.publish(bench.pair.before, code=0, what="as it was")
    bench.sound("as it was")
    dry = bench.publish(bench.pair.after, "--dry-run", code=0, what="shown first")
    bench.check("withdrawn first" in dry.stdout + dry.stderr, f"{bench.name}: what would be withdrawn is told", dry.stdout)
    bench.check(bench.site()[bench.pair.dead[0]][0] == bench.pair.before.files[bench.pair.dead[0]], f"{bench.name}: and nothing is done")
    bench.publish(bench.pair.after, code=0, what="as it shall be")
    bench.sound("as it shall be", withdrawn=True, moved=True)
    bench.whole(wanted, "as it shall be")
    again = bench.publish(bench.pair.after, code=0, what="once more")
    bench.check("up to date" in again.stdout + again.stderr, f"{bench.name}: nothing is sent again", again.stdout)
    older = bench.publish(bench.pair.before, what="an older ledger")
    bench.check(older.returncode not in (0, None), f"{bench.name}: an older ledger is refused", older.stdout)
    bench.whole(wanted, "after an older ledger")
    status = bench.publish(bench.pair.after, "--status", code=0, what="what is online")
    bench.check("as in the ledger" in status.stdout, f"{bench.name}: what is online is told", status.stdout)
    return wanted


def strange(bench, fresh, wanted):
    """Others who write there, and a record that is lost."""
    bench.online(fresh())
    bench.publish(bench.pair.before, code=0, what="as it was")
    foreign = ["x/aLeftByAnotherProgram00000/photo.jpg", "g/pLeftByAnotherProgram00000/index.html", "notes/of-somebody.txt"]
    if isinstance(bench.source, servers.Folder):
        # Names in Latin-1, and one that no site has.
        foreign += ["x/F\udcfcr Anna/F\udcfcr Anna.zip", "g/\udcff", "e/a\\b", f"{STATE}\udcff"]
    for path in foreign:
        bench.source.put(path, b"foreign")
    bench.publish(bench.pair.after, code=0, what="foreign files")
    bench.check(bench.source.get("notes/of-somebody.txt") == b"foreign", f"{bench.name}: files of others stay where nothing is private")
    bench.remove("notes/of-somebody.txt")
    bench.whole(wanted, "foreign files")
    for path in [path for path in bench.source.files() if path.startswith(STATE)]:
        bench.remove(path)
    bench.publish(bench.pair.after, code=0, what="a lost record")
    bench.whole(wanted, "a lost record")
    # A machine with the ledger and the secret, without photos and output.
    bench.online(fresh())
    bench.publish(bench.pair.before, code=0, what="as it was")
    bare = bench.pair.after.copy(bench.folder / "bare")
    for name in ("public", "galleries", ".safelight/cache"):
        shutil.rmtree(bare.folder / name, ignore_errors=True)
    bench.publish(bare, "--withdraw", code=0, what="--withdraw")
    bench.sound("--withdraw", withdrawn=True)


# --- S3 ---------------------------------------------------------------------------------------------------------------------


def s3(check, program, folder, host, moto):
    """The real server: all that can be done there, a bucket that keeps versions, and some requests broken."""
    proxy = Proxy(Upstream(moto.port))
    bench = Bench(check, program, folder, host, "s3", 'to = "s3://tides"', f'endpoint = "{proxy.url}"')

    def fresh():
        for bucket in getattr(bench, "used", []):
            for key in bucket.keys():
                bucket.ask("DELETE", key)
        bench.used = [servers.Bucket(moto.port, "tides")]
        return bench.used[0]

    bench.remove = lambda path: bench.source.ask("DELETE", path)
    wanted = happy(bench, fresh)
    page, picture = wanted["index.html"], next(one for path, one in wanted.items() if path.endswith(".jpg") and not path.startswith("x/"))
    check(page[1:] == ("text/html; charset=utf-8", "public, max-age=0, must-revalidate"), "s3: headers of a page", page[1:])
    check(picture[1] == "image/jpeg" and "immutable" in (picture[2] or ""), "s3: headers of a picture", picture[1:])
    strange(bench, fresh, wanted)

    # Some requests: the stand-in is for all of them.
    bench.online(fresh())
    bench.publish(bench.pair.before, code=0, what="as it was")
    before = bench.source.files()
    proxy.clear()
    bench.publish(bench.pair.after, "--transfers", "1", code=0, what="counted")
    for at, number in enumerate(range(4, len(proxy.requests), 9)):
        bench.online(fresh())
        for path, (content, kind, cache) in before.items():
            bench.source.ask("PUT", path, content, {"content-type": kind, **({"cache-control": cache} if cache else {})})
        proxy.clear()
        kind = ["lost", "kill", 412][at % 3]
        broken(bench, proxy, number, kind, "1")
        proxy.clear()
        bench.publish(bench.pair.after, code=0, what=f"after {kind} at {number}")
        bench.whole(wanted, f"after {kind} at {number}")

    # A bucket that keeps everything.
    bench.online(fresh())
    versions = '<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>Enabled</Status></VersioningConfiguration>'
    bench.source.ask("PUT", "", versions, query="?versioning")
    proxy.clear()
    first = bench.publish(bench.pair.before, code=0, what="a bucket with versions")
    check("keeps former versions" in first.stdout + first.stderr, "s3: versions are told", first.stdout + first.stderr)
    bench.publish(bench.pair.after, code=0, what="withdrawn from a bucket with versions")
    _, listed = bench.source.ask("GET", "", query="?versions")
    left = [path for path in bench.pair.moved if path.encode() in listed]
    check(not left, "s3: no former version of what was withdrawn stays", left)
    # Every page changes, and no file goes.
    titled = bench.pair.after.copy(bench.folder / "titled")
    titled.write("site.toml", (titled.folder / "site.toml").read_text().replace("title = \"", "title = \"More "))
    bench.publish(titled, code=0, what="another title", built=False)
    _, listed = bench.source.ask("GET", "", query="?versions")
    versions = [one for one in re.findall(rb"<Version>.*?</Version>", listed, re.S) if re.search(rb"<Key>[gxe]/", one)]
    former = [one for one in versions if b"<IsLatest>false" in one]
    check(versions and not former, "s3: nor of private pages that were replaced", former[:3])
    proxy.close()


def broken(bench, proxy, number, kind, transfers):
    """Publishes while the request of that number is broken; whether it ended well."""
    site = bench.pair.after
    what = f"{kind} at request {number}"
    if kind == "kill":
        running = []
        started = threading.Event()

        def kill():
            started.wait()
            running[0].kill()
            running[0].wait()
            return "refuse"

        proxy.faults[number] = kill
        running.append(site.start("publish", "--no-build", "--transfers", transfers, env=bench.env))
        started.set()
        said, _ = running[0].communicate()
        bench.hears(said, what)
        return running[0].returncode == 0
    proxy.faults[number] = kind
    done = bench.publish(site, "--transfers", transfers, what=what)
    # What passes by is made up for.
    if kind in (*KINDS, "stall"):
        bench.check(done.returncode == 0, f"{bench.name}, {what}: is made up for", done.stdout + done.stderr)
    return done.returncode == 0


def sweep(check, program, folder, host, part, parts):
    """Every request broken in turn, on a bucket in memory: by what passes by, and by the end of the program or of the rights."""
    bucket = Bucket("tides")
    proxy = Proxy(bucket)
    bench = Bench(check, program, folder, host, f"sweep{part}", 'to = "s3://tides"', f'endpoint = "{proxy.url}"')
    bench.online(InMemory(bucket))
    bench.publish(bench.pair.after, code=0, what="into an empty place")
    wanted = bench.site()
    bucket.fill({})
    bench.publish(bench.pair.before, code=0, what="as it was")
    before = dict(bucket.objects)
    proxy.clear()
    bench.publish(bench.pair.after, "--transfers", "1", code=0, what="counted")
    total = len(proxy.requests)
    records = [number for number, request in enumerate(proxy.requests, 1) if request.method == "PUT" and STATE in request.path and "probe" not in request.path]
    through = records[1]
    uploads = [number for number, request in enumerate(proxy.requests, 1) if request.method == "PUT" and STATE not in request.path and number > through]
    # The order of the whole, as it was when nothing broke.
    first = [request.path.split("/", 2)[2] for request in proxy.requests[: through - 1]]
    check({*bench.pair.dead, *bench.pair.gone} <= {*first}, "sweep: what is withdrawn goes first", first)
    pages = [number for number in uploads if proxy.requests[number - 1].path.endswith(".html")]
    assets = [number for number in uploads if number not in pages and not proxy.requests[number - 1].path.endswith((".xml", ".txt", ".json"))]
    check(max(assets) < min(pages), "sweep: files before the pages that show them")
    check(proxy.requests[max(uploads) - 1].path == "/tides/index.html", "sweep: the home page last", proxy.requests[max(uploads) - 1].path)
    removals = [number for number, request in enumerate(proxy.requests, 1) if number > through and request.method == "POST"]
    check(min(removals) > max(uploads), "sweep: removals after all else")

    kinds = [*KINDS, 412, "rights"]
    for number in range(1 + part, total + 1, parts):
        for kind in ("kill", kinds[number // parts % len(kinds)]):
            what = f"{kind} at request {number}"
            bucket.fill(before)
            proxy.clear()
            if kind == "rights":
                proxy.broken_from = number
                bench.publish(bench.pair.after, "--transfers", "1", what=what)
                well = False
            else:
                well = broken(bench, proxy, number, kind, "1")
            bench.sound(what, withdrawn=number > through or well, moved=well, refused=kind == 412)
            proxy.clear()
            bench.publish(bench.pair.after, code=0, what=f"again after {what}")
            bench.whole(wanted, f"again after {what}")

    # The rights to write are lost in the middle, those to remove are not: what moved goes with the pages that show it.
    for number in uploads[part::parts]:
        what = f"no more uploads from request {number}"
        bucket.fill(before)
        proxy.clear()
        refused = threading.Event()

        class Refusing:
            """Answers 403 to uploads of the site's own files once it was told to."""

            @staticmethod
            def answer(request):
                tombstone = any(request.path.endswith(path) for path in bench.pair.dead)
                if refused.is_set() and request.method == "PUT" and STATE not in request.path and not tombstone:
                    return 403, [], b"<Error><Code>AccessDenied</Code><Message>Not today.</Message></Error>"
                return bucket.answer(request)

        proxy.server = Refusing
        proxy.faults[number] = refused.set
        done = bench.publish(bench.pair.after, "--transfers", "1", what=what)
        check(done.returncode not in (0, None), f"sweep, {what}: is an error", done.stdout)
        bench.sound(what, withdrawn=True, moved=True)
        proxy.server = bucket
        proxy.clear()
        bench.publish(bench.pair.after, code=0, what=f"again after {what}")
        bench.whole(wanted, f"again after {what}")
    proxy.close()


def stalls(check, program, folder, host):
    """A request that is never answered. It ends by the program's own patience, half a minute."""
    bucket = Bucket("tides")
    proxy = Proxy(bucket)
    bench = Bench(check, program, folder, host, "stall", 'to = "s3://tides"', f'endpoint = "{proxy.url}"')
    bench.online(InMemory(bucket))
    proxy.faults = {30: "stall"}
    bench.publish(bench.pair.after, code=0, what="a request that is never answered")
    check({path: one[0] for path, one in bench.site().items()} == bench.pair.after.files, "stall: the site is whole")
    proxy.close()


def odd_buckets(check, program, folder, host):
    """Stores and machines that are not as they should be."""
    bucket = Bucket("tides")
    proxy = Proxy(bucket)
    bench = Bench(check, program, folder, host, "odd", 'to = "s3://tides"', f'endpoint = "{proxy.url}"')
    bench.online(InMemory(bucket))
    site = bench.pair.before

    proxy.private_lists = False
    done = bench.publish(site, "--dry-run", what="a bucket that lists, shown first")
    check(done.returncode == 1 and "strangers can list" in done.stderr, "a bucket that lists is told before", done.stderr)
    done = bench.publish(site, what="a bucket that lists")
    check(done.returncode not in (0, None) and "list" in done.stderr, "a bucket that lists is an error", done.stderr)
    check(not [path for path in bucket.objects if path.startswith(("g/", "x/", "e/"))], "a bucket that lists gets nothing private")
    proxy.private_lists = True

    # Other headers for the same bytes.
    bucket.fill({})
    bench.publish(site, code=0, what="as it was")
    before = bench.site()
    other = site.copy(bench.folder / "headers")
    other.write("static/_headers", site.files["_headers"].decode() + "\n/odd/harbour/*\n  ! Cache-Control\n  Cache-Control: public, max-age=77\n")
    bench.publish(other, code=0, what="other headers", built=False)
    changed = {path for path, one in bench.site().items() if one != before[path]} - {"_headers"}
    wanted = {path for path in before if path.startswith("harbour/")}
    check(wanted and changed == wanted, "other headers are sent with the same bytes, and no others", sorted(changed ^ wanted)[:4])
    check(all(bench.site()[path] == (before[path][0], before[path][1], "public, max-age=77") for path in wanted), "and are those of `_headers`")

    bucket.fill({})
    proxy.clear()
    proxy.broken_from = 1
    done = bench.publish(site, what="wrong keys")
    check(done.returncode not in (0, None) and "AccessDenied" in done.stderr, "wrong keys are told as the host tells it", done.stderr)
    check(len(proxy.requests) < 40, "and are not tried again and again", len(proxy.requests))
    proxy.clear()
    done = bench.publish(site, env={name: "" for name in KEYS} | {"AWS_EC2_METADATA_DISABLED": "true", "HOME": str(folder)}, what="no keys")
    check(done.returncode not in (0, None) and not proxy.requests, "without keys nothing is sent", done.stderr)

    proxy.clear()
    proxy.blind = True
    bucket.fill({})
    done = bench.publish(site, "--strict", what="conditions are ignored, --strict")
    check(done.returncode not in (0, None), "a store that ignores conditions is refused where all must be right", done.stderr)
    check(not [path for path in bucket.objects if not path.startswith(STATE)], "and nothing is sent", list(bucket.objects)[:3])
    done = bench.publish(site, code=0, what="conditions are ignored")
    check("ignores conditions" in done.stdout + done.stderr, "and told otherwise", done.stdout + done.stderr)
    proxy.blind = False

    # Somebody who holds the target and does nothing: others end with 7, and take over when his time is over; he notices.
    bucket.fill({})
    bench.publish(site, code=0, what="as it was")
    proxy.clear()
    held = threading.Event()

    def hold():
        running.send_signal(signal.SIGSTOP)
        held.set()

    ready = threading.Event()
    proxy.faults[34] = lambda: (ready.wait(), hold())[1]
    slow = bench.pair.after.copy(bench.folder / "slow")
    running = slow.start("publish", "--no-build", "--transfers", "1", env={**bench.env, "SAFELIGHT_TEST_LEASE": "15"})
    ready.set()
    held.wait()
    busy = bench.publish(bench.pair.after, "--lock-timeout", "0s", code=7, what="while somebody else publishes")
    check("is publishing" in busy.stderr, "who publishes is told", busy.stderr)
    late = {"FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    bench.publish(bench.pair.after, "--lock-timeout", "0s", env=late, front=("faketime", "-f", "+1h"), code=7, what="by a clock that is an hour wrong")
    bench.publish(bench.pair.after, "--lock-timeout", "60s", env={"SAFELIGHT_TEST_LEASE": "15"}, code=0, what="once that time is over")
    files = bench.site()
    running.send_signal(signal.SIGCONT)
    said, _ = running.communicate()
    bench.hears(said, "the one who was slow")
    check(running.returncode not in (0, None), "the one who was slow notices", said)
    check(bench.site() == files, "and changes nothing any more", sorted(path for path in {*files, *bench.site()} if files.get(path) != bench.site().get(path))[:5])

    # More removals of public files than were allowed.
    bucket.fill({})
    bench.publish(site, code=0, what="as it was")
    before = bench.site()
    done = bench.publish(bench.pair.after, "--allow-removals", "0", what="too many removals")
    check(done.returncode not in (0, None), "too many removals of public files are refused", done.stdout)
    kept = {path for path in before if not path.startswith(("g/", "x/"))}
    check(all(bench.site().get(path) == before[path] for path in kept), "and nothing public changes")
    bench.sound("too many removals", withdrawn=True)

    # Ctrl-C between two files, or a job that is cancelled.
    ready = threading.Event()
    for name, ends in (("Ctrl-C", signal.SIGINT), ("SIGTERM", signal.SIGTERM)):
        bucket.fill({})
        bench.publish(site, code=0, what="as it was")
        proxy.clear()
        ready.clear()
        proxy.faults[36] = lambda: (ready.wait(), running.send_signal(ends))[0] and None
        running = bench.pair.after.start("publish", "--no-build", "--transfers", "1", env=bench.env)
        ready.set()
        said, _ = running.communicate()
        check(running.returncode == 130, f"{name} ends it", f"{running.returncode}: {said}")
        bench.sound(name, withdrawn=True, moved=True)
        proxy.clear()

    # Before anything is built.
    bucket.fill({})
    bench.publish(site, code=0, what="as it was")
    proxy.clear()
    unbuilt = bench.pair.after.copy(bench.folder / "unbuilt")
    unbuilt.write("site.toml", (unbuilt.folder / "site.toml").read_text().replace("title = \"", "title = \"More "))
    ready.clear()
    proxy.faults[9] = lambda: (ready.wait(), running.send_signal(signal.SIGINT))[0] and None
    running = unbuilt.start("publish", "--transfers", "1", env=bench.env)
    ready.set()
    said, _ = running.communicate()
    check(running.returncode == 130, "Ctrl-C ends it while the site is built", f"{running.returncode}: {said}")
    told = "taken down all the same" in said and "publish again" in said and "build again" not in said
    check(told, "Ctrl-C: what is withdrawn is said to go, and what to do", said)
    bench.sound("Ctrl-C while the site is built", withdrawn=True, moved=True)
    proxy.clear()
    proxy.close()


def full(check, program, folder, host):
    """Disks and buckets without room: what is withdrawn goes all the same, and once there is room the rest is made up for."""
    bucket = Bucket("tides")
    proxy = Proxy(bucket)
    bench = Bench(check, program, folder, host, "full-bucket", 'to = "s3://tides"', f'endpoint = "{proxy.url}"')
    bench.online(InMemory(bucket))
    bench.publish(bench.pair.after, code=0, what="into an empty place")
    wanted = bench.site()

    class Full:
        """Takes nothing more."""

        @staticmethod
        def answer(request):
            if request.method == "PUT":
                return 403, [], b"<Error><Code>QuotaExceeded</Code><Message>There is no room left.</Message></Error>"
            return bucket.answer(request)

    for more in ((), ("--withdraw",)):
        bucket.fill({})
        bench.publish(bench.pair.before, code=0, what="as it was")
        proxy.server = Full
        done = bench.publish(bench.pair.after, *more, code=6, what=f"a full bucket {more}")
        check("free some room" in done.stderr and "withdrawn: " in done.stderr, "full-bucket: what to do is told, and what went", done.stderr)
        bench.sound(f"a full bucket {more}", withdrawn=True, moved=True, refused=True)
        proxy.server = bucket
        bench.publish(bench.pair.after, code=0, what="with room again")
        bench.whole(wanted, "with room again")
    proxy.close()

    # A disk of its own, where one can be had.
    small, own = folder / "small-disk", folder / "own-disk"
    with disk(small, "4m") as target, disk(own, "64m") as here:
        if not (target and here):
            print("full: a tmpfs cannot be mounted here, so no full disk was tried", flush=True)
            return
        bench = Bench(check, program, folder, host, "full-disk", f'to = "{target}/site"')
        for what, place, code in (("a full target", target, None), ("a full disk at home", here, None)):
            for more in ((), ("--withdraw",)):
                shutil.rmtree(target / "site", ignore_errors=True)
                (target / "site").mkdir()
                bench.online(servers.Folder(target / "site"))
                bench.publish(bench.pair.after, code=0, what="into an empty place")
                wanted = bench.site()
                shutil.rmtree(target / "site")
                (target / "site").mkdir()
                bench.publish(bench.pair.before, code=0, what="as it was")
                site = bench.pair.after.copy(here / "site")
                fill(place)
                bench.publish(site, *more, code=0 if more else None, what=f"{what} {more}")
                bench.sound(f"{what} {more}", withdrawn=True, moved=bool(more))
                (place / "filler").unlink()
                bench.publish(site, code=0, what=f"after {what}")
                bench.whole(wanted, f"after {what}")


@contextmanager
def disk(place, size):
    """A small disk at this place; none where that is not allowed."""
    place.mkdir(exist_ok=True)
    as_root = [] if os.getuid() == 0 else ["sudo", "-n"]
    mounted = subprocess.run([*as_root, "mount", "-t", "tmpfs", "-o", f"size={size},mode=777", "tmpfs", place], capture_output=True).returncode == 0
    try:
        yield place if mounted else None
    finally:
        if mounted:
            subprocess.run([*as_root, "umount", "--lazy", place], check=True)


def fill(place):
    """Leaves no byte free."""
    with open(place / "filler", "wb", buffering=0) as filler:
        try:
            while True:
                filler.write(bytes(4096))
        except OSError:
            pass


def race(check, program, folder, host, moto):
    """Eight machines at once, each with more in its ledger than the one before: the newest is what stays, whole."""
    for name, port in (("race", None), ("race-s3", moto.port)):
        bucket = Bucket("races")
        proxy = Proxy(Upstream(port) if port else bucket)
        bench = Bench(check, program, folder, host, name, 'to = "s3://races"', f'endpoint = "{proxy.url}"')
        bench.online(servers.Bucket(port, "races") if port else InMemory(bucket))
        bench.publish(bench.pair.before, code=0, what="as it was")
        machines = [bench.pair.after]
        for number in range(1, 8):
            machine = machines[-1].copy(bench.folder / f"machine{number}")
            link = machine.share(("wedding", "walk")[number % 2], f"Guest {number}")
            if number % 3 == 0:
                machine.run("--quiet", "revoke", ("wedding", "walk")[number % 2], "--to", f"Guest {number}")
            machine.run("--quiet", "build")
            bench.tokens.add(link.split("/")[1])
            machines.append(machine)
        for turn in range(1 if port else 3):
            # Another order of starting each time.
            order = [machines[(at * 3 + turn * 5) % 8] for at in range(8)]
            running = [(machine, machine.start("publish", "--no-build", "--lock-timeout", "120s", env={**bench.env, "SAFELIGHT_TEST_LEASE": "30"})) for machine in order]
            ends = {}
            for machine, one in running:
                said, _ = one.communicate()
                bench.hears(said, "the race")
                ends[machine.folder.name] = (one.returncode, said)
            newest = machines[-1]
            check(ends[newest.folder.name][0] == 0, f"{name}: the newest comes through", ends[newest.folder.name])
            found = {path: one[0] for path, one in bench.site().items()}
            check(found == newest.files, f"{name}: and is what stays", sorted(path for path in {*found, *newest.files} if found.get(path) != newest.files.get(path))[:5])
            odd = {machine: end for machine, end in ends.items() if end[0] not in (0, 3, 7)}
            check(not odd, f"{name}: the others published before, or were told that they are behind", odd)
        proxy.close()


# --- the other targets ---------------------------------------------------------------------------------------------------------


def azure(check, program, folder, host, server):
    """Azure, by Azurite."""
    import azure_requests

    proxy = Proxy(Upstream(server.port))
    bench = Bench(check, program, folder, host, "azure", 'to = "az://devstoreaccount1/tides"', f'endpoint = "{proxy.url}/devstoreaccount1"')
    bench.env = dict(AZURE)

    def fresh():
        return azure_requests.Container(server.port, "tides", AZURE["AZURE_STORAGE_KEY"])

    bench.remove = lambda path: bench.source.remove(path)
    wanted = happy(bench, fresh)
    strange(bench, fresh, wanted)
    proxy.close()


def folder_target(check, program, folder, host):
    """A folder, as of a disk in the network."""
    place = folder / "nas"
    bench = Bench(check, program, folder, host, "folder", f'to = "{place}"')

    def fresh():
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        return servers.Folder(place)

    bench.remove = lambda path: (place / path).unlink()
    wanted = happy(bench, fresh)
    strange(bench, fresh, wanted)
    shutil.rmtree(place)
    (folder / "mount").mkdir(exist_ok=True)
    bench.pair.after.target(bench.url, f'to = "{folder}/mount/not-there/nas"')
    done = bench.publish(bench.pair.after, what="a disk that is not there")
    check(done.returncode not in (0, None), "folder: a disk that is not there gets no copy elsewhere", done.stderr)


def sftp(check, program, folder, host, server):
    """SFTP by the machine's own ssh, and a line that is cut."""
    place = folder / "on-the-server"
    cable = Cable(server.port)
    bench = Bench(check, program, folder, host, "sftp", f'to = "sftp://gallery{place}"')
    bench.env = {"SAFELIGHT_SSH": server.client("cable", cable.port)}

    def fresh():
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        return servers.Folder(place)

    bench.remove = lambda path: (place / path).unlink()
    wanted = happy(bench, fresh)
    strange(bench, fresh, wanted)
    done = bench.publish(bench.pair.after, env={"SAFELIGHT_SSH": server.client("unknown", server.port, known=False)}, what="an unknown server")
    check(done.returncode not in (0, None) and "key" in done.stderr.lower(), "sftp: an unknown server is refused", done.stderr)

    bench.online(fresh())
    bench.publish(bench.pair.before, code=0, what="as it was")
    kept = folder / "on-the-server-before"
    shutil.rmtree(kept, ignore_errors=True)
    shutil.copytree(place, kept)
    cable.passed = 0
    bench.publish(bench.pair.after, "--transfers", "1", code=0, what="counted")
    total, steps, left = cable.passed, 9, 0
    for step in range(1, steps):
        what = f"killed after {step} of {steps} parts"
        shutil.rmtree(place)
        shutil.copytree(kept, place)
        ready = threading.Event()
        cable.passed, cable.cut_after = 0, total * step // steps
        cable.cut = lambda: (ready.wait(), running.kill())
        running = bench.pair.after.start("publish", "--no-build", "--transfers", "1", env=bench.env)
        ready.set()
        said, _ = running.communicate()
        bench.hears(said, what)
        cable.cut_after = None
        bench.sound(what)
        unfinished = [*(place / UNFINISHED).iterdir()]
        check((place / UNFINISHED).stat().st_mode & 0o077 == 0, f"sftp, {what}: unfinished files are the owner's alone")
        # Much later.
        for one in unfinished:
            os.utime(one, (0, 0))
        left += len(unfinished)
        bench.publish(bench.pair.after, code=0, what=f"again after {what}")
        bench.whole(wanted, f"again after {what}")
        still = [one.name for one in unfinished if one.exists()]
        check(not still, f"sftp, again after {what}: what was left is gone", still)
    check(left > 0, "sftp: some run left unfinished files")
    cable.close()


def lists(check, program, folder, host):
    """`--plan`, carried out by rclone and broken off after each of its commands."""
    place, plan = folder / "rclone", folder / "plan"
    bench = Bench(check, program, folder, host, "lists")
    # No target that the program reaches by itself.
    for site in (bench.pair.before, bench.pair.after):
        text = (site.folder / "site.toml").read_text().replace("[publish]\n", "")
        site.write("site.toml", text)
    remote = {"RCLONE_CONFIG": "/dev/null", "RCLONE_CONFIG_R_TYPE": "alias", "RCLONE_CONFIG_R_REMOTE": str(place), "RCLONE_RETRIES": "1"}

    def commands(site):
        # What is known of the place is its own record. The first time there is none.
        known = plan / "online" / "safelight-state"
        shutil.rmtree(known, ignore_errors=True)
        subprocess.run(["rclone", "copy", "R:safelight-state", str(known)], env={**os.environ, **remote}, capture_output=True)
        first = [] if known.is_dir() and any(known.iterdir()) else ["--rebuild-state"]
        if first:
            bench.publish(site, "--plan", str(plan), code=3, what="lists without a record")
        done = bench.publish(site, "--plan", str(plan), *first, code=0, what="lists")
        return re.findall(r"^\s*(rclone .*?)(?:\s+#.*)?$", done.stdout + done.stderr, re.M)

    def carry_out(site, some):
        for command in some:
            done = subprocess.run(command, shell=True, cwd=site.folder, env={**os.environ, **remote}, capture_output=True, text=True)
            check(done.returncode == 0, f"plan: {command.split()[1]} works", done.stderr)

    def start():
        shutil.rmtree(place, ignore_errors=True)
        shutil.rmtree(plan, ignore_errors=True)
        place.mkdir()
        bench.online(servers.Folder(place))

    start()
    carry_out(bench.pair.after, commands(bench.pair.after)[:-1])
    wanted = bench.site()
    check({path: one[0] for path, one in wanted.items()} == bench.pair.after.files, "plan: what was built is online", sorted({*wanted} ^ {*bench.pair.after.files}))
    start()
    carry_out(bench.pair.before, commands(bench.pair.before)[:-1])
    kept, kept_plan = folder / "rclone-before", folder / "plan-before"
    for here, there in ((place, kept), (plan, kept_plan)):
        shutil.rmtree(there, ignore_errors=True)
        shutil.copytree(here, there)
    steps = commands(bench.pair.after)
    check(len(steps) == 7, "plan: six commands, and one for the next time", steps)
    steps.pop()
    for done in range(1, len(steps)):
        for here, there in ((kept, place), (kept_plan, plan)):
            shutil.rmtree(there)
            shutil.copytree(here, there)
        carry_out(bench.pair.after, commands(bench.pair.after)[:done])
        what = f"broken off after command {done}"
        files = {path: one[0] for path, one in bench.site().items()}
        dead = [path for path in bench.pair.dead if files.get(path) == bench.pair.before.files[path]]
        check(not dead, f"plan, {what}: pages of dead links are down", dead)
        check(not [path for path in bench.pair.gone if path in files], f"plan, {what}: and pictures that nothing needs")
        check(not dangling(files, bench.url), f"plan, {what}: no page names what is missing", dangling(files, bench.url)[:3])
        carry_out(bench.pair.after, commands(bench.pair.after)[:-1])
        bench.whole(wanted, f"again after it was {what}")


def main():
    program, folder = str(Path(sys.argv[1]).resolve()), Path(sys.argv[2]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    check = Tally()
    host = servers.Host()
    host.source = {}
    running = []

    def guarded(name, work, *arguments):
        begun = time.monotonic()
        try:
            work(check, program, folder, host, *arguments)
        except Exception:
            check(False, f"{name}: to its end", traceback.format_exc())
        print(f"{name}: {time.monotonic() - begun:.0f} s", flush=True)

    def server(start, *arguments):
        one = start(*arguments)
        running.append(one)
        return one

    only = sys.argv[3:]
    try:
        with ThreadPoolExecutor(3) as pool:
            jobs = {
                "stall": lambda: guarded("stall", stalls),
                "sweep": lambda: guarded("sweep", sweep, 0, 2),
                "sweep2": lambda: guarded("sweep2", sweep, 1, 2),
                "azure": lambda: guarded("azure", azure, server(servers.azurite, folder)),
                "s3": lambda: guarded("s3", s3, moto),
                "sftp": lambda: guarded("sftp", sftp, server(servers.Sshd, folder)),
                "race": lambda: guarded("race", race, moto),
                "lists": lambda: guarded("lists", lists),
                "full": lambda: guarded("full", full),
                "odd": lambda: guarded("odd", odd_buckets),
                "folder": lambda: guarded("folder", folder_target),
            }
            chosen = only or list(jobs)
            moto = server(servers.moto, folder) if {"s3", "race"} & {*chosen} else None
            for name, outcome in [(name, pool.submit(jobs[name])) for name in chosen]:
                try:
                    outcome.result()
                except Exception:
                    check(False, f"{name}: begins", traceback.format_exc())
    finally:
        for one in running:
            one.close()
        host.close()
    print(f"{check.passed} passed, {check.failed} failed")
    return 1 if check.failed or not check.passed else 0


if __name__ == "__main__":
    sys.exit(main())
