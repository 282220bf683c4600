"""Servers on loopback that sites are published to, and strangers' way to what lies there."""

import http.client
import http.server
import os
import pwd
import shutil
import socket
import subprocess
import sys
import threading
import urllib.parse
from pathlib import Path
from xml.etree import ElementTree

HERE = Path(__file__).resolve().parent


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


class Process:
    """A server in a process of its own, up once it answers on its port. `log` has what it said."""

    def __init__(self, arguments, port, log, **more):
        self.port = port
        self.log = open(log, "wb")
        self.process = subprocess.Popen([str(one) for one in arguments], stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, **more)
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=60).close()
                return
            except ConnectionRefusedError:
                try:
                    code = self.process.wait(timeout=0.1)
                except subprocess.TimeoutExpired:
                    continue
                raise RuntimeError(f"{Path(arguments[0]).name} ended with code {code}; see {log}") from None

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.log.close()


def environment(folder):
    """An environment of Python below `folder` with what these scripts start; kept while its list stays the same."""
    place, wanted = folder / "python", HERE / "requirements.txt"
    kept = place / "requirements.txt"
    if not kept.exists() or kept.read_text() != wanted.read_text():
        shutil.rmtree(place, ignore_errors=True)
        subprocess.run(["python3", "-m", "venv", place], check=True)
        subprocess.run([place / "bin/pip", "install", "--quiet", "--disable-pip-version-check", "-r", wanted], check=True)
        shutil.copy(wanted, kept)
    return place


def moto(folder):
    """S3, by moto."""
    port = free_port()
    return Process([environment(folder) / "bin/moto_server", "-H", "127.0.0.1", "-p", port], port, folder / "moto.log")


def azurite(folder):
    """Azure, by Azurite, from the packages beside these scripts (`npm ci --ignore-scripts`)."""
    port = free_port()
    place = folder / "azurite"
    shutil.rmtree(place, ignore_errors=True)
    command = ["node", HERE / "node_modules/azurite/dist/src/blob/main.js", "--blobHost", "127.0.0.1", "--blobPort", port]
    return Process([*command, "--location", place, "--silent", "--skipApiVersionCheck"], port, folder / "azurite.log")


class Sshd(Process):
    """OpenSSH's server for one user with a key of its own, and what `ssh` must know to come in: nothing of it is the machine's."""

    def __init__(self, folder):
        self.folder = folder / "ssh"
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(mode=0o700, parents=True)
        for key in ("host", "user"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.folder / key], check=True)
        shutil.copy(self.folder / "user.pub", self.folder / "authorized_keys")
        port = free_port()
        Path("/run/sshd").mkdir(exist_ok=True) if os.getuid() == 0 else None
        self.write("sshd_config", f"""ListenAddress 127.0.0.1
Port {port}
HostKey {self.folder}/host
PidFile none
AuthorizedKeysFile {self.folder}/authorized_keys
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
LogLevel ERROR
Subsystem sftp internal-sftp
""")
        super().__init__([shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin"), "-D", "-e", "-f", self.folder / "sshd_config"], port, folder / "sshd.log")

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o600)
        return path

    def client(self, name, port, known=True):
        """The words for SAFELIGHT_SSH: `ssh` with settings of its own, which reach the server at a port."""
        host = (self.folder / "host.pub").read_text().split()
        self.write(f"{name}.known", f"[127.0.0.1]:{port} {host[0]} {host[1]}\n" if known else "")
        config = self.write(f"{name}.config", f"""Host gallery
HostName 127.0.0.1
Port {port}
User {pwd.getpwuid(os.getuid()).pw_name}
IdentityFile {self.folder}/user
IdentitiesOnly yes
UserKnownHostsFile {self.folder}/{name}.known
GlobalKnownHostsFile none
""")
        return f"ssh -F {config}"


# Shaped like a signature, which is all that these servers look for.
SIGNED = {"authorization": "AWS4-HMAC-SHA256 Credential=AKIACHECKS/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"}


class Bucket:
    """A bucket of a server that checks no signatures, reached without what stands in front of it."""

    def __init__(self, port, name):
        self.port, self.name = port, name
        self.ask("PUT", "")

    def ask(self, method, key, body=None, headers=None, query=""):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, f"/{self.name}/{urllib.parse.quote(key)}{query}", body=body, headers={**SIGNED, **(headers or {})})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer, content

    def keys(self):
        keys, token = [], ""
        while True:
            _, body = self.ask("GET", "", query=f"?list-type=2{token}")
            root = ElementTree.fromstring(body)
            for element in root.iter():
                element.tag = element.tag.split("}")[-1]
            keys += [element.text for element in root.iter("Key")]
            following = root.findtext("NextContinuationToken")
            if not following:
                return keys
            token = f"&continuation-token={urllib.parse.quote(following)}"

    def files(self):
        """Content, type and Cache-Control by path."""
        found = {}
        for key in self.keys():
            answer, body = self.ask("GET", key)
            found[key] = (body, answer.getheader("content-type"), answer.getheader("cache-control"))
        return found

    def get(self, path):
        answer, body = self.ask("GET", path)
        return body if answer.status == 200 else None

    def put(self, path, content):
        self.ask("PUT", path, body=content)


class Folder:
    """What lies in a folder, in the same terms."""

    def __init__(self, path):
        self.path = Path(path)

    def files(self):
        return {str(one.relative_to(self.path)): (one.read_bytes(), None, None) for one in self.path.rglob("*") if one.is_file()}

    def get(self, path):
        file = self.path / path
        return file.read_bytes() if file.is_file() else None

    def put(self, path, content):
        file = self.path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


class Host:
    """The site's address: serves what `source.get(path)` gives, as any host does. The source can be changed at any time."""

    def __init__(self):
        host = self
        self.source = None

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                path = urllib.parse.unquote(self.path.split("?")[0]).lstrip("/")
                # The address of a site that is one of several begins with its name.
                source = host.source
                if isinstance(source, dict):
                    name, _, path = path.partition("/")
                    source = source.get(name)
                content = source.get(path + "index.html" if path.endswith("/") or not path else path) if source else None
                self.send_response(404 if content is None else 200)
                body = content if content is not None else b"not found"
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(body)

            do_HEAD = do_GET

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()


if __name__ == "__main__":
    environment(Path(sys.argv[1]).resolve())
