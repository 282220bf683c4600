"""The site of these checks, once as it was and once as it shall be, from pictures that are drawn here.

Between the two: a link of a shared gallery is withdrawn, a gallery with one link is closed for it, a gallery moves, photos come and
go, and a title changes.
"""

import json
import os
import shutil
import subprocess
import zlib
from pathlib import Path

# The program asks nobody for secrets or dates here, and takes none from the machine.
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(("SAFELIGHT_", "AWS_", "AZURE_", "GITHUB_", "CI", "GOOGLE_"))}


def png(number, width=64, height=48):
    """A small picture, another for each number."""
    shade = bytes((number * factor) % 256 for factor in (37, 91, 151))
    rows = b"".join(b"\0" + b"".join(bytes(((x * 3 + y + shade[0]) % 256, (y * 5 + shade[1]) % 256, shade[2])) for x in range(width)) for y in range(height))

    def block(name, content):
        return len(content).to_bytes(4, "big") + name + content + zlib.crc32(name + content).to_bytes(4, "big")

    start = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes((8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + block(b"IHDR", start) + block(b"IDAT", zlib.compress(rows)) + block(b"IEND", b"")


class Ended(Exception):
    """The program ended otherwise than it should."""


class Site:
    """A site's folder and the program."""

    def __init__(self, program, folder):
        self.program, self.folder = program, Path(folder)

    def run(self, *arguments, env=None, code=0, front=()):
        """Runs a command, by the words in `front`; what it printed. `code` none: whatever it ends with."""
        done = subprocess.run([*front, self.program, *arguments], cwd=self.folder, env={**CLEAN, **(env or {})}, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if code is not None and done.returncode != code:
            raise Ended(f"safelight {' '.join(arguments)}: code {done.returncode}, not {code}: {done.stdout[-400:]}{done.stderr[-800:]}")
        return done

    def start(self, *arguments, env=None):
        return subprocess.Popen([self.program, *arguments], cwd=self.folder, env={**CLEAN, **(env or {})}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def share(self, gallery, to):
        """Makes a link; the path of its page below the output."""
        told = self.run("--format", "json", "share", gallery, "--to", to).stdout
        url = next(event["url"] for event in map(json.loads, told.splitlines()) if "url" in event)
        return url[url.index("/g/") + 1 :].split("#")[0] + "index.html"

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def target(self, url, *lines):
        """Says where the site is published; the rest of `site.toml` stays."""
        self.write("site.toml", f'title = "Tides"\nauthor = "Ada Vik"\nurl = "{url}"\n[images]\nformats = ["jpeg"]\n[publish]\n' + "\n".join(lines) + "\n")

    def copy(self, folder):
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder, folder, symlinks=True)
        return Site(self.program, folder)

    @property
    def files(self):
        """What the build made, without what stays here."""
        public = self.folder / "public"
        return {str(path.relative_to(public)): path.read_bytes() for path in public.rglob("*") if path.is_file() and ".safelight" not in path.parts}


class Pair:
    """The site before and after; `dead` are pages whose links end, `gone` pictures that nothing needs once they have."""

    def __init__(self, program, folder, url, *lines):
        folder = Path(folder)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        site = Site(program, folder / "before")
        site.folder.mkdir()
        site.target(url, *lines)
        for gallery, photos in (("harbour", 3), ("dunes", 2), ("wedding", 2), ("walk", 2), ("party", 1)):
            for number in range(photos):
                site.write(f"galleries/{gallery}/{number + 1:02}.png", png(number + 10 * len(gallery)))
        for gallery in ("wedding", "walk", "party"):
            site.write(f"galleries/{gallery}/gallery.toml", 'access = "private"\n')
        site.run("--quiet", "secret", "new")
        self.pages = {to: site.share(gallery, to) for gallery, to in (("wedding", "Anna"), ("wedding", "Ben"), ("walk", "Cleo"), ("party", "Dora"))}
        site.run("--quiet", "build")
        self.before = site
        self.after = site.copy(folder / "after")
        after = self.after
        after.run("--quiet", "revoke", "wedding", "--to", "Ben")
        after.run("--quiet", "revoke", "party", "--to", "Dora")
        after.run("--quiet", "rotate", "walk")
        (after.folder / "galleries/harbour/02.png").unlink()
        after.write("galleries/dunes/03.png", png(77))
        after.write("galleries/harbour/gallery.toml", 'title = "The old harbour"\n')
        after.run("--quiet", "build")
        old, new = self.before.files, self.after.files
        self.dead = [self.pages["Ben"], self.pages["Dora"]]
        moved = {path.split("/")[1] for path in old if path.startswith("x/")} - {path.split("/")[1] for path in new if path.startswith("x/")}
        self.moved = [path for path in old if path.startswith("x/") and path.split("/")[1] in moved]
        # The pictures of the gallery that had one link; the other folders are needed by pages that live, until they moved.
        page = old[self.pages["Dora"]].decode()
        self.gone = [path for path in self.moved if path.split("/")[1] in page]
