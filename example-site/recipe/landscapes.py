"""Mountains, snow and dunes: eroded noise, low sun, a lot of air."""

import numpy as np
from scipy import ndimage

from darkroom import blur, develop, fractal, lattice, mix, rgb, smoothstep
from terrain import Camera, Ground, air


def sun_vector(azimuth, elevation):
    a, e = np.radians(azimuth), np.radians(elevation)
    return np.array([np.sin(a) * np.cos(e), np.cos(a) * np.cos(e), np.sin(e)], np.float32)


def clouds(directions, seed, height=1.0, stretch=(1.0, 1.0), cover=0.5, soft=0.35, turn=0.0):
    """The share of cloud in each direction of the sky, from noise on a high plane."""
    up = np.maximum(directions[..., 2], 0.012)
    x, y = directions[..., 0] / up * height, directions[..., 1] / up * height
    c, s = np.cos(turn), np.sin(turn)
    x, y = (c * x - s * y) * stretch[0] + 40, (s * x + c * y) * stretch[1] + 40
    wx, _, _ = lattice(x * 0.7, y * 0.7, seed + 50)
    n = fractal(x + 0.5 * wx, y, 7, seed, gain=0.55)
    return smoothstep(cover - soft, cover + soft, n * 0.5 + 0.5) * smoothstep(0.0, 0.10, directions[..., 2])


def sky(directions, sun, zenith, horizon, glow, tightness=8.0):
    """A clear sky: a gradient, and light scattered forward around the sun."""
    up = np.clip(directions[..., 2], 0, 1)
    toward = np.clip(directions @ sun, -1, 1)
    base = mix(horizon, zenith, (1 - (1 - up) ** 5)[..., None])
    halo = np.exp((toward - 1) * tightness) * np.exp(-up * 2.2)
    return base + glow * halo[..., None]


def peaks(cells, extent, seed, relief, scale=4.2, damping=0.35, ridged=0.75):
    """A massif: ridged noise whose steep places stay smooth, with valleys pressed flat."""
    y, x = np.mgrid[0:cells, 0:cells].astype(np.float32) / cells * scale
    wx = fractal(x * 0.8 + 3, y * 0.8, 3, seed + 90)
    wy = fractal(x * 0.8, y * 0.8 + 7, 3, seed + 95)
    h = fractal(x + 0.28 * wx, y + 0.28 * wy, 11, seed, gain=0.5, damping=damping, ridged=ridged)
    h -= h.min()
    h /= h.max()
    return Ground(h ** 1.35 * relief, extent)


def rough(x, y, distance, size, seed):
    """Relief finer than the map, for the near ground; gone where a pixel would not show it."""
    n = fractal(x / size, y / size, 5, seed, gain=0.55, ridged=0.5)
    return n * size * 0.16 * np.exp(-distance / (size * 120))


def shade(ground, camera, hits, sun, radius, reach, softness):
    x, y = camera.places(hits)
    gx, gy = ground.sample(ground.gx, x, y), ground.sample(ground.gy, x, y)
    norm = 1 / np.sqrt(gx * gx + gy * gy + 1)
    facing = np.clip((-gx * sun[0] - gy * sun[1] + sun[2]) * norm, 0, 1)
    lit = ground.sample(ground.shadow(sun, reach, softness), x, y)
    open_sky = ground.sample(ground.openness(radius), x, y) * (0.5 + 0.5 * norm)
    return x, y, facing * lit, open_sky, norm, gx, gy


def dawn_ridges(width, height):
    """Range behind range before sunrise, mist in the valleys, the sun just under the last ridge."""
    ground = peaks(2048, 52000, 211, 2500, scale=7.5, damping=0.22)
    camera = Camera(26000, 3000, 2650, 8, 34, width, height, horizon=0.36)
    hits = camera.hits(ground, 500, 48000, 2600)
    sun = sun_vector(17, 4.2)
    x, y, direct, ambient, norm, gx, gy = shade(ground, camera, hits, sun, 700, 9000, 0.03)
    d = camera.directions()
    heaven = sky(d, sun, rgb(92, 122, 166) * 0.8, rgb(250, 214, 178) * 0.85, rgb(255, 176, 104) * 1.1, 14)
    veil = clouds(d, 33, 0.55, (0.35, 1.5), 0.62, 0.3, 0.4)
    heaven = mix(heaven, rgb(255, 196, 150) * 1.05, (veil * 0.5)[..., None])
    z = ground.sample(ground.heights, x, y)
    tint = fractal(x / 300, y / 300, 5, 7)
    rock = mix(rgb(74, 72, 74), rgb(56, 66, 54), smoothstep(0.0, 0.4, norm - 0.62 - z / 9000)[..., None]) * (1 + 0.25 * tint)[..., None]
    surface = rock * (direct[..., None] * rgb(255, 190, 130) * 3.0 + ambient[..., None] * rgb(120, 140, 178) * 0.55)
    clear, mist = air(camera, hits, 3.6e-5, 2.3e-4, 210, base=700)
    toward = np.clip(d @ sun, 0, 1)
    haze = mix(rgb(136, 152, 184) * 0.72, rgb(255, 190, 138) * 0.95, (toward ** 45)[..., None])
    fog = mix(rgb(170, 176, 196) * 0.8, rgb(255, 208, 168) * 1.0, (toward ** 30)[..., None])
    image = mix(fog, mix(haze, surface, clear[..., None]), mist[..., None])
    image = np.where(np.isfinite(hits)[..., None], image, heaven)
    return develop(image, 1, exposure=0.9, grain=0.014, vignette=0.35, glow=0.10, contrast=0.35, saturation=1.02,
                   shadows=(0.97, 0.99, 1.05), highlights=(1.02, 1.0, 0.97))


