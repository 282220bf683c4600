"""The ray-traced pictures: POV-Ray makes the light, the darkroom makes the photograph."""

import os
import subprocess
import tempfile

import numpy as np
from PIL import Image

from darkroom import blur, develop, load, mix, smoothstep

HERE = os.path.dirname(os.path.abspath(__file__))


def trace(scene, width, height, threshold=0.2):
    """Renders a scene to linear light."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out.png")
        # One thread: radiosity with more gives other pixels each time.
        subprocess.run(["povray", f"+I{scene}.pov", f"+O{out}", f"+W{width}", f"+H{height}", "+FN16", f"+A{threshold}", "+R2", "-D", "+WT1", "-GA"],
                       cwd=HERE, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return load(out)


def depth_of_field(image, sharpness, largest):
    """Blurs by a map of 0 (sharp) to 1, in a stack of steps, so that the change is gradual."""
    scale = max(image.shape[:2]) / 3600
    out, last = image, 0.0
    for step in (0.12, 0.3, 0.55, 1.0):
        softer = blur(image, largest * step * scale)
        t = np.clip((sharpness - last) / (step - last), 0, 1)[..., None]
        out = mix(out, softer, t)
        last = step
    return out


def vessels(width, height):
    image = trace("vessels", width, height)
    v = (np.arange(height, dtype=np.float32) / height)[:, None] * np.ones((1, width), np.float32)
    far = np.maximum(1 - smoothstep(0.05, 0.62, v), smoothstep(0.84, 1.0, v))
    image = depth_of_field(image, far * 0.35, 4)
    return develop(image, 9, exposure=0.92, grain=0.013, vignette=0.35, glow=0.05, contrast=0.3, saturation=0.92,
                   shadows=(0.99, 0.99, 1.02), highlights=(1.01, 1.0, 0.98))


def stairs(width, height):
    image = trace("stairs", width, height)
    return develop(image, 10, exposure=1.12, grain=0.008, vignette=0.18, glow=0.04, contrast=0.5, saturation=0.98)


def eggs(width, height):
    # Nothing in this picture is sharper than two thirds of its size would show: the iris is wide open.
    small = trace("eggs", round(width * 0.66), round(height * 0.66))
    image = np.stack([np.asarray(Image.fromarray(small[..., c]).resize((width, height), Image.LANCZOS)) for c in range(3)], -1).clip(0)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    u, v = x / width, y / height
    plane = np.abs(v - 0.50 - 0.05 * (u - 0.5))
    return develop(depth_of_field(image, smoothstep(0.16, 0.62, plane), 12), 11, exposure=1.2, grain=0.014, vignette=0.45, glow=0.06,
                   contrast=0.3, saturation=0.95, shadows=(1.0, 0.99, 0.99))
