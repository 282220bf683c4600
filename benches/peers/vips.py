"""vips.py MODE SET QUALITIES FOLDER PHOTO…: the same derivatives by pyvips, one thumbnail for each width."""

import json
import os
import resource
import sys
from pathlib import Path

os.environ["VIPS_CONCURRENCY"] = "1"
import pyvips  # noqa: E402  (the variable is read when the library is loaded)

_, wanted, qualities, folder, *photos = sys.argv[1:]
quality = json.loads(qualities)
pyvips.cache_set_max(0)
total = 0
for number, photo in enumerate(photos):
    for part in wanted.split(";"):
        name, widths = part.split(":")
        for width in map(int, widths.split(",")):
            small = pyvips.Image.thumbnail(photo, width)
            if name == "jpeg":
                data = small.jpegsave_buffer(Q=quality["jpeg"], optimize_coding=True, keep="none")
            elif name == "webp":
                data = small.webpsave_buffer(Q=quality["webp"], effort=4, keep="none")
            else:
                data = small.heifsave_buffer(Q=quality["avif"], compression="av1", effort=0, keep="none")
            total += len(data)
            if folder != "-":
                Path(folder, f"{number:03}-{width}.{name}").write_bytes(data)

use = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"cpu": use.ru_utime + use.ru_stime, "bytes": total, "peak_kb": use.ru_maxrss}))
