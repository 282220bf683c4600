"""The sea, the stars, and the lights of a town through a wet window."""

import numpy as np
from scipy import ndimage

from darkroom import blur, develop, fractal, lattice, mix, rgb, rng, smoothstep, spectral, wide_blur
from landscapes import clouds, peaks, sky, sun_vector
from terrain import Camera, Ground, air


def wave_slopes(size, wind, seed):
    """Slopes of a wind sea on a tile of one kilometre, from a Phillips spectrum."""
    tile = 420.0
    k = np.fft.fftfreq(size) * size * 2 * np.pi / tile
    kx, ky = k[None, :], k[:, None]
    length = np.hypot(kx, ky)
    length[0, 0] = 1
    largest = wind ** 2 / 9.81
    along = (kx * 0.25 + ky * 0.97) / length
    power = np.exp(-1 / (length * largest) ** 2) / length ** 4 * (0.12 + along ** 2) * np.exp(-(length * 0.08) ** 2)
    power[0, 0] = 0
    random = rng(seed)
    noise = random.standard_normal((size, size)) + 1j * random.standard_normal((size, size))
    h = noise * np.sqrt(power)
    sx, sy = np.real(np.fft.ifft2(1j * kx * h)), np.real(np.fft.ifft2(1j * ky * h))
    norm = np.sqrt((sx ** 2 + sy ** 2).mean())
    return (sx / norm).astype(np.float32), (sy / norm).astype(np.float32), tile


def sea_light(camera, distance, slopes, steep, heaven_of, deep, sun, blaze, seed):
    """What a rough sea sends to the lens: sky in facets, and glitter where a facet catches the sun."""
    sx, sy, tile = slopes
    size = sx.shape[0]
    d = camera.directions()
    x, y = camera.x + distance * camera.dx[None, :], camera.y + distance * camera.dy[None, :]

    def read(layer, px, py, level):
        smooth = ndimage.gaussian_filter(layer, level, mode="wrap") if level else layer
        cell = tile / size
        return ndimage.map_coordinates(smooth, [py / cell % size, px / cell % size], order=1, mode="grid-wrap", prefilter=False)

    # Far away a pixel covers many waves: their mean slope shrinks and their spread turns into roughness.
    covered = distance ** 2 / (camera.focal * camera.z) / (tile / size)
    near, far = smoothstep(1.0, 4.0, covered), smoothstep(4.0, 22.0, covered)
    nx = mix(mix(read(sx, x, y, 0), read(sx, x, y, 2), near), read(sx, x * 0.37, y * 0.37, 3), far)
    ny = mix(mix(read(sy, x, y, 0), read(sy, x, y, 2), near), read(sy, x * 0.37, y * 0.37, 3), far)
    nx, ny = nx * steep, ny * steep
    norm = 1 / np.sqrt(nx * nx + ny * ny + 1)
    n = np.stack([-nx * norm, -ny * norm, norm], -1)
    facing = np.clip(-(d * n).sum(-1), 0.02, 1)
    reflected = d + 2 * facing[..., None] * n
    reflected[..., 2] = np.abs(reflected[..., 2]) + 0.02
    reflected /= np.linalg.norm(reflected, axis=-1, keepdims=True)
    fresnel = np.clip(0.02 + 0.98 * (1 - facing) ** 5, 0, 0.85)
    light = mix(deep, heaven_of(reflected), fresnel[..., None])
    if blaze is not None:
        half = sun - d
        half /= np.linalg.norm(half, axis=-1, keepdims=True)
        align = (half * n).sum(-1)
        spread = 0.0012 + 0.012 * far + 0.004 * near
        glint = np.exp((align - 1) / spread) * (0.0012 / spread) ** 0.5
        light = light + blaze * (glint * (0.3 + fresnel))[..., None]
    return light


