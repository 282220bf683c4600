"""tools.py TOOL SET QUALITIES FOLDER PHOTO…: the same JPEGs by vipsthumbnail or GraphicsMagick, a process for each."""

import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

tool, wanted, qualities, _, *photos = sys.argv[1:]
quality = json.loads(qualities)["jpeg"]
environment = {**os.environ, "VIPS_CONCURRENCY": "1", "OMP_NUM_THREADS": "1"}
total = 0
with tempfile.TemporaryDirectory() as folder:
    for photo in photos:
        for width in wanted.split(":")[1].split(","):
            out = Path(folder, "out.jpg")
            if tool == "vipsthumbnail":
                command = [tool, photo, "--size", width, "-o", f"{out}[Q={quality},optimize_coding,strip]"]
            else:
                resize = ["-size", f"{width}x{width}", photo, "-filter", "Lanczos", "-resize", width, "+profile", "*"]
                command = ["gm", "convert", *resize, "-sampling-factor", "2x2", "-quality", str(quality), str(out)]
            subprocess.run(command, check=True, env=environment)
            total += out.stat().st_size

use = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({"cpu": use.ru_utime + use.ru_stime, "bytes": total, "peak_kb": use.ru_maxrss}))
