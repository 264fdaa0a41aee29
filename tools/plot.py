#!/usr/bin/env python3
"""Draws every plot of a Feller file, from the attributes in the file alone.

    plot.py FILE.h5 [--output DIR] [--format png|pdf]

Each NXdata group becomes one picture: profiles in one space dimension as curves coloured by time,
fields in two as a row of panels with one colour bar (in three: the middle layer), images as a row
of pictures, tables as stacked line plots, as one panel with a legend where all columns are alike,
and with the slopes of their curves where both axes are logarithmic.
"""

import argparse
import json
import pathlib
import re
import sys

try:
    import h5py
    import matplotlib
    import numpy as np
except ImportError as error:
    print(f"plot.py: {error} (Debian: apt-get install python3-h5py python3-matplotlib)",
          file=sys.stderr)
    sys.exit(77)  # what the tests take for skipped

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402 (after the backend is chosen)

STYLE = {
    "font.size": 9,
    "axes.titlesize": 9,
    "axes.labelsize": 9,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "legend.frameon": False,
    "lines.linewidth": 1.2,
    "axes.formatter.limits": (-3, 4),
    "axes.formatter.use_mathtext": True,
    "savefig.dpi": 200,
    "savefig.bbox": "tight",
    "pdf.fonttype": 42,
}
PANELS = 5  # at most, in a row
COLOURS = "viridis"
SIGNED_COLOURS = "RdBu_r"


# Curves by channel of an image; "" is a quantity without channels.
CHANNEL_COLOURS = {"": "#20639b", "red": "#c0392b", "green": "#1e8449", "blue": "#20639b"}


def names(value):
    """A string attribute that may be one text or several."""
    return [value] if isinstance(value, str) else [str(item) for item in value]


def units_of(dataset):
    """Units with raised powers; nothing for pure numbers."""
    units = re.sub(r"\^(-?[\d.]+)", r"$^{\1}$", dataset.attrs.get("units", "1"))
    return "" if units in ("", "1") else units


def label(dataset):
    text = dataset.attrs.get("long_name", dataset.name.rsplit("/", 1)[-1])
    units = units_of(dataset)
    return f"{text} [{units}]" if units else text


def scales(group):
    """(axis, signal): "log" or "linear", from the style that silx and H5Web read."""
    style = json.loads(group.attrs.get("SILX_style", "{}"))
    return (style.get("axes_scale_type", ["linear"])[-1], style.get("signal_scale_type", "linear"))


def chosen(count):
    """Which snapshots are shown: evenly spread, first and last among them."""
    return sorted(set(np.linspace(0, count - 1, min(count, PANELS)).round().astype(int)))


def edges(centres):
    """First and last border of equal cells."""
    half = 0.5 * (centres[1] - centres[0]) if len(centres) > 1 else 0.5
    return centres[0] - half, centres[-1] + half


class Plot:
    """An NXdata group: its signals, and the meaning of each dimension."""

    def __init__(self, group):
        self.group = group
        self.title = group.attrs.get("title", group.name)
        self.signals = [group.attrs["signal"], *names(group.attrs.get("auxiliary_signals", []))]
        self.axes = names(group.attrs["axes"])
        self.space = [a for a in self.axes if group[a].attrs.get("axis") in ("X", "Y", "Z")]
        self.channels = "channel" in self.axes
        first = self.axes[0]
        self.sequence = first if self.space and first not in self.space else None
        # A run that was killed while it wrote may leave columns of different lengths.
        self.rows = min(len(group[name]) for name in (first, *self.signals))
        self.steps = self.rows if self.sequence else 1

    def snapshot(self, name, step):
        data = self.group[name]
        return data[step] if self.sequence else data[()]

    def caption(self, step):
        if not self.sequence:
            return ""
        axis = self.group[self.sequence]
        return f"{self.sequence} = {axis[step]:.4g} {units_of(axis)}".rstrip()

    def extent(self):
        """Borders of the last two space axes, and whether the vertical one points down."""
        y, x = (self.group[name] for name in self.space[-2:])
        down = y.attrs.get("positive") == "down"
        (left, right), (low, high) = edges(x[()]), edges(y[()])
        return (left, right, high, low) if down else (left, right, low, high), down


def families(signals):
    """Columns that differ by the channel of an image alone share a panel: {name: {channel: column}}."""
    result = {}
    for name in signals:
        stem, _, channel = name.rpartition("_")
        key, curve = (stem, channel) if channel in CHANNEL_COLOURS else (name, "")
        result.setdefault(key, {})[curve] = name
    return result