def evening_sea(width, height):
    """Open water after a windy day, the sun behind thin cloud just over the horizon."""
    camera = Camera(0, 0, 7.5, 0, 44, width, height, horizon=0.42)
    sun = sun_vector(7, 5.0)
    d = camera.directions()

    def heaven(v):
        base = sky(v, sun, rgb(70, 96, 146) * 0.55, rgb(246, 186, 140) * 0.85, rgb(255, 168, 96) * 1.5, 16)
        bank = clouds(v, 61, 0.9, (0.55, 1.25), 0.50, 0.22, 0.15)
        toward = np.clip(v @ sun, 0, 1)
        lit = mix(rgb(112, 104, 128) * 0.55, rgb(255, 170, 110) * 1.25, (toward ** 6)[..., None])
        return mix(base, lit, (bank * 0.85)[..., None])

    down = np.minimum(camera.slope, -0.0004)
    distance = np.minimum(camera.z / -down, 18000)
    slopes = wave_slopes(1024, 9.0, 5)
    water = sea_light(camera, distance, slopes, 0.16, heaven, rgb(16, 40, 56) * 0.55, sun, rgb(255, 186, 120) * 9, 3)
    clear = np.exp(-distance * 6e-5)[..., None]
    above = heaven(d)
    rim = above[np.argmax(camera.slope[:, 0] < 0) - 2][None]
    water = mix(rim, water, clear)
    cover = np.clip(0.5 + camera.slope * camera.focal, 0, 1)[..., None]
    image = mix(water, above, cover)
    disc = np.exp(-np.arccos(np.clip(d @ sun, -1, 1)) ** 2 / (2 * 0.0045 ** 2))
    image = image + rgb(255, 214, 160) * (disc * 5 * cover[..., 0])[..., None]
    return develop(image, 5, exposure=0.85, grain=0.013, vignette=0.35, glow=0.12, contrast=0.4, saturation=1.02,
                   shadows=(0.96, 0.99, 1.05))


def stacks(width, height):
    """Rocks in the surf, three minutes with a grey filter: water turns to smoke. Black and white."""
    size, extent = 1400, 420.0
    y, x = np.mgrid[0:size, 0:size].astype(np.float32) / size * extent
    wx, wy = fractal(x / 24, y / 24, 5, 31) * 5, fractal(x / 24 + 9, y / 24, 5, 35) * 5
    h = np.full_like(x, -3.0)
    for cx, cy, radius, tall in ((186, 205, 9, 25), (193, 208, 7, 17), (214, 226, 6, 17), (226, 196, 4.0, 3.0), (168, 176, 4, 2.6), (252, 310, 10, 21), (200, 178, 4, 2.2), (133, 300, 8, 9)):
        r = np.hypot(x + wx - cx, (y + wy - cy) * 0.8) / radius
        h = np.maximum(h, tall * (1 - smoothstep(0.55, 1.25, r)) * (1 + 0.30 * fractal(x / 6, y / 6, 5, 77, ridged=0.5)) - 1.5 * r)
    strata = fractal(x / 5, y / 5, 6, 44, gain=0.6, ridged=0.6)
    h = h + strata * np.clip(h, 0, 6) * 0.17
    ground = Ground(h, extent)
    camera = Camera(200, 60, 9, 1.5, 40, width, height, horizon=0.47)
    hits = camera.hits(ground, 20, 350, 2400)
    down = np.where(camera.slope < -0.0008, camera.slope, -0.0008)
    water_at = np.minimum(camera.z / -down, 12000)
    d = camera.directions()
    sun = sun_vector(-50, 35)
    drift = clouds(d, 19, 0.7, (0.30, 0.55), 0.50, 0.5, -0.5)
    streak = clouds(d, 29, 0.5, (0.10, 1.3), 0.5, 0.5, 1.15)
    grey = mix(0.30, 0.80, drift * 0.6 + streak * 0.4) * mix(1.0, 0.55, smoothstep(0.0, 0.45, d[..., 2]))
    heaven = grey[..., None] * np.ones(3, np.float32)
    # Long exposure: the sea keeps the mean of the sky, and foam leaves a soft veil round each rock.
    wetx, wety = camera.x + water_at * camera.dx, camera.y + water_at * camera.dy
    foam = ndimage.gaussian_filter((ground.heights > -1.2).astype(np.float32), 16) * 1.6 + ndimage.gaussian_filter((ground.heights > -0.4).astype(np.float32), 4) * 0.5
    veil = ndimage.map_coordinates(foam, [np.clip(wety / ground.cell, 0, size - 1), np.clip(wetx / ground.cell, 0, size - 1)], order=1, prefilter=False)
    veil *= (wety < extent - 5) * (0.75 + 0.35 * fractal(wetx / 16, wety / 16, 5, 66))
    sheet = 0.40 + 0.10 * fractal(wetx / 60, wety / 25, 4, 55) * np.exp(-water_at / 300)
    far_glow = np.exp(-((np.arcsin(-d[..., 2])) / 0.06))
    sheet = mix(sheet * mix(1.0, 0.42, smoothstep(0.02, 0.40, -d[..., 2])), 0.62, far_glow)
    sea = mix(sheet, 0.86, np.clip(veil, 0, 1) * 0.8)
    px, py = camera.places(hits)
    gx, gy = ground.sample(ground.gx, px, py), ground.sample(ground.gy, px, py)
    norm = 1 / np.sqrt(gx * gx + gy * gy + 1)
    direct = np.clip((-gx * sun[0] - gy * sun[1] + sun[2]) * norm, 0, 1) * ground.sample(ground.shadow(sun, 40, 0.15, 60), px, py)
    z = ground.sample(ground.heights, px, py)
    rock = (0.075 + 0.04 * fractal(px / 1.3, (py + z * 2) / 1.3, 5, 99, gain=0.65)) * (0.30 + 2.4 * direct + 0.5 * norm)
    rock = rock * mix(0.45, 1.0, smoothstep(0.3, 2.0, z))
    rock = mix(rock, 0.6, np.clip(1 - z / 2.4, 0, 1) ** 2 * 0.65)
    on_rock = np.isfinite(hits) & (z > 0.02)
    edge = blur(on_rock.astype(np.float32), 0.8)
    cover = np.clip(0.5 + camera.slope * camera.focal / 3, 0, 1)
    # What three minutes leave of the reflections: a soft dark shape drawn downwards.
    drawn = ndimage.gaussian_filter(on_rock.astype(np.float32), (height * 0.045, height * 0.006))
    drawn = np.roll(drawn, int(height * 0.075), axis=0)
    sea = sea * (1 - 0.42 * np.clip(drawn, 0, 1) * (1 - 0.7 * np.clip(veil, 0, 1)))
    scene = mix(sea, heaven[..., 0], cover)
    scene = mix(scene, rock * np.exp(-hits.clip(0, 400) / 900) + 0.05 * (1 - np.exp(-hits.clip(0, 400) / 500)), np.where(on_rock, edge, 0))
    image = np.clip(scene, 0, None)[..., None] * np.ones(3, np.float32)
    return develop(image, 6, exposure=0.9, grain=0.022, vignette=0.6, glow=0.08, contrast=0.55, saturation=0.0,
                   highlights=(1.0, 0.995, 0.985))