def snow_ground(seed):
    return peaks(2048, 26000, seed, 2900, scale=4.6, damping=0.3, ridged=0.8)


def snow_surface(x, y, z, norm, low, high, seed):
    """Rock where it is steep, snow where it lies, patches between."""
    patch = fractal(x / 260, y / 260, 7, seed, gain=0.6)
    lies = smoothstep(0.60, 0.78, norm + 0.13 * patch) * smoothstep(low, high, z + 260 * patch)
    grain = fractal(x / 60, y / 60, 4, seed + 20)
    rock = mix(rgb(70, 64, 60), rgb(104, 96, 90), smoothstep(-0.6, 0.6, grain)[..., None])
    return mix(rock, rgb(244, 246, 250), lies[..., None])


def high_valley(width, height):
    """A stitched panorama of a snowy range in clear afternoon light."""
    ground = snow_ground(640)
    camera = Camera(12800, 2600, 2300, 4, 96, width, height, horizon=0.46, curved=True)
    hits = camera.hits(ground, 250, 23000, 2800)
    sun = sun_vector(-66, 19)
    x, y, direct, ambient, norm, gx, gy = shade(ground, camera, hits, sun, 500, 6000, 0.02)
    d = camera.directions()
    heaven = sky(d, sun, rgb(58, 104, 172) * 0.8, rgb(188, 210, 232) * 0.95, rgb(255, 236, 206) * 0.5, 5)
    veil = clouds(d, 71, 0.5, (0.5, 1.1), 0.60, 0.26, 0.9)
    heaven = mix(heaven, rgb(250, 248, 246) * 1.0, (veil * 0.75)[..., None])
    z = ground.sample(ground.heights, x, y)
    surface = snow_surface(x, y, z, norm, 500, 1150, 5)
    forest = smoothstep(0.1, 0.5, fractal(x / 420, y / 420, 6, 88) + (950 - z) / 420) * smoothstep(0.55, 0.75, norm)
    surface = mix(surface, rgb(38, 50, 44) * (1 + 0.5 * fractal(x / 26, y / 26, 3, 12))[..., None], (forest * 0.9)[..., None])
    image = surface * (direct[..., None] * rgb(255, 232, 204) * 1.55 + ambient[..., None] * rgb(120, 152, 208) * 0.62)
    clear, mist = air(camera, hits, 2.6e-5, 6e-5, 260, base=300)
    haze = rgb(168, 192, 222) * 0.85
    image = mix(haze * 1.05, mix(haze, image, clear[..., None]), mist[..., None])
    image = np.where(np.isfinite(hits)[..., None], image, heaven)
    return develop(image, 2, exposure=0.78, grain=0.008, vignette=0.12, glow=0.05, contrast=0.4, saturation=1.05)


