#!/usr/bin/env python3
"""Makes the images of the osmosis studies from photographs in the public domain.

    tools/make_demo_images.py [folder, default studies/images]

Reads coffee.png, chelsea.png and camera.png there, and writes beside them

    coffee_shadow.png     coffee under an elliptic shadow: with
                          r = sqrt(((x - 200) / 120)^2 + ((y - 200) / 90)^2) and d = 90 (r - 1)
                          the image times 0.4 + 0.6 clip(d / 3 + 1/2, 0, 1), rounded to 8 bits
    coffee_shadow_mask.png     its edge, |d| <= 2.5
    chelsea_band.png      the cat under a slanting band of shadow, softer: 0.55 within, penumbra 6
    chelsea_band_mask.png      its two edges, 2.5 pixels beyond the penumbra
    chelsea_band_strokes.png   the same as painted strokes: the edge red, the inside blue
    cat_eye.png, cat_eye_alpha.png     a part of chelsea and a soft ellipse, to be cloned
    camera_edges.png      edges of camera, by scikit-image's Canny detector
    population/           16 grey pictures of 32 x 32: four parts of the three, each with four right
                          halves: its own, the left one mirrored, its own upside down, its own negative;
                          the left half of each with its own noise of one grey level
    stranger.png          a grey picture of 32 x 32 that is none of the population, from coffee
    camera_levels.csv     how many pixels of camera have a level 2 g/255 - 1 in each of 8 bins

x counts columns, y rows, both from 0.
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image

FOLDER = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent / "studies/images")


def read(name):
    return np.asarray(Image.open(FOLDER / name)).astype(float)


def write(name, levels):
    Image.fromarray(np.rint(levels).clip(0, 255).astype(np.uint8)).save(FOLDER / name, optimize=True)


def coordinates(image):
    y, x = np.mgrid[0 : image.shape[0], 0 : image.shape[1]].astype(float)
    return x, y


def white(mask):
    return np.where(mask, 255, 0)


def ellipse_on_coffee():
    image = read("coffee.png")
    x, y = coordinates(image)
    d = 90 * (np.hypot((x - 200) / 120, (y - 200) / 90) - 1)
    light = 0.4 + 0.6 * np.clip(d / 3 + 0.5, 0, 1)
    write("coffee_shadow.png", image * light[..., None])
    write("coffee_shadow_mask.png", white(abs(d) <= 2.5))


def band_on_chelsea():
    image = read("chelsea.png")
    x, y = coordinates(image)
    across = (x - 230 + 0.35 * (y - 150)) / np.hypot(1, 0.35)
    d = abs(across) - 70  # signed distance to the band, > 0 in the light
    light = 0.55 + 0.45 * np.clip(d / 6 + 0.5, 0, 1)
    shadowed = image * light[..., None]
    edge = abs(d) <= 5.5
    write("chelsea_band.png", shadowed)
    write("chelsea_band_mask.png", white(edge))
    strokes = np.rint(shadowed)
    strokes[d < 0] = (0, 0, 255)
    strokes[edge] = (255, 0, 0)
    write("chelsea_band_strokes.png", strokes)


def eye_to_clone():
    image = read("chelsea.png")[62:162, 95:239]
    x, y = coordinates(image)
    r = np.hypot((x - 72) / 56, (y - 50) / 36)
    write("cat_eye.png", image)
    write("cat_eye_alpha.png", 255 * np.clip((1 - r) / 0.3 + 0.5, 0, 1))


def edges_of_camera():
    from skimage.feature import canny

    write("camera_edges.png", white(canny(read("camera.png"), sigma=1, low_threshold=10, high_threshold=20)))


def small_part(name, top, left, size):
    """A square of a photograph as 32 x 32 grey levels."""
    levels = read(f"{name}.png")[top : top + size, left : left + size]
    grey = levels if levels.ndim == 2 else levels @ (0.299, 0.587, 0.114)
    return grey.reshape(32, size // 32, 32, size // 32).mean(axis=(1, 3))


def population():
    """Halves that several pictures nearly share, so that one half does not tell the other."""
    noise = np.random.default_rng(2023)
    (FOLDER / "population").mkdir(exist_ok=True)
    parts = [("chelsea", 55, 100, 96), ("chelsea", 50, 170, 96), ("camera", 70, 200, 128), ("coffee", 90, 200, 192)]
    for number, part in enumerate(parts):
        small = small_part(*part)
        half, own = small[:, :16], small[:, 16:]
        for letter, other in zip("abcd", (own, half[:, ::-1], own[::-1], 255 - own)):
            write(f"population/{number + 1}{letter}.png", np.hstack([half + noise.normal(size=half.shape), other]))


def stranger():
    write("stranger.png", small_part("coffee", 160, 60, 128))


def levels_of_camera():
    counts, edges = np.histogram(2 * read("camera.png") / 255 - 1, bins=np.linspace(-1, 1, 9))
    rows = [f"{low:g},{high:g},{count}" for low, high, count in zip(edges, edges[1:], counts)]
    (FOLDER / "camera_levels.csv").write_text("\n".join(["lower,upper,count", *rows]) + "\n")


for make in (ellipse_on_coffee, band_on_chelsea, eye_to_clone, population, stranger, edges_of_camera, levels_of_camera):
    make()
