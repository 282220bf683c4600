"""A server in front of a server that counts requests, keeps a list of them, and breaks one or all of them as it is told.

Nothing here waits for a time: a request that stalls is held until the client goes away or the proxy is told to let go.
"""

import http.client
import socket
import struct
import threading
import urllib.parse
from email.utils import formatdate

REASONS = {
    403: "AccessDenied",
    409: "ConditionalRequestConflict",
    412: "PreconditionFailed",
    500: "InternalError",
    503: "SlowDown",
}
# What can become of a request. `lost`: it is carried out, and nobody hears of it.
KINDS = ["refuse", "reset", "lost", 500, 503, 409]


class Request:
    """A request as it came: `path` and `query` are decoded."""

    def __init__(self, method, target, headers, body):
        self.method, self.target, self.headers, self.body = method, target, headers, body
        path, _, query = target.partition("?")
        self.path = urllib.parse.unquote(path)
        self.query = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))

    def __str__(self):
        return f"{self.method} {self.target}"


class Upstream:
    """A server on a port of this computer, with a connection for each thread."""

    def __init__(self, port):
        self.port, self.local = port, threading.local()

    def answer(self, request):
        for attempt in range(2):
            connection = getattr(self.local, "connection", None)
            if connection is None:
                connection = self.local.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
            try:
                # A server that closed a connection it kept says so only now.
                connection.request(request.method, request.target, body=request.body or None, headers=request.headers)
                answer = connection.getresponse()
                # An answer to HEAD has the length of what it does not send.
                kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in ("transfer-encoding", "connection")]
                return answer.status, kept, answer.read()
            except (http.client.HTTPException, OSError):
                self.local.connection = None
                connection.close()
                if attempt:
                    raise
        return None


class Proxy:
    """Passes requests on to `server`, which has an `answer(request)`.

    `private_lists`: strangers are refused lists, as every host does it that is set up well.
    `blind`: conditions are not passed on, as by stores that ignore them.
    `faults`: for a number of a request, from 1, what becomes of it: a kind, or a function that is called before it is passed on.
    `broken_from`: from this number on all are answered with `broken_by`.
    """

    def __init__(self, server, private_lists=True, blind=False):
        self.server, self.private_lists, self.blind = server, private_lists, blind
        self.lock = threading.Lock()
        self.released = threading.Event()
        self.clear()
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def clear(self):
        """Forgets what came and what should become of it."""
        with self.lock:
            self.requests, self.faults, self.broken_from, self.broken_by = [], {}, None, 403
        self.released.clear()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.talk, args=(connection,), daemon=True).start()

    def close(self):
        self.released.set()
        self.socket.close()

    def talk(self, connection):
        stream = connection.makefile("rb")
        try:
            while (request := read_request(stream, connection)) is not None:
                if not self.one(request, connection):
                    return
        except (OSError, ValueError):
            pass
        finally:
            stream.close()
            connection.close()

    def fault(self, request):
        with self.lock:
            self.requests.append(request)
            number = len(self.requests)
            if self.broken_from is not None and number >= self.broken_from:
                return self.broken_by
            return self.faults.get(number)

    def one(self, request, connection):
        """Answers a request; whether the connection stays."""
        fault = self.fault(request)
        if callable(fault):
            fault = fault()
        if fault == "refuse":
            return False
        if fault == "reset" and request.method != "GET":
            return reset(connection)
        if fault == "stall":
            # Until the client goes away, or all are let go.
            connection.settimeout(1)
            while not self.released.is_set():
                try:
                    if not connection.recv(1):
                        return False
                except TimeoutError:
                    continue
            return False
        if isinstance(fault, int):
            status, headers, body = refusal(fault)
        elif self.private_lists and "authorization" not in request.headers and request.method == "GET" and is_list(request):
            status, headers, body = refusal(403)
        else:
            if self.blind:
                for name in ("if-match", "if-none-match"):
                    request.headers.pop(name, None)
            status, headers, body = self.server.answer(request)
        if fault == "lost":
            return reset(connection)
        answer = head(status, headers, body, request.method)
        if fault == "reset":
            connection.sendall(answer + body[: len(body) // 2])
            return reset(connection)
        connection.sendall(answer if request.method == "HEAD" else answer + body)
        return request.headers.get("connection", "").lower() != "close"


def is_list(request):
    return "list-type" in request.query or request.query.get("comp") == "list" or request.path.strip("/").count("/") == 0 and "prefix" in request.query


def refusal(status):
    text = f"<Error><Code>{REASONS[status]}</Code><Message>Not today.</Message></Error>"
    return status, [("content-type", "application/xml"), ("date", formatdate(usegmt=True))], text.encode()


def read_request(stream, connection):
    """The next request; none at the end."""
    line = stream.readline(65536)
    if not line.strip():
        return None
    method, target, _ = line.decode("latin-1").split(" ", 2)
    headers = {}
    while (line := stream.readline(65536)) not in (b"\r\n", b"\n", b""):
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    if headers.pop("expect", "").lower() == "100-continue":
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    if headers.get("transfer-encoding", "").lower() == "chunked":
        del headers["transfer-encoding"]
        body = b""
        while (size := int(stream.readline(100).split(b";")[0], 16)) > 0:
            body += stream.read(size)
            stream.readline(10)
        stream.readline(10)
    else:
        length = int(headers.get("content-length", 0))
        body = stream.read(length)
        if len(body) < length:
            return None
    return Request(method, target, headers, body)


def head(status, headers, body, method):
    names = {name.lower() for name, _ in headers}
    lines = [f"HTTP/1.1 {status} {http.client.responses.get(status, '')}"]
    lines += [f"{name}: {value}" for name, value in headers if name.lower() != "content-length" or method == "HEAD"]
    if method != "HEAD" and status not in (204, 304) or "content-length" not in names and status != 204:
        lines.append(f"content-length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def reset(connection):
    """Hangs up so that the client sees an error, whatever was sent before."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
    return False


class Cable:
    """A line to a port of this computer that is cut after so many bytes from the client."""

    def __init__(self, port):
        self.to, self.passed, self.cut_after, self.cut = port, 0, None, lambda: None
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=16)
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.to))
            for one, other, counts in ((client, server, True), (server, client, False)):
                threading.Thread(target=self.carry, args=(one, other, counts), daemon=True).start()

    def carry(self, one, other, counts):
        try:
            while data := one.recv(65536):
                if counts:
                    self.passed += len(data)
                    if self.cut_after is not None and self.passed >= self.cut_after:
                        self.cut()
                        break
                other.sendall(data)
        except OSError:
            pass
        for end in (one, other):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        self.socket.close()