def first_snow(width, height):
    """One summit, upright, the last sun on its crest and the valley already blue."""
    ground = peaks(2600, 17000, 777, 3000, scale=3.0, damping=0.3, ridged=0.8)
    top = np.unravel_index(np.argmax(ndimage.gaussian_filter(ground.heights, 8)[900:2400, 500:2100]), (1500, 1600))
    px, py = (top[1] + 500) * ground.cell, (top[0] + 900) * ground.cell
    camera = Camera(px + 900, py - 5200, 1500, -8.5, 22.5, width, height, horizon=0.79)
    camera.z = max(camera.z, float(ground.sample(ground.heights, np.array([camera.x]), np.array([camera.y]))[0]) + 60)
    hits = camera.hits(ground, 400, 15000, 2600)
    sun = sun_vector(78, 9)
    x, y, direct, ambient, norm, gx, gy = shade(ground, camera, hits, sun, 420, 7000, 0.03)
    d = camera.directions()
    heaven = sky(d, sun, rgb(84, 108, 158) * 0.75, rgb(226, 196, 202) * 0.8, rgb(255, 190, 150) * 0.3, 3)
    veil = clouds(d, 12, 0.8, (0.7, 1.4), 0.66, 0.28, 0.2)
    heaven = mix(heaven, rgb(255, 204, 186) * 0.95, (veil * 0.55)[..., None])
    z = ground.sample(ground.heights, x, y)
    surface = snow_surface(x, y, z, norm, 650, 1250, 15)
    image = surface * (direct[..., None] * rgb(255, 178, 122) * 2.2 + ambient[..., None] * rgb(116, 142, 200) * 0.5)
    clear, mist = air(camera, hits, 4.0e-5, 3.0e-4, 200, base=700)
    haze = rgb(150, 160, 196) * 0.6
    image = mix(haze * 1.1, mix(haze, image, clear[..., None]), mist[..., None])
    image = np.where(np.isfinite(hits)[..., None], image, heaven)
    return develop(image, 3, exposure=0.95, grain=0.012, vignette=0.3, glow=0.08, contrast=0.35, saturation=1.0,
                   shadows=(0.97, 0.99, 1.04))


def dune_heights(cells, extent, seed):
    """Dunes: long windward slopes, short slip faces at the angle of repose, a crest line that wanders."""
    y, x = np.mgrid[0:cells, 0:cells].astype(np.float32) / cells * extent
    h = np.zeros_like(x)
    for size, share, turn, s in ((620, 1.0, 0.25, 0), (270, 0.34, -0.2, 3), (120, 0.10, 0.5, 6)):
        c, n = np.cos(turn), np.sin(turn)
        u, v = (c * x + n * y) / size, (c * y - n * x) / size
        u = u + 0.55 * fractal(u * 0.35, v * 0.3, 3, seed + s) + 0.20 * fractal(u * 0.5 + 5, v * 0.8, 2, seed + s + 20)
        phase = u - np.floor(u)
        wave = np.where(phase < 0.72, 0.5 - 0.5 * np.cos(np.pi * phase / 0.72), (1 - phase) / 0.28)
        tall = 0.55 + 0.45 * fractal(u * 0.22 + 9, v * 0.22, 2, seed + s + 40)
        h += wave * tall * size * 0.125 * share
    h += 14 * fractal(x / 900, y / 900, 3, seed + 70)
    return ndimage.gaussian_filter(h, 1.3)


def dunes(width, height):
    """Sand at the end of the day: one side of every crest in the sun."""
    ground = Ground(dune_heights(2600, 5200, 404), 5200)
    camera = Camera(2150, 700, 125, -4, 22, width, height, horizon=0.22)
    hits = camera.hits(ground, 120, 4300, 3200)
    sun = sun_vector(-64, 13)
    x, y, direct, ambient, norm, gx, gy = shade(ground, camera, hits, sun, 60, 700, 0.05)
    ripple_scale = np.exp(-np.where(np.isfinite(hits), hits, 1e5) / 700)
    bend = fractal(x / 40, y / 40, 3, 91) * 2.2
    ripple = np.sin(x * 2.2 + y * 0.5 + bend * 2.4) * ripple_scale
    d = camera.directions()
    heaven = sky(d, sun, rgb(120, 140, 170) * 0.8, rgb(236, 206, 176) * 0.85, rgb(255, 190, 130) * 0.4, 3)
    grain = fractal(x / 9, y / 9, 5, 23)
    sand = mix(rgb(196, 140, 92), rgb(214, 160, 108), smoothstep(-0.8, 0.8, fractal(x / 200, y / 200, 4, 41))[..., None])
    sand = sand * (1 + 0.03 * grain)[..., None]
    light = np.clip(direct * (1 + 0.35 * ripple), 0, None)
    image = sand * (light[..., None] * rgb(255, 196, 136) * 2.9 + ambient[..., None] * rgb(140, 142, 176) * 0.42)
    clear, mist = air(camera, hits, 9e-5, 1.2e-4, 30, base=0)
    haze = rgb(232, 190, 152) * 0.75
    image = mix(haze, image, (clear * mist)[..., None])
    image = np.where(np.isfinite(hits)[..., None], image, heaven)
    return develop(image, 4, exposure=0.85, grain=0.012, vignette=0.3, glow=0.05, contrast=0.4, saturation=0.98,
                   shadows=(1.0, 0.98, 1.02))
