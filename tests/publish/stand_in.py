"""A bucket in memory that speaks as much of S3 as `safelight publish` and rclone do: for sweeps of thousands of requests and for
measuring, where a real server would be what is measured. What it answers, the real server in the same checks answers too."""

import bisect
import hashlib
import threading
import urllib.parse
from email.utils import formatdate
from xml.etree import ElementTree
from xml.sax.saxutils import escape

KEPT = ("content-type", "cache-control", "content-encoding", "content-disposition")


class Stored:
    """An object."""

    __slots__ = ("body", "etag", "headers", "size", "time")

    def __init__(self, body, headers, keep=True):
        digest = hashlib.md5(body).hexdigest()
        self.body, self.size, self.etag = body if keep else None, len(body), f'"{digest}"'
        self.headers, self.time = headers, formatdate(usegmt=True)


class Bucket:
    """Objects by key. `answer` is what a proxy passes requests to. `keep` false: bytes are counted and forgotten."""

    def __init__(self, name="bucket", objects=None, keep=True):
        self.name, self.objects, self.keep = name, dict(objects or {}), keep
        self.lock = threading.Lock()
        self.received = 0
        self.order = None

    def fill(self, objects):
        """Holds these objects and no others."""
        with self.lock:
            self.objects, self.order = dict(objects), None

    def answer(self, request):
        bucket, _, key = request.path.lstrip("/").partition("/")
        if bucket != self.name:
            return missing("NoSuchBucket")
        with self.lock:
            status, headers, body = self.object(request, key) if key else self.whole(request)
        return status, [*headers, ("date", formatdate(usegmt=True))], body

    def object(self, request, key):
        found = self.objects.get(key)
        if request.method in ("GET", "HEAD"):
            if found is None:
                return missing("NoSuchKey")
            headers = [("etag", found.etag), ("last-modified", found.time), *found.headers.items()]
            if request.method == "HEAD":
                return 200, [*headers, ("content-length", str(found.size))], b""
            return 200, headers, found.body or b""
        if request.method == "DELETE":
            self.order = None
            self.objects.pop(key, None)
            return 204, [], b""
        if request.method != "PUT":
            return 405, [], b""
        wanted, absent = request.headers.get("if-match"), request.headers.get("if-none-match")
        if absent == "*" and found or wanted and (not found or found.etag.strip('"') != wanted.strip('"')):
            return failed(412, "PreconditionFailed")
        kept = {name: request.headers[name] for name in KEPT if name in request.headers}
        source = request.headers.get("x-amz-copy-source")
        if source is not None:
            _, _, from_key = urllib.parse.unquote(source).lstrip("/").partition("/")
            other = self.objects.get(from_key)
            if other is None:
                return missing("NoSuchKey")
            copy = request.headers.get("x-amz-metadata-directive") != "REPLACE"
            stored = Stored(other.body or b"", other.headers if copy else kept)
            body = f"<CopyObjectResult><ETag>{escape(stored.etag)}</ETag></CopyObjectResult>".encode()
        else:
            content = request.body
            if request.headers.get("content-encoding", "") == "aws-chunked":
                content = unchunked(content)
            self.received += len(content)
            stored, body = Stored(content, kept, self.keep or key.startswith("safelight-state/")), b""
        if key not in self.objects:
            self.order = None
        self.objects[key] = stored
        return 200, [("etag", stored.etag)], body

    def whole(self, request):
        if request.method == "POST" and "delete" in request.query:
            self.order = None
            names = [element.text or "" for element in ElementTree.fromstring(request.body).iter() if element.tag.endswith("Key")]
            for name in names:
                self.objects.pop(name, None)
            return 200, [("content-type", "application/xml")], b"<DeleteResult></DeleteResult>"
        if request.method == "GET" and "versioning" in request.query:
            return 200, [], b"<VersioningConfiguration></VersioningConfiguration>"
        if request.method == "GET" and "location" in request.query:
            return 200, [], b"<LocationConstraint></LocationConstraint>"
        if request.method in ("HEAD", "PUT"):
            return 200, [("x-amz-bucket-region", "us-east-1")], b""
        if request.method == "GET":
            return self.list(request.query)
        return 405, [], b""

    def list(self, query):
        prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
        after = query.get("continuation-token") or query.get("start-after") or query.get("marker") or ""
        most = min(int(query.get("max-keys", 1000)), 1000)
        if self.order is None:
            self.order = sorted(self.objects)
        encode = urllib.parse.quote if query.get("encoding-type") == "url" else escape
        lines, folders, last, full = [], [], "", False
        for key in self.order[bisect.bisect_left(self.order, max(prefix, after)) :]:
            if not key.startswith(prefix):
                break
            if key <= after or folders and key.startswith(folders[-1]):
                continue
            if len(lines) + len(folders) >= most:
                full = True
                break
            last = key
            cut = key.find(delimiter, len(prefix)) if delimiter else -1
            if cut >= 0:
                folders.append(key[: cut + len(delimiter)])
                last = folders[-1] + "\U0010ffff"
                continue
            one = self.objects[key]
            lines.append(f"<Contents><Key>{encode(key)}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>{escape(one.etag)}</ETag><Size>{one.size}</Size></Contents>")
        lines += [f"<CommonPrefixes><Prefix>{encode(folder)}</Prefix></CommonPrefixes>" for folder in folders]
        more = f"<NextContinuationToken>{escape(last)}</NextContinuationToken><NextMarker>{encode(last)}</NextMarker>" if full else ""
        coded = "<EncodingType>url</EncodingType>" if query.get("encoding-type") == "url" else ""
        text = f'<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>{str(full).lower()}</IsTruncated>{coded}{more}{"".join(lines)}</ListBucketResult>'
        return 200, [("content-type", "application/xml")], text.encode()


def missing(code):
    return failed(404, code)


def failed(status, code):
    return status, [("content-type", "application/xml")], f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode()


def unchunked(content):
    """What `aws-chunked` is around."""
    body, at = b"", 0
    while True:
        end = content.index(b"\r\n", at)
        size = int(content[at:end].split(b";")[0], 16)
        if size == 0:
            return body
        body += content[end + 2 : end + 2 + size]
        at = end + 4 + size
