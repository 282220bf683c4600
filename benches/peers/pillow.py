"""pillow.py MODE SET QUALITIES FOLDER PHOTO…: the same derivatives by Pillow.

MODE is `draft` (reduced while decoding, each width from the next larger one) or `usual` (each from the full size).
"""

import io
import json
import resource
import sys
from pathlib import Path

from PIL import Image

mode, wanted, qualities, folder, *photos = sys.argv[1:]
quality = json.loads(qualities)
formats: dict[int, list[str]] = {}
for part in wanted.split(";"):
    name, widths = part.split(":")
    for width in widths.split(","):
        formats.setdefault(int(width), []).append(name)

total = 0
for number, photo in enumerate(photos):
    with Image.open(photo) as picture:
        size = picture.size
        if mode == "draft":
            picture.draft("RGB", (max(formats), 1))
        picture.load()
        previous = picture
        for width in sorted(formats, reverse=True):
            height = round(size[1] * width / size[0])
            small = (previous if mode == "draft" else picture).resize((width, height), Image.Resampling.LANCZOS)
            previous = small
            for name in formats[width]:
                out = io.BytesIO()
                if name == "jpeg":
                    small.save(out, "JPEG", quality=quality["jpeg"], optimize=True, subsampling="4:2:0")
                elif name == "webp":
                    small.save(out, "WEBP", quality=quality["webp"], method=4)
                else:
                    small.save(out, "AVIF", quality=quality["avif"], speed=9, max_threads=1)
                total += out.tell()
                if folder != "-":
                    Path(folder, f"{number:03}-{width}.{name}").write_bytes(out.getvalue())

use = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"cpu": use.ru_utime + use.ru_stime, "bytes": total, "peak_kb": use.ru_maxrss}))
