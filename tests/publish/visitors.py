"""What visitors see of files on a host: whether a page names what is not there."""

import html.parser
import re
import urllib.parse

ADDRESSES = {"href", "src", "poster", "action", "data"}
STYLED = re.compile(r"url\(\s*['\"]?([^'\")]+)")
LOCATED = re.compile(r"<(?:loc|link|guid|image:loc)[^>]*>\s*([^<\s]+)")


class Named(html.parser.HTMLParser):
    """Gathers the addresses that a page names."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        for name, value in attributes.items():
            if name in ADDRESSES and value:
                self.found.append(value)
            elif name in ("srcset", "imagesrcset") and value:
                self.found += [one.split()[0] for one in value.split(",") if one.strip()]
            elif name == "style" and value:
                self.found += STYLED.findall(value)
        if tag == "meta" and attributes.get("property") in ("og:image", "og:url"):
            self.found.append(attributes.get("content") or "")


def named(path, content, url):
    """The paths below the site's address that a file names."""
    if path.endswith(".html"):
        page = Named()
        page.feed(content.decode())
        found = page.found
    elif path.endswith(".css"):
        found = STYLED.findall(content.decode())
    elif path.endswith(".xml"):
        found = LOCATED.findall(content.decode())
    else:
        return []
    here = urllib.parse.urljoin(url, urllib.parse.quote(path))
    paths = []
    for address in found:
        whole = urllib.parse.urldefrag(urllib.parse.urljoin(here, address.strip())).url.split("?")[0]
        if whole.startswith(url):
            at = urllib.parse.unquote(whole[len(url) :])
            paths.append(at + "index.html" if at.endswith("/") or not at else at)
    return paths


def dangling(files, url):
    """Pairs of a file and a path that it names and that is not there. `files`: content by path; `url`: the site's address.

    Every page that is there, whoever may have kept its address, has its pictures, styles and scripts. What can be reached, from the home
    page, the sitemap and the pages of links, leads nowhere else but to what is there. (Pages that nobody can reach yet may name
    one another before all of them are there: somewhere it must begin.)
    """
    files = {path: content for path, content in files.items() if not path.startswith("safelight-state/")}
    names = {path: named(path, content, url) for path, content in files.items()}
    missing = [(path, at) for path, found in names.items() for at in found if at not in files and not at.endswith(".html")]
    reached, ahead = set(), [path for path in files if path in ("index.html", "404.html") or path.endswith(".xml") or path.startswith("g/")]
    while ahead:
        path = ahead.pop()
        if path in reached:
            continue
        reached.add(path)
        for at in names[path]:
            if at in files:
                ahead.append(at)
            elif at.endswith(".html"):
                missing.append((path, at))
    return missing