def star_field(width, height, seed, count, band, centre, angle, scale):
    """Stars of a power law of brightness, denser along the Milky Way, each a small soft disc."""
    random = rng(seed)
    image = np.zeros((height, width, 3), np.float32)
    x, y = random.uniform(0, width, count * 3), random.uniform(0, height, count * 3)
    keep = random.uniform(0, 1, count * 3) < 0.25 + 0.75 * band[y.astype(int), x.astype(int)]
    x, y = x[keep][:count], y[keep][:count]
    flux = 0.012 * random.pareto(1.15, x.size).clip(0, 260) + 0.006
    warmth = random.normal(0, 1, x.size)
    colour = np.stack([1 + 0.16 * warmth, np.ones_like(warmth), 1 - 0.20 * warmth], -1).clip(0.5, 1.5)
    for sigma, low, high in ((0.75, 0, 0.5), (1.0, 0.5, 2.0), (1.5, 2.0, 99)):
        layer = np.zeros_like(image)
        chosen = (flux >= low) & (flux < high)
        np.add.at(layer, (y[chosen].astype(int), x[chosen].astype(int)), (flux[chosen, None] * colour[chosen]).astype(np.float32))
        s = sigma * scale
        image += blur(layer, max(s, 0.55)) * (2 * np.pi * max(s, 0.55) ** 2)
    return image


