#!/usr/bin/env python3
"""Pictures of docs/gallery.md from the runs of tools/make_gallery.sh, and the figures of the runs.

    gallery_pictures.py RUNS FOLDER

Contact sheets become JPEG; the sweeps' plots are copied; the shadows' edges are shown three times
enlarged: with the published drift, the estimated one, and in the photograph without the shadow.
"""

import pathlib
import shutil
import sys

from PIL import Image

from plot import h5py, np

STUDIES = ("shadow_coffee", "shadow_coffee_estimated", "shadow_cat_zero", "shadow_cat", "cloning_cat",
           "compact_camera", "anisotropic_cat", "nonlinear_coffee", "fusion_cat")
SHEETS = [name for name in STUDIES if name not in ("shadow_coffee_estimated", "shadow_cat_zero")]
# name: run with zero drift, run with estimated drift, photograph, (x, y, width, height) in pixels
EDGES = {
    "edge_coffee": ("shadow_coffee", "shadow_coffee_estimated", "coffee", (225, 105, 110, 110)),
    "edge_cat": ("shadow_cat_zero", "shadow_cat", "chelsea", (125, 45, 110, 110)),
}
ENLARGED, GAP = 3, 8
IMAGES = pathlib.Path(__file__).resolve().parent.parent / "studies/images"


def save(picture, path):
    picture.convert("RGB").save(path, quality=88, subsampling=0, optimize=True)
    print(f"{path}: {path.stat().st_size / 1024:.0f} kB")


def enlarged(path, place):
    x, y, width, height = place
    part = Image.open(path).convert("RGB").crop((x, y, x + width, y + height))
    return part.resize((ENLARGED * width, ENLARGED * height), Image.NEAREST)


def side_by_side(parts):
    width = sum(part.width + GAP for part in parts) - GAP
    strip = Image.new("RGB", (width, parts[0].height), "white")
    for number, part in enumerate(parts):
        strip.paste(part, (number * (part.width + GAP), 0))
    return strip


def listed(values, form):
    return " / ".join(format(value, form) for value in values)


def figures(path):
    """One line of a table in Markdown: what the run measured."""
    with h5py.File(path) as file:
        entry = file["entry"]
        quality = entry["quality"]
        psnr = [listed(quality[name][()], ".2f") if name in quality else ""
                for name in ("psnr_before", "psnr")]
        ssim = listed(quality["ssim"][()], ".4f") if "ssim" in quality else ""
        table = entry["energy" if "energy" in entry else "residuals"]
        rows = len(table[table.attrs["axes"][0]])
        linear = sum(np.nansum(table[name]) for name in table if name.startswith("iterations"))
        checks = entry["checks"]
        real = checks["is_control"][()] == 0
        passed = checks["passed"][()] != 0
        controls = f", {passed[~real].sum()} of {(~real).sum()} controls" if (~real).any() else ""
        return (f"| {path.stem} | {psnr[0]} | {psnr[1]} | {ssim} | {rows} | {linear:.0f} | "
                f"{passed[real].sum()} of {real.sum()}{controls} |")


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: gallery_pictures.py RUNS FOLDER")
    runs, folder = map(pathlib.Path, sys.argv[1:])
    folder.mkdir(parents=True, exist_ok=True)
    for name in SHEETS:
        save(Image.open(runs / f"{name}_sheet.png"), folder / f"{name}.jpg")
    for name, (zero, estimated, photograph, place) in EDGES.items():
        paths = [runs / f"{zero}_result.png", runs / f"{estimated}_result.png",
                 IMAGES / f"{photograph}.png"]
        save(side_by_side([enlarged(path, place) for path in paths]), folder / f"{name}.jpg")
    for name in ("psnr_by_offset", "psnr_by_stored_fraction"):
        shutil.copy(runs / name / "sweep.png", folder / f"{name}.png")
    print("\n| run | PSNR before | PSNR after | SSIM | rows | linear iterations | checks held |\n"
          "|---|---|---|---|---|---|---|")
    for name in STUDIES:
        print(figures(runs / f"{name}.h5"))


if __name__ == "__main__":
    main()