def scale_panel(panel, curves, y_scale, keep_log):
    """A logarithmic axis where it helps; noise about a constant is not magnified."""
    values = np.concatenate([curve[np.isfinite(curve)] for curve in curves])
    if len(values) == 0:
        return
    logarithmic = y_scale == "log" and values.min() > 0
    if logarithmic and (keep_log or values.max() / values.min() > 10):
        panel.set_yscale("log")
    elif all(np.ptp(curve) <= 1e-12 * np.abs(curve).max() for curve in curves):
        low, high = values.min(), values.max()
        room = 0.5 * (max(abs(low), abs(high)) or 1)
        panel.set_ylim(low - room, high + room)


def draw_together(plot):
    """Columns that are alike in one panel, told apart by a legend beside it."""
    group, axis = plot.group, plot.group[plot.axes[0]]
    figure, panel = plt.subplots(layout="constrained", figsize=(7.4, 3.6))
    x_scale, y_scale = scales(group)
    colours = matplotlib.colormaps["tab10"]
    panel.set_xscale(x_scale)
    panel.set_yscale(y_scale)
    lines = ("-", "--", "-.", ":")
    points = int(group.attrs.get("points", 0))
    for number, name in enumerate(plot.signals):
        curve = group[name][: plot.rows]
        shown = np.isfinite(curve) & ((curve > 0) | (y_scale != "log"))
        marked = number < points or (points == 0 and len(curve) <= 20)
        panel.plot(axis[: plot.rows], np.where(shown, curve, np.nan), label=label(group[name]),
                   color=colours(number % 10),
                   linestyle="" if number < points else lines[number % 4],
                   marker="o" if marked else "", markersize=3.5)
    limit_decades(panel, y_scale)
    panel.margins(x=0.02)
    panel.grid(True, linewidth=0.3, alpha=0.6)
    panel.set_xlabel(label(axis))
    panel.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
    figure.suptitle(plot.title)
    return figure


def limit_decades(panel, y_scale, most=1e12):
    """A few points that are huge or tiny must not press all the others together."""
    values = np.concatenate([line.get_ydata() for line in panel.lines])
    values = values[np.isfinite(values)]
    if y_scale != "log" or len(values) == 0:
        return
    top = min(2 * values.max(), 100 * np.percentile(values, 95))
    bottom = max(values.min() / 2, np.percentile(values, 5) / 100, top / most)
    panel.set_ylim(bottom, top)


def first_finite(group, name):
    """The first number of a column that stands beside the signals, if it is there."""
    values = group[name][()] if name in group else np.array([])
    values = values[np.isfinite(values)]
    return values[0] if len(values) else None


MARKERS = "osD^vP*X"
NOISE = 1e-12  # of the largest error: curves below are round-off


def with_order(group, name, text):
    """A curve's name with the order that the run observed."""
    stem = name.removeprefix("error_")
    order, spread = (first_finite(group, f"{kind}_{stem}") for kind in ("fit", "spread"))
    if order is None:
        return text
    return f"{text}: order {order:.4f}" + ("" if spread is None else f" $\\pm$ {spread:.4f}")


def draw_slope(panel, curves, slope, place):
    """A triangle of this slope below all curves, its legs labelled."""
    x = np.concatenate([x for x, _ in curves])
    span = np.log(x.max() / x.min())
    left, right = (x.min() * np.exp(part * span) for part in (place, place + 0.22))
    low = 0.4 * min(np.exp(np.interp(np.log(at), np.log(xs), np.log(ys))) * (left / at) ** slope
                    for xs, ys in curves for at in (left, right))
    high = low * (right / left) ** slope
    panel.fill([left, right, right], [low, low, high], facecolor="0.92", edgecolor="0.35",
               linewidth=0.8)
    panel.annotate("1", (np.sqrt(left * right), low), (0, -2), textcoords="offset points",
                   ha="center", va="top", fontsize=8)
    panel.annotate(f"{slope}", (right, np.sqrt(low * high)), (3, 0), textcoords="offset points",
                   va="center", fontsize=8)