def milky_way(width, height):
    """The Milky Way over a dark range, twenty seconds at f/1.8."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    scale = height / 3600
    u, v = x / height, y / height
    angle = np.radians(62)
    cx, cy = 0.36, 0.44
    along = (u - cx) * np.cos(angle) + (v - cy) * np.sin(angle)
    across = -(u - cx) * np.sin(angle) + (v - cy) * np.cos(angle) + 0.04 * fractal(along * 3, along * 0 + 3.0, 2, 8)
    bulge = np.exp(-((along - 0.12) / 0.25) ** 2)
    width_of = 0.085 + 0.07 * bulge
    band = np.exp(-(across / width_of) ** 2) * (0.55 + 0.55 * bulge)
    cloud = fractal(u * 7, v * 7, 8, 14, gain=0.58)
    fine = fractal(u * 26, v * 26, 6, 24, gain=0.6)
    lanes = smoothstep(-0.15, 0.95, 0.9 * fractal(along * 6 + 5, across * 13, 9, 47, gain=0.62) + 0.62 * np.exp(-((across - 0.012) / 0.045) ** 2) - 0.15)
    glowing = band * (0.75 + 0.45 * cloud + 0.15 * fine) * (1 - 0.82 * lanes * np.exp(-(across / 0.11) ** 2))
    glowing = np.clip(glowing, 0, None)
    stars = star_field(width, height, 90, 26000, np.clip(band * (1 - 0.6 * lanes), 0, 1), None, None, scale * 1.25)
    milk = mix(rgb(150, 164, 200), rgb(236, 206, 174), np.clip(bulge * band, 0, 1)[..., None])
    base = mix(rgb(16, 22, 40), rgb(44, 58, 72), smoothstep(0.35, 0.95, v)[..., None])
    airglow = rgb(84, 110, 86) * (0.22 * smoothstep(0.50, 0.92, v) * (0.8 + 0.25 * fractal(u * 2.2, v * 7, 4, 3)))[..., None]
    town = rgb(255, 176, 96) * (0.30 * np.exp(-((u - 0.60) / 0.22) ** 2) * np.exp(-((0.90 - v) / 0.085).clip(0, 9)))[..., None]
    image = base * 0.9 + airglow + town + milk * (glowing * 0.27)[..., None] + stars * 0.9 * (1 - 0.7 * smoothstep(0.72, 0.9, v))[..., None]
    def skyline(base_line, rough_by, seed, slope):
        c = np.arange(width, dtype=np.float32) / height
        ridge = fractal(c * 3.4, c * 0 + 1.5, 10, seed, gain=0.5, ridged=0.35)
        return (base_line - rough_by * ridge + slope * c)[None, :]
    for line, rough_by, seed, slope, tone in ((0.885, 0.030, 5, 0.015, rgb(24, 30, 38) * 0.9), (0.93, 0.045, 25, -0.05, rgb(10, 12, 15))):
        mask = smoothstep(-1.2 / height, 1.2 / height, v - skyline(line, rough_by, seed, slope))
        image = mix(image, tone * (1 + 0.15 * fractal(u * 30, v * 30, 4, 9))[..., None], mask[..., None])
    return develop(image, 7, exposure=1.5, grain=0.020, vignette=0.55, glow=0.10, contrast=0.35, saturation=1.0, softness=0.5)


def disc(radius, blades, turn, rim, cut):
    """The image of a point of light out of focus: the iris's shape, a brighter rim, cut by the lens barrel."""
    n = int(np.ceil(radius)) * 2 + 5
    y, x = (np.mgrid[0:n, 0:n] - (n - 1) / 2).astype(np.float32)
    r, a = np.hypot(x, y), np.arctan2(y, x) + turn
    sector = 2 * np.pi / blades
    polygon = r * mix(1.0, np.cos((a % sector) - sector / 2) / np.cos(sector / 2), 0.55)
    inside = 1 - smoothstep(radius - 1.6, radius + 0.6, polygon)
    shape = inside * (0.75 + rim * smoothstep(0.72, 0.97, polygon / radius))
    if cut is not None:
        shape *= 1 - smoothstep(radius * 1.0 - 1.5, radius * 1.0 + 1.5, np.hypot(x - cut[0] * radius, y - cut[1] * radius) / 1.12)
    return shape


