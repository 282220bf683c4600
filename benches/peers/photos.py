#!/usr/bin/env python3
"""photos.py FOLDER PHOTO…: 24 photographs of 6000 x 4000 pixels to measure with, from photographs of any size.

Each is filled to 3:2, enlarged, given the noise of a sensor, and written with the quality and the subsampling of a
camera, so that files have 6 to 15 MB. The noise is seeded: the same photographs give the same files.
Needs Pillow and numpy.
"""

import random
import sys
from pathlib import Path

import numpy
from PIL import Image, ImageOps

SIZE = (6000, 4000)


def main() -> None:
    folder, photos = Path(sys.argv[1]), sys.argv[2:]
    if not photos:
        sys.exit(__doc__)
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(24):
        with Image.open(photos[number % len(photos)]) as picture:
            picture = ImageOps.fit(picture.convert("RGB"), SIZE, Image.Resampling.LANCZOS)
        if number >= len(photos):
            picture = ImageOps.mirror(picture)
        chance = numpy.random.default_rng(number)
        sigma = random.Random(number).uniform(3.0, 5.5)
        pixels = numpy.asarray(picture, dtype=numpy.float32)
        # One noise for the three channels, as luma noise is; chroma noise is taken out by cameras.
        pixels = pixels + chance.standard_normal((SIZE[1], SIZE[0], 1), dtype=numpy.float32) * sigma
        noisy = Image.fromarray(pixels.clip(0, 255).astype(numpy.uint8))
        quality = 92 + number % 4
        path = folder / f"photo-{number:02}.jpg"
        noisy.save(path, quality=quality, subsampling="4:2:0", optimize=False)
        print(path, path.stat().st_size)


main()
