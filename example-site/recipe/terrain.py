"""Landscapes from height maps, seen through a level camera, with the air between.

For every column of the picture the ground is sampled along the ray, projected, and the running
maximum tells which sample a pixel sees: no ray is marched twice, and every pixel has its distance.
"""

import numpy as np
from scipy import ndimage

from darkroom import mix


class Ground:
    """A height map over a square of `extent` metres; heights in metres."""

    def __init__(self, heights, extent):
        self.heights = heights.astype(np.float32)
        self.extent = extent
        self.cell = extent / heights.shape[0]
        gy, gx = np.gradient(self.heights, self.cell)
        self.gx, self.gy = gx.astype(np.float32), gy.astype(np.float32)

    def sample(self, layer, x, y, order=1):
        return ndimage.map_coordinates(layer, [y / self.cell, x / self.cell], order=order, mode="grid-wrap" if order == 1 else "nearest", prefilter=False)

    def shadow(self, sun, reach, softness=0.03, steps=160):
        """How much of the sun reaches each cell, 0..1; `sun` points towards it."""
        flat = np.hypot(sun[0], sun[1])
        rise = sun[2] / flat
        dx, dy = sun[0] / flat, sun[1] / flat
        light = np.ones_like(self.heights)
        size = self.heights.shape[0]
        iy, ix = np.mgrid[0:size, 0:size].astype(np.float32)
        for step in range(1, steps + 1):
            distance = reach * (step / steps) ** 1.7
            k = distance / self.cell
            other = ndimage.shift(self.heights, (-dy * k, -dx * k), order=1, mode="nearest", prefilter=False)
            clearance = (self.heights + distance * rise - other) / distance
            np.minimum(light, np.clip(0.5 + clearance / (2 * softness), 0, 1), out=light)
        return light

    def openness(self, radius):
        """A cheap ambient occlusion: hollows are darker than crests."""
        mean = ndimage.gaussian_filter(self.heights, radius / self.cell)
        return np.clip(0.75 + (self.heights - mean) / (radius * 1.2), 0.25, 1.15)


class Camera:
    """Level camera: position in metres, heading in degrees (0 along +y, growing to the right), field of view across."""

    def __init__(self, x, y, z, heading, view, width, height, horizon=0.5, curved=False):
        self.x, self.y, self.z = x, y, z
        self.width, self.height = width, height
        self.horizon = horizon
        half = np.tan(np.radians(view) / 2)
        columns = (np.arange(width) + 0.5) / width * 2 - 1
        if curved:
            # A stitched panorama is cylindrical: equal angles take equal widths.
            angle = np.radians(heading) + columns * np.radians(view) / 2
            self.focal = width / np.radians(view)
            self.stretch = np.ones(width)
        else:
            angle = np.radians(heading) + np.arctan(columns * half)
            self.focal = width / 2 / half
            self.stretch = 1 / np.cos(angle - np.radians(heading))
        self.dx, self.dy = np.sin(angle).astype(np.float32), np.cos(angle).astype(np.float32)
        rows = horizon * height - (np.arange(height) + 0.5)
        self.slope = (rows[:, None] / self.focal / self.stretch[None, :]).astype(np.float32)

    def directions(self):
        """Unit vectors through every pixel."""
        norm = np.sqrt(1 + self.slope ** 2)
        return np.stack([self.dx[None, :] / norm, self.dy[None, :] / norm, self.slope / norm], -1)

    def hits(self, ground, near, far, samples, detail=None):
        """The horizontal distance of what each pixel sees, infinity for sky."""
        distances = (near * (far / near) ** np.linspace(0, 1, samples)).astype(np.float32)
        out = np.full((self.height, self.width), np.inf, np.float32)
        for start in range(0, self.width, 256):
            part = slice(start, min(start + 256, self.width))
            x = self.x + distances[None, :] * self.dx[part, None]
            y = self.y + distances[None, :] * self.dy[part, None]
            h = ground.sample(ground.heights, x, y)
            if detail is not None:
                h = h + detail(x, y, distances[None, :], h)
            outside = (x < 0) | (y < 0) | (x >= ground.extent - ground.cell) | (y >= ground.extent - ground.cell)
            slope = np.where(outside, -9, (h - self.z) / distances[None, :])
            top = np.maximum.accumulate(slope, axis=1)
            for i in range(top.shape[0]):
                wanted = self.slope[::-1, start + i]
                index = np.searchsorted(top[i], wanted, side="left")
                seen = index < samples
                j = np.clip(index, 1, samples - 1)
                low, high = top[i, j - 1], top[i, j]
                t = np.clip((wanted - low) / np.maximum(high - low, 1e-9), 0, 1)
                column = np.where(seen, mix(distances[j - 1], distances[j], t), np.inf)
                out[:, start + i] = column[::-1]
        return out

    def places(self, hits):
        finite = np.where(np.isfinite(hits), hits, 1.0)
        return self.x + finite * self.dx[None, :], self.y + finite * self.dy[None, :]


def air(camera, hits, clear, mist, mist_height, base=0.0):
    """How much light passes between the ground and the lens: even haze, and mist that lies low (both per metre)."""
    finite = np.where(np.isfinite(hits), hits, 60000.0)
    length = finite * np.sqrt(1 + camera.slope ** 2)
    z0 = camera.z - base
    dz = finite * camera.slope
    a, b = np.exp(-np.clip(z0, -500, None) / mist_height), np.exp(-np.clip(z0 + dz, -500, None) / mist_height)
    flat = np.abs(dz) < 1
    column = np.where(flat, a, (a - b) * mist_height / np.where(flat, 1, dz))
    return np.exp(-length * clear), np.exp(-length * mist * column)
