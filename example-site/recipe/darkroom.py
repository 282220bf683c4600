"""What every picture of the example goes through: noise, tone, lens, film.

All of it is deterministic: every random number comes from a generator with a stated seed.
Pictures are float32 arrays of linear light, shape (height, width, 3).
"""

import numpy as np
from PIL import Image
from scipy import ndimage


def rng(seed):
    """A generator whose numbers depend on the seed alone."""
    return np.random.Generator(np.random.PCG64(seed))


def spectral(shape, slope, seed, stretch=(1.0, 1.0)):
    """Noise whose amplitude falls with frequency as f**-slope; mean 0, deviation 1, tileable."""
    height, width = shape
    fy = np.fft.fftfreq(height)[:, None] * height * stretch[0]
    fx = np.fft.rfftfreq(width)[None, :] * height * stretch[1]
    radius = np.hypot(fy, fx)
    radius[0, 0] = 1.0
    noise = np.fft.rfft2(rng(seed).standard_normal(shape))
    out = np.fft.irfft2(noise * radius ** -slope * (radius > 0.5), s=shape)
    out -= out.mean()
    return (out / out.std()).astype(np.float32)


_TABLES = {}


def lattice(x, y, seed):
    """Value noise in [-1, 1] with both derivatives, at any points."""
    table = _TABLES.setdefault(seed, rng(seed).uniform(-1, 1, (256, 256)).astype(np.float32))
    ix, iy = np.floor(x), np.floor(y)
    fx, fy = (x - ix).astype(np.float32), (y - iy).astype(np.float32)
    ix, iy = ix.astype(np.int64) & 255, iy.astype(np.int64) & 255
    jx, jy = (ix + 1) & 255, (iy + 1) & 255
    a, b, c, d = table[iy, ix], table[iy, jx], table[jy, ix], table[jy, jx]
    ux = fx * fx * fx * (fx * (fx * 6 - 15) + 10)
    uy = fy * fy * fy * (fy * (fy * 6 - 15) + 10)
    dux = 30 * fx * fx * (fx * (fx - 2) + 1)
    duy = 30 * fy * fy * (fy * (fy - 2) + 1)
    k1, k2, k3 = b - a, c - a, a - b - c + d
    return a + k1 * ux + k2 * uy + k3 * ux * uy, dux * (k1 + k3 * uy), duy * (k2 + k3 * ux)


def fractal(x, y, octaves, seed, gain=0.5, damping=0.0, ridged=0.0):
    """Octaves of value noise. `damping` keeps steep places smooth, as erosion does; `ridged` sharpens crests."""
    total = np.zeros_like(x, dtype=np.float32)
    gx = np.zeros_like(total)
    gy = np.zeros_like(total)
    amplitude = 1.0
    for octave in range(octaves):
        n, dx, dy = lattice(x, y, seed + octave)
        gx += dx
        gy += dy
        n = (1 - ridged) * n + ridged * (1 - 2 * np.abs(n))
        total += amplitude * n / (1 + damping * (gx * gx + gy * gy))
        amplitude *= gain
        x, y = 1.6 * x - 1.2 * y + 17.3, 1.2 * x + 1.6 * y - 9.1
    return total


def smoothstep(low, high, value):
    t = np.clip((value - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def mix(a, b, t):
    return a + (b - a) * t


def rgb(*values):
    """An sRGB colour 0..255 as linear light."""
    v = np.array(values, dtype=np.float32) / 255
    return np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4).astype(np.float32)


def blur(image, sigma):
    if image.ndim == 2:
        return ndimage.gaussian_filter(image, sigma, mode="nearest", truncate=3)
    return np.stack([ndimage.gaussian_filter(image[..., c], sigma, mode="nearest", truncate=3) for c in range(image.shape[-1])], -1)


def wide_blur(image, sigma):
    """A blur of large radius, made on a reduced picture."""
    step = max(1, int(sigma / 4))
    if step == 1:
        return blur(image, sigma)
    small = np.stack([np.asarray(Image.fromarray(image[..., c]).reduce(step)) for c in range(3)], -1)
    small = blur(small, sigma / step)
    size = (image.shape[1], image.shape[0])
    return np.stack([np.asarray(Image.fromarray(small[..., c]).resize(size, Image.BICUBIC)) for c in range(3)], -1)


def filmic(x):
    """Highlights roll off as on film instead of clipping (a rational curve after Hable's shape)."""
    def curve(v):
        return (v * (0.22 * v + 0.03) + 0.002) / (v * (0.22 * v + 0.3) + 0.06) - 0.002 / 0.06
    return curve(x) / curve(np.float32(6.0))


def develop(image, seed, exposure=1.0, grain=0.012, vignette=0.25, glow=0.06, softness=0.7,
            shadows=(1, 1, 1), highlights=(1, 1, 1), contrast=0.25, saturation=1.0, tone=True):
    """Linear light to a finished 8-bit photograph: glow, vignette, tone, split toning, softness, grain."""
    height, width = image.shape[:2]
    scale = max(height, width) / 3600
    image = image.astype(np.float32) * exposure
    if glow:
        image = (1 - glow) * image + glow * wide_blur(np.minimum(image, 8), 40 * scale)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    r2 = ((x / width - 0.5) ** 2 * width ** 2 + (y / height - 0.5) ** 2 * height ** 2) / (0.25 * (width ** 2 + height ** 2))
    image *= (1 / (1 + vignette * r2) ** 2)[..., None]
    del x, y, r2
    image = filmic(image * 2.2) if tone else np.clip(image, 0, 1)
    image = np.where(image <= 0.0031308, image * 12.92, 1.055 * np.maximum(image, 1e-6) ** (1 / 2.4) - 0.055).astype(np.float32)
    grey = image @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    image = grey[..., None] + (image - grey[..., None]) * saturation
    t = np.clip(grey, 0, 1)[..., None]
    image *= np.array(shadows, np.float32) * (1 - t) + np.array(highlights, np.float32) * t
    c = np.clip(image, 0, 1)
    image = mix(c, c * c * (3 - 2 * c), contrast)
    if softness:
        image = blur(image, softness * scale)
    random = rng(seed)
    fine = blur(random.standard_normal((height, width)).astype(np.float32), 0.75 * scale)
    fine /= fine.std()
    strength = grain * (0.35 + 1.3 * np.sqrt(np.clip(t[..., 0], 0, 1)) * (1 - 0.7 * t[..., 0]))
    image += (fine * strength)[..., None]
    for channel in range(3):
        tint = blur(random.standard_normal((height, width)).astype(np.float32), 1.1 * scale)
        image[..., channel] += tint / tint.std() * strength * 0.3
    # A sensor's rounding is dithered by its own noise: without it, smooth skies show bands.
    image += random.uniform(-0.5, 0.5, (height, width, 1)).astype(np.float32) / 255
    return (np.clip(image, 0, 1) * 255 + 0.5).astype(np.uint8)


def load(path):
    """A rendered 16-bit PNG as linear light."""
    import subprocess
    with Image.open(path) as opened:
        width, height = opened.size
    raw = subprocess.run(["convert", path, "-depth", "16", "-endian", "LSB", "rgb:-"], check=True, capture_output=True).stdout
    v = np.frombuffer(raw, "<u2").reshape(height, width, 3).astype(np.float32) / 65535
    return np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4).astype(np.float32)


def save(pixels, path, quality=88):
    Image.fromarray(pixels).save(path, quality=quality, subsampling="4:2:0" if quality < 93 else "4:4:4", optimize=True, progressive=False)