def draw_slopes(plot):
    """Curves on two logarithmic axes with their slopes: errors on a ladder of grids."""
    group, axis = plot.group, plot.group[plot.axes[0]]
    figure, panel = plt.subplots(layout="constrained", figsize=(7.6, 4.2))
    x = axis[: plot.rows]
    curves = {}
    for name in plot.signals:
        y = group[name][: plot.rows]
        good = np.isfinite(y) & (y > 0)
        curves[name] = x[good], y[good]
    top = max((y.max() for _, y in curves.values() if len(y)), default=1)
    drawn, slopes = [], set()
    for number, (name, (xs, ys)) in enumerate(curves.items()):
        if len(ys) == 0 or ys.max() < NOISE * top:
            panel.plot([], [], " ", label=f"{label(group[name])}: round-off")
            continue
        panel.plot(xs, ys, marker=MARKERS[number % len(MARKERS)] if len(xs) <= 50 else "",
                   markersize=4,
                   color=f"C{number}", label=with_order(group, name, label(group[name])))
        drawn.append((xs, ys))
        order = first_finite(group, f"fit_{name.removeprefix('error_')}")
        if order is not None and round(order) > 0 and abs(order - round(order)) < 0.2:
            slopes.add(round(order))
    panel.set_xscale("log")
    panel.set_yscale("log")
    for slope, place in zip(sorted(slopes), (0.1, 0.6)):
        draw_slope(panel, drawn, slope, place)
    if len(x) <= 8:
        panel.set_xticks(x, [f"{value:.3g}" for value in x])
        panel.set_xticks([], minor=True)
    panel.set_xlabel(label(axis))
    if all(name.startswith("error") for name in curves):
        panel.set_ylabel("error")
    panel.grid(True, which="both", linewidth=0.3, alpha=0.5)
    panel.legend(loc="upper left", bbox_to_anchor=(1.01, 1.02), fontsize=8)
    panel.set_title(plot.title, loc="left")
    return figure


def draw_table(plot):
    if plot.group.attrs.get("signals_share_axes", 0):
        return draw_together(plot)
    group, axis = plot.group, plot.group[plot.axes[0]]
    panels_of = families(plot.signals)
    figure, panels = plt.subplots(len(panels_of), 1, sharex=True, squeeze=False,
                                  layout="constrained",
                                  figsize=(5.2, 0.6 + 1.45 * len(panels_of)))
    x_scale, y_scale = scales(group)
    for number, (panel, curves) in enumerate(zip(panels[:, 0], panels_of.values())):
        values = {channel: group[name][: plot.rows] for channel, name in curves.items()}
        for channel, curve in values.items():
            marker = "o" if len(curve) <= 20 else ""
            panel.plot(axis[: plot.rows], np.where(np.isfinite(curve), curve, np.nan),
                       color=CHANNEL_COLOURS[channel], marker=marker, markersize=3.5)
        for channel, name in curves.items():
            limit = first_finite(group, f"limit_{name}")
            if limit is not None:
                panel.axhline(limit, color=CHANNEL_COLOURS[channel], linestyle="--", linewidth=0.8,
                              label=f"extrapolated: {limit:.10g}")
                panel.legend(loc="best")
        panel.set_xscale(x_scale)
        scale_panel(panel, list(values.values()), y_scale, number == 0 or x_scale == "log")
        channel, name = next(iter(curves.items()))
        panel.set_title(label(group[name]).replace(f" ({channel})", ""), loc="left")
        panel.margins(x=0.02)
        panel.grid(True, linewidth=0.3, alpha=0.6)
    panels[-1, 0].set_xlabel(label(axis))
    figure.suptitle(plot.title)
    return figure


