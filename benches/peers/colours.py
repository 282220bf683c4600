#!/usr/bin/env python3
"""colours.py SAFELIGHT PROFILE…: colours of embedded profiles beside what Little CMS makes of them.

SAFELIGHT is a release binary, PROFILE an ICC profile for RGB or CMYK. A chart of flat patches with the profile (17³ colours,
or 9⁴ inks and as many random ones) goes through `safelight build` to a JPEG of quality 100 and, decoded, through Pillow's ImageCms
(lcms2, perceptual, its own sRGB), there too by way of a JPEG of quality 100. The table gives ΔE 2000 between the two, and
between lcms2 before and after its JPEG: what the rounding of Y'CbCr costs anybody.
Needs Pillow, numpy and scikit-image.
"""

import io
import itertools
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms
from skimage.color import deltaE_ciede2000, rgb2lab

PATCH, ACROSS = 16, 96
SITE = f'title = "Bench"\n[images]\nformats = ["jpeg"]\nquality = 100\nwidths = [{PATCH * ACROSS}]\n'


def chart(channels: int) -> Image.Image:
    steps = np.linspace(0, 255, 17 if channels == 3 else 9).round().astype(np.uint8)
    colours = np.array(list(itertools.product(steps, repeat=channels)), np.uint8)
    if channels == 4:
        colours = np.concatenate([colours, np.random.default_rng(1).integers(0, 256, colours.shape, dtype=np.uint8)])
    missing = -len(colours) % ACROSS
    colours = np.concatenate([colours, np.zeros((missing, channels), np.uint8)]).reshape(-1, ACROSS, channels)
    return Image.fromarray(colours.repeat(PATCH, 0).repeat(PATCH, 1), "RGB" if channels == 3 else "CMYK")


def centres(picture: Image.Image) -> np.ndarray:
    pixels = np.asarray(picture.convert("RGB")).reshape(-1, PATCH, ACROSS, PATCH, 3)
    return rgb2lab(pixels[:, 5:11, :, 5:11].mean((1, 3)) / 255)


def through_jpeg(picture: Image.Image) -> Image.Image:
    packed = io.BytesIO()
    picture.save(packed, "JPEG", quality=100, subsampling=0)
    return Image.open(packed)


def main() -> None:
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    program = Path(sys.argv[1]).resolve()
    for profile in sys.argv[2:]:
        icc = Path(profile).read_bytes()
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder, "galleries", "chart", "chart.jpg")
            source.parent.mkdir(parents=True)
            Path(folder, "site.toml").write_text(SITE)
            chart(4 if icc[16:20] == b"CMYK" else 3).save(source, quality=100, subsampling=0, icc_profile=icc)
            subprocess.run([program, "build"], cwd=folder, check=True, capture_output=True)
            made = max(Path(folder, "public", "img").rglob("*.jpg"), key=lambda path: path.stat().st_size)
            ours = centres(Image.open(made))
            srgb = ImageCms.createProfile("sRGB")
            lcms = ImageCms.profileToProfile(Image.open(source), io.BytesIO(icc), srgb, outputMode="RGB")
        rounded = centres(through_jpeg(lcms))
        print(f"{Path(profile).name}, lcms2 {ImageCms.core.littlecms_version}")
        for name, one, other in (("safelight", ours, rounded), ("JPEG alone", centres(lcms), rounded)):
            apart = deltaE_ciede2000(one, other).ravel()
            middle, far, worst = np.percentile(apart, [50, 99, 100])
            print(f"  {name:10} mean {apart.mean():.2f}  median {middle:.2f}  99 % {far:.2f}  worst {worst:.2f}")


if __name__ == "__main__":
    main()
