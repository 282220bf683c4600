"""Renders one picture of the example at full size: render.py NAME OUT.jpg [SCALE]

SCALE (default 1) makes a smaller one to look at. Ray-traced pictures need `povray` and `convert`.
"""

import sys

import numpy as np

import darkroom
import landscapes
import still
import water_and_night

# Name: (how, width, height, JPEG quality)
PICTURES = {
    "dawn-ridges": (landscapes.dawn_ridges, 3300, 2200, 90),
    "high-valley": (landscapes.high_valley, 4500, 1500, 88),
    "first-snow": (landscapes.first_snow, 2100, 3150, 88),
    "dunes": (landscapes.dunes, 3300, 2200, 88),
    "evening-sea": (water_and_night.evening_sea, 3300, 2200, 89),
    "stacks": (water_and_night.stacks, 3000, 3000, 88),
    "milky-way": (water_and_night.milky_way, 2100, 3150, 86),
    "rainy-window": (water_and_night.rainy_window, 3300, 2200, 90),
    "vessels": (still.vessels, 2400, 3000, 90),
    "stairs": (still.stairs, 3000, 3000, 88),
    "eggs": (still.eggs, 3150, 2100, 90),
}

# The camera was held upright here: the frame is stored lying down, and `label.py` says so in its orientation.
TURNED = {"first-snow"}


def main():
    name, out = sys.argv[1], sys.argv[2]
    scale = float(sys.argv[3]) if len(sys.argv) > 3 else 1.0
    how, width, height, quality = PICTURES[name]
    pixels = how(round(width * scale), round(height * scale))
    if name in TURNED:
        pixels = np.rot90(pixels)
    darkroom.save(pixels, out, quality)


main()