def rainy_window(width, height):
    """A street after rain, seen through the drops on a tram's window: the drops are sharp, the town is not."""
    random = rng(2024)
    scale = width / 3600
    town = np.zeros((height, width, 3), np.float32)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    u, v = x / width, y / height
    town += mix(rgb(26, 32, 52), rgb(52, 40, 42), smoothstep(0.1, 0.9, v)[..., None]) * 0.55
    town += rgb(255, 150, 70) * (0.16 * np.exp(-((v - 0.56) / 0.13) ** 2) * (0.8 + 0.4 * fractal(u * 3, v * 3, 3, 4)))[..., None]
    town += rgb(70, 110, 170) * (0.10 * np.exp(-((u - 0.16) / 0.2) ** 2 - ((v - 0.3) / 0.3) ** 2))[..., None]
    palette = [(255, 168, 84), (255, 190, 120), (255, 214, 160), (255, 92, 58), (255, 70, 60), (120, 220, 170), (150, 190, 255), (255, 236, 210)]
    odds = np.array([0.27, 0.2, 0.14, 0.09, 0.10, 0.06, 0.07, 0.07])
    lights = []
    for _ in range(85):
        lane = random.choice(3, p=[0.5, 0.3, 0.2])
        py = {0: random.normal(0.56, 0.045), 1: random.normal(0.40, 0.10), 2: random.normal(0.72, 0.07)}[lane]
        px = random.uniform(-0.03, 1.03) if lane else 0.5 + random.normal(0, 0.30)
        colour = rgb(*palette[random.choice(len(palette), p=odds)])
        lights.append((px, py, colour, random.uniform(0.55, 1.15), random.lognormal(-1.3, 0.7)))
    for px, py, colour, size, power in lights:
        radius = 98 * size * scale
        offset = ((px - 0.5) * -0.55, (py - 0.5) * -0.35)
        stamp = disc(radius, 9, 0.3, 0.35, offset) * power
        n = stamp.shape[0]
        top, left = int(py * height) - n // 2, int(px * width) - n // 2
        t0, l0, t1, l1 = max(top, 0), max(left, 0), min(top + n, height), min(left + n, width)
        if t1 > t0 and l1 > l0:
            town[t0:t1, l0:l1] += stamp[t0 - top:t1 - top, l0 - left:l1 - left, None] * colour
    # Wet asphalt: the lights again below, drawn long.
    mirror = blur(town[::-1], 1)
    mirror = np.stack([ndimage.gaussian_filter(mirror[..., c], (150 * scale, 26 * scale)) for c in range(3)], -1)
    shift = int(0.24 * height)
    mirror = np.roll(mirror, shift, axis=0)
    town += mirror * (0.55 * smoothstep(0.60, 0.76, v))[..., None]
    town = wide_blur(town, 5 * scale)
    # The drops: lenses that show the town upside down and smaller, dark at the rim, with a spark from a lamp.
    heights = np.zeros((height, width), np.float32)
    drops = []
    for _ in range(2600):
        drops.append((random.uniform(0, width), random.uniform(0, height), (3 + 9 * random.pareto(2.0)) * scale))
    for _ in range(7):
        px, py, r = random.uniform(0.05, 0.95) * width, random.uniform(0.0, 0.4) * height, random.uniform(20, 34) * scale
        length = random.uniform(0.25, 0.6) * height
        for t in np.linspace(0, 1, 60):
            if random.uniform() < 0.5:
                drops.append((px + 10 * scale * np.sin(t * 7) + random.normal(0, 3 * scale), py + t * length, r * random.uniform(0.10, 0.34)))
        drops.append((px, py + length, r * 1.35))
    for px, py, r in drops:
        r = min(r, 60 * scale)
        n = int(r * 1.7) + 3
        t0, l0, t1, l1 = max(int(py) - n, 0), max(int(px) - n, 0), min(int(py) + n, height), min(int(px) + n, width)
        if t1 <= t0 or l1 <= l0:
            continue
        yy, xx = np.mgrid[t0:t1, l0:l1].astype(np.float32)
        dx, dy = (xx - px) / r, (yy - py) / (r * random.uniform(1.0, 1.22))
        turn = np.arctan2(dy, dx)
        wobble = 1 + 0.09 * np.sin(2 * turn + random.uniform(0, 6.3)) + 0.035 * np.sin(3 * turn + random.uniform(0, 6.3))
        inside = np.clip(1 - (dx * dx + dy * dy) / wobble ** 2, 0, None)
        heights[t0:t1, l0:l1] = np.maximum(heights[t0:t1, l0:l1], inside ** 0.8 * r * 0.62)
    heights = blur(heights, max(1.2 * scale, 0.4))
    gy, gx = np.gradient(heights)
    wet = smoothstep(0.02, 0.6, heights / scale)
    bend = 620 * scale
    sx, sy = np.clip(x - gx * bend, 0, width - 1), np.clip(y - gy * bend, 0, height - 1)
    seen = np.stack([ndimage.map_coordinates(town[..., c], [sy, sx], order=1, mode="reflect", prefilter=False) for c in range(3)], -1)
    steep = np.hypot(gx, gy)
    lens = seen * (1.2 * np.exp(-(steep / 1.15) ** 2) + 0.32)[..., None]
    spark = np.exp(-((gx + 0.45) ** 2 + (gy + 0.75) ** 2) / 0.02) * wet
    lens += rgb(255, 220, 180) * (spark * 1.2)[..., None]
    haze = wide_blur(town, 60 * scale) * 0.35 + town * 0.65
    image = mix(haze, lens, wet[..., None])
    return develop(image, 8, exposure=1.15, grain=0.016, vignette=0.45, glow=0.14, contrast=0.35, saturation=1.08,
                   shadows=(0.97, 0.99, 1.06))