def draw_profiles(plot):
    group, x = plot.group, plot.group[plot.space[0]]
    figure, panels = plt.subplots(1, len(plot.signals), squeeze=False,
                                  layout="constrained",
                                  figsize=(1.2 + 3.8 * len(plot.signals), 3.1))
    times = group[plot.sequence][: plot.steps] if plot.sequence else np.zeros(1)
    spread = matplotlib.colors.Normalize(times.min(), max(times.max(), times.min() + 1e-300))
    colours = matplotlib.colormaps[COLOURS]
    every = max(1, plot.steps // 50)
    for panel, name in zip(panels[0], plot.signals):
        for step in {*range(0, plot.steps, every), plot.steps - 1}:
            colour = colours(0.92 * spread(times[step])) if plot.sequence else "#20639b"
            values = plot.snapshot(name, step)
            panel.plot(x[()], values if values.ndim == 1 else values[:, 0], color=colour)
            for channel in range(1, values.shape[1] if values.ndim > 1 else 1):
                panel.plot(x[()], values[:, channel], color=colour, linestyle="--")
        panel.set_xlabel(label(x))
        panel.set_ylabel(label(group[name]))
        panel.margins(x=0)
    if plot.sequence and plot.steps > 1:
        below = matplotlib.colors.ListedColormap(colours(np.linspace(0, 0.92, 256)))
        figure.colorbar(matplotlib.cm.ScalarMappable(spread, below), ax=list(panels[0]),
                        label=label(group[plot.sequence]), pad=0.02)
    figure.suptitle(plot.title)
    return figure


def layer(values, dimensions):
    """The middle layer of what has three space dimensions."""
    return values[values.shape[0] // 2] if dimensions == 3 else values


def rows_of_panels(plot, steps):
    left, right, low, high = plot.extent()[0]
    aspect = min(max(abs((high - low) / (right - left)), 0.3), 2.0)
    width = min(2.4, 11.0 / len(steps)) if len(steps) > 1 else 3.6
    rows = len(plot.signals)
    size = (1.3 + width * len(steps), 0.9 + rows * (0.3 + width * aspect))
    return plt.subplots(rows, len(steps), squeeze=False, sharex=True, sharey=True, figsize=size,
                        layout="compressed")


def finish_panels(plot, figure, panels, steps):
    for column, step in enumerate(steps):
        panels[0, column].set_title(plot.caption(step))
        panels[-1, column].set_xlabel(label(plot.group[plot.space[-1]]))
    for row in panels:
        row[0].set_ylabel(label(plot.group[plot.space[-2]]))
    for panel in panels.flat:
        panel.spines[["top", "right"]].set_visible(True)
        panel.locator_params(nbins=4)
    title = plot.title
    if len(plot.space) == 3:
        z = plot.group[plot.space[0]][()]
        title += f" (layer {plot.space[0]} = {z[len(z) // 2]:.3g})"
    figure.suptitle(title)
    return figure


def draw_fields(plot):
    steps = chosen(plot.steps)
    extent, down = plot.extent()
    figure, panels = rows_of_panels(plot, steps)
    for row, name in zip(panels, plot.signals):
        shown = [layer(plot.snapshot(name, step), len(plot.space)) for step in steps]
        low = min(np.nanmin(values) for values in shown)
        high = max(np.nanmax(values) for values in shown)
        colours = COLOURS
        if min(-low, high) > 0.1 * max(-low, high):  # both signs: white is 0
            colours, high = SIGNED_COLOURS, max(-low, high)
            low = -high
        for panel, values in zip(row, shown):
            picture = panel.imshow(values, extent=extent, origin="upper" if down else "lower",
                                   vmin=low, vmax=high, cmap=colours, interpolation="nearest")
        figure.colorbar(picture, ax=list(row), label=label(plot.group[name]), pad=0.02)
    return finish_panels(plot, figure, panels, steps)


def shades(values, units):
    """Grey levels as they are; anything else (a drift) about mid-grey, up to its 99 % quantile."""
    if units == "grey level":
        return values / 255
    return 0.5 + values / (2 * max(np.quantile(np.abs(values), 0.99), 1e-300))


def draw_images(plot):
    steps = chosen(plot.steps)
    extent, down = plot.extent()
    figure, panels = rows_of_panels(plot, steps)
    for row, name in zip(panels, plot.signals):
        for panel, step in zip(row, steps):
            values = layer(plot.snapshot(name, step), len(plot.space))
            values = values if values.shape[-1] in (3, 4) else values[..., 0]
            picture = np.clip(shades(values, plot.group[name].attrs.get("units", "")), 0, 1)
            panel.imshow(picture, extent=extent, vmin=0, vmax=1, cmap="gray",
                         origin="upper" if down else "lower", interpolation="nearest")
    return finish_panels(plot, figure, panels, steps)


def draw(plot):
    if not plot.space:
        slopes = scales(plot.group) == ("log", "log") and "points" not in plot.group.attrs
        return draw_slopes(plot) if slopes else draw_table(plot)
    if len(plot.space) == 1:
        return draw_profiles(plot)
    return draw_images(plot) if plot.channels else draw_fields(plot)


def plots_in(file):
    found = []

    def visit(_, node):
        if isinstance(node, h5py.Group) and node.attrs.get("NX_class") == "NXdata":
            found.append(Plot(node))

    file.visititems(visit)
    return found


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument("file", metavar="FILE.h5", help="what a run of feller wrote")
    parser.add_argument("--output", metavar="DIR", type=pathlib.Path,
                        help="default: beside FILE.h5")
    parser.add_argument("--format", choices=("png", "pdf"), default="png", help="default: png")
    return parser.parse_args()


def main():
    options = arguments()
    path = pathlib.Path(options.file)
    folder = options.output or path.parent
    folder.mkdir(parents=True, exist_ok=True)
    with h5py.File(path) as file, plt.rc_context(STYLE):
        plots = plots_in(file)
        if not plots:
            sys.exit(f"plot.py: {path} holds no plots (NXdata groups)")
        for plot in plots:
            if plot.rows == 0:
                print(f"{plot.group.name}: nothing written yet")
                continue
            target = folder / f"{path.stem}_{plot.group.name.rsplit('/', 1)[-1]}.{options.format}"
            figure = draw(plot)
            figure.savefig(target)
            plt.close(figure)
            print(target)


if __name__ == "__main__":
    try:
        main()
    except OSError as error:
        sys.exit(f"plot.py: {error}")
    except (KeyError, ValueError, IndexError) as error:
        sys.exit(f"plot.py: not the layout of a Feller file: {error}")
