"""Pictures of a run for a page: what tools/plot.py draws, small and always the same bytes."""

import io

from PIL import Image

from plot import STYLE, draw, h5py, plots_in, plt

DOTS_PER_INCH = 100
COLOURS = 256  # a palette: a quarter of the bytes
LEFT_OUT = ("solver",)  # iterations and the like
MOST = 6  # pictures of a run
SHOWN = 0.8  # the size on the page, so that two fit beside each other
PAGE_WIDTH = 860


def ordered(file):
    """The plots of a file, the one that viewers open first in front."""
    first = file["entry"].attrs.get("default", "")
    plots = [(plot.group.name.rsplit("/", 1)[-1], plot) for plot in plots_in(file)]
    plots = [(name, plot) for name, plot in plots if plot.rows > 0 and name not in LEFT_OUT]
    return sorted(plots, key=lambda one: (one[0] != first, one[0]))


def save(figure, path):
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", dpi=DOTS_PER_INCH)
    plt.close(figure)
    small = Image.open(drawn).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(path, format="PNG", optimize=True)
    return min(round(SHOWN * small.width), PAGE_WIDTH)


def draw_pictures(path, folder):
    """[(picture, title, width on the page)] of a run."""
    pictures = []
    with h5py.File(path) as file, plt.rc_context(STYLE):
        for name, plot in ordered(file)[:MOST]:
            folder.mkdir(parents=True, exist_ok=True)
            target = folder / f"{path.stem}_{name}.png"
            pictures.append((target, plot.title, save(draw(plot), target)))
    return pictures
