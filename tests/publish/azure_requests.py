"""A container of Azure's, reached without what stands in front of it: requests are signed with the account's key."""

import base64
import hashlib
import hmac
import http.client
import urllib.parse
from email.utils import formatdate
from xml.etree import ElementTree

ACCOUNT = "devstoreaccount1"


class Container:
    """A container, empty to begin with."""

    def __init__(self, port, name, key):
        self.port, self.name, self.key = port, name, base64.b64decode(key)
        self.ask("PUT", "", {"restype": "container"})
        for path in self.paths():
            self.remove(path)

    def ask(self, method, path, query=None, body=None, headers=None):
        query = query or {}
        at = f"/{ACCOUNT}/{self.name}" + (f"/{urllib.parse.quote(path)}" if path else "")
        own = {name: value for name, value in (headers or {}).items() if name.startswith("x-ms-")}
        own |= {"x-ms-date": formatdate(usegmt=True), "x-ms-version": "2021-12-02"}
        said = "".join(f"{name}:{own[name]}\n" for name in sorted(own))
        # The account stands twice in the addresses of an emulator.
        resource = f"/{ACCOUNT}{at}" + "".join(f"\n{name}:{query[name]}" for name in sorted(query))
        length = str(len(body)) if body else ""
        text = f"{method}\n\n\n{length}\n\n\n\n\n\n\n\n\n{said}{resource}"
        signature = base64.b64encode(hmac.new(self.key, text.encode(), hashlib.sha256).digest()).decode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        whole = at + (f"?{urllib.parse.urlencode(query)}" if query else "")
        connection.request(method, whole, body=body, headers={**own, "Authorization": f"SharedKey {ACCOUNT}:{signature}"})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer, content

    def paths(self):
        paths, marker = [], ""
        while True:
            answer, body = self.ask("GET", "", {"restype": "container", "comp": "list", **({"marker": marker} if marker else {})})
            assert answer.status == 200, body
            root = ElementTree.fromstring(body)
            paths += [element.text for element in root.iter("Name")]
            marker = root.findtext("NextMarker")
            if not marker:
                return paths

    def get(self, path):
        answer, body = self.ask("GET", path)
        return body if answer.status == 200 else None

    def put(self, path, content):
        self.ask("PUT", path, body=content, headers={"x-ms-blob-type": "BlockBlob"})

    def remove(self, path):
        self.ask("DELETE", path)

    def files(self):
        found = {}
        for path in self.paths():
            answer, body = self.ask("GET", path)
            found[path] = (body, answer.getheader("content-type"), answer.getheader("cache-control"))
        return found
