#!/usr/bin/env python3
"""Runs a study once for each value of one parameter and plots one number of the runs.

    sweep.py STUDY KEY VALUE... [--read TABLE.COLUMN] [--against KEY|TABLE.COLUMN] [--ranks N]
             [--also KEY=VALUE]... [--set KEY=VALUE]... [--output FOLDER] [--feller PATH]

    sweep.py studies/shadow_coffee.ini problem.offset 1 5 25.5 --also problem.masked_drift=estimated

KEY is a parameter, e.g. problem.offset. --read names a column of a table in the HDF5 files, e.g.
quality.psnr (default); of columns in time the last row counts, of one row a channel each is a
curve, as are columns that differ by the channel (mean_red, mean_green, ...). --against is the
horizontal axis, default KEY. --set goes to all runs; --also adds a second set of runs with that
setting, drawn dashed. FOLDER (default: output/<study>_<key>) gets the runs' own files, named with
the value, and sweep.csv and sweep.png.

Exit status: 0 done, 2 wrong use or a run failed, 77 a Python package is missing.
"""

import argparse
import csv
import os
import pathlib
import re
import subprocess
import sys

from plot import CHANNEL_COLOURS, MARKERS, STYLE, h5py, label, matplotlib, np, plt

ENVIRONMENT = "entry/provenance/environment"


class Complaint(Exception):
    """In one line."""


class Parser(argparse.ArgumentParser):
    def error(self, message):
        raise Complaint(f"{message} (--help explains)")


def of_form(pattern, words):
    def checked(text):
        if not re.fullmatch(pattern, text):
            raise argparse.ArgumentTypeError(f"'{text}' is not of the form {words}")
        return text
    return checked


key = of_form(r"\w+\.\w+", "name.name")
setting = of_form(r"\w+\.\w+=.*", "section.key=value")


def arguments():
    parser = Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("study", metavar="STUDY", type=pathlib.Path, help="study file")
    parser.add_argument("key", metavar="KEY", type=key, help="parameter that varies")
    parser.add_argument("values", metavar="VALUE", nargs="+", help="its values")
    parser.add_argument("--read", metavar="TABLE.COLUMN", type=key, default="quality.psnr")
    parser.add_argument("--against", metavar="KEY|TABLE.COLUMN", type=key)
    parser.add_argument("--also", metavar="KEY=VALUE", type=setting, action="append", default=[])
    parser.add_argument("--set", metavar="KEY=VALUE", type=setting, action="append", default=[])
    parser.add_argument("--output", metavar="FOLDER", type=pathlib.Path)
    parser.add_argument("--feller", metavar="PATH", type=pathlib.Path,
                        default=pathlib.Path(__file__).resolve().parents[1] / "build/bin/feller")
    parser.add_argument("--ranks", metavar="N", type=int, default=1, help="default: 1")
    options = parser.parse_intermixed_args()
    if not options.study.is_file():
        raise Complaint(f"{options.study}: no such study file")
    if not os.access(options.feller, os.X_OK) or options.feller.is_dir():
        raise Complaint(f"{options.feller}: no such program; build it, or give --feller PATH")
    options.against = options.against or options.key
    options.output = options.output or pathlib.Path(
        f"output/{options.study.stem}_{options.key.split('.')[1]}")
    return options


def run(options, value, extra):
    """Runs the study with a value and the settings `extra`; the file that it wrote."""
    given = [f"{options.key}={value}", *extra]
    name = "_".join([options.study.stem, *(one.split(".", 1)[1] for one in given)])
    file = options.output / (re.sub(r"[^\w.=+-]", "_", name) + ".h5")
    command = ["mpirun", "-n", str(options.ranks)] if options.ranks > 1 else []
    command += [str(options.feller.resolve()), str(options.study)]
    command += [f"--{one}" for one in [*options.set, *given, f"study.output={file}",
                                       "study.overwrite=true"]]
    print(f"{options.study.stem}: {', '.join(given)}", flush=True)
    done = subprocess.run(command, stdin=subprocess.DEVNULL, text=True, errors="replace",
                          capture_output=True, check=False)
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.startswith("feller: ")]
        lines += [" ".join(line.split()) for line in done.stdout.splitlines() if "FAILED" in line]
        words = "; ".join(lines) or " ".join(done.stderr.split()[:40])
        raise Complaint(f"{', '.join(given)}: status {done.returncode}: {words}")
    return file


def column(file, name):
    """{channel: number} and the axis label of TABLE.COLUMN; "" is a number without channels."""
    table, last = name.split(".")
    group = file.get(f"entry/{table}")
    if not isinstance(group, h5py.Group):
        raise Complaint(f"{name}: no run has a table {table}")
    found = {channel: group[f"{last}_{channel}" if channel else last]
             for channel in CHANNEL_COLOURS if f"{last}_{channel}".rstrip("_") in group}
    if not found:
        raise Complaint(f"{name}: the table {table} has {', '.join(sorted(group))}")
    if any(dataset.ndim != 1 or len(dataset) == 0 for dataset in found.values()):
        raise Complaint(f"{name}: is not a column of numbers")
    some = next(iter(found.values()))
    words = re.sub(r", (red|green|blue)$", "", label(some))
    if "" in found and "channel" in group and len(some) == 3:
        return dict(zip(("red", "green", "blue"), map(float, some[()]))), words
    return {channel: float(dataset[-1]) for channel, dataset in found.items()}, words


def place(file, options, value):
    """{channel: x} and the label of the horizontal axis; texts stay texts."""
    if options.against == options.key:
        return {"": value}, options.key
    known = file[ENVIRONMENT].get(options.against)
    return ({"": text(known)}, options.against) if known else column(file, options.against)


def text(dataset):
    value = dataset[()]
    return value.decode() if isinstance(value, bytes) else f"{value:g}"


def series(options, extra):
    """One set of runs: a list of ({channel: x}, {channel: y}), and the labels."""
    points, words = [], ("", "", "", "")
    for value in options.values:
        with h5py.File(run(options, value, extra)) as file:
            y, y_label = column(file, options.read)
            x, x_label = place(file, options, value)
            keys = dict.fromkeys(also.split("=")[0] for also in options.also)
            name = ", ".join(f"{k.split('.')[1]} = {text(file[ENVIRONMENT][k])}" for k in keys)
            words = (x_label, y_label, name, text(file["entry/title"]))
        points.append((x, y))
    return points, words


def rows_of(all_series):
    """[series, channel, x, y]"""
    return [[words[2], channel, x.get(channel, next(iter(x.values()))), y[channel]]
            for points, words in all_series for x, y in points for channel in y]


def draw(rows, words):
    several = len({(row[0], row[1]) for row in rows}) > 1
    figure, panel = plt.subplots(layout="constrained", figsize=(7.8 if several else 5.6, 3.9))
    texts = list(dict.fromkeys(row[2] for row in rows))
    try:
        at = np.array(texts, float)
    except ValueError:
        at = np.arange(len(texts))
        panel.set_xticks(at, texts)
    where = dict(zip(texts, at))
    if at.min() > 0 and at.max() / at.min() > 30:
        panel.set_xscale("log")
        panel.set_xticks(at, [f"{value:g}" for value in at])
        panel.minorticks_off()
    for number, name in enumerate(dict.fromkeys(row[0] for row in rows)):
        for channel in dict.fromkeys(row[1] for row in rows):
            curve = sorted((where[x], y) for s, c, x, y in rows if (s, c) == (name, channel))
            panel.plot(*zip(*curve), color=CHANNEL_COLOURS[channel], markersize=3.5,
                       marker=MARKERS[number % 8], linestyle=("-", "--", ":", "-.")[number % 4],
                       label=", ".join(part for part in (channel, name) if part))
    panel.set(xlabel=words[0], ylabel=words[1])
    panel.grid(True, linewidth=0.3, alpha=0.6)
    panel.margins(x=0.03)
    if several:
        panel.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
    panel.set_title(words[3], loc="left")
    return figure


def main():
    options = arguments()
    options.output.mkdir(parents=True, exist_ok=True)
    all_series = [series(options, extra) for extra in [[], *([text] for text in options.also)]]
    rows, words = rows_of(all_series), all_series[0][1]
    head = ["series", "channel", options.against, options.read]
    print(f"\n{head[2]:>24} {head[3]:>24}  {'channel':8} series")
    for name, channel, x, y in rows:
        print(f"{x if isinstance(x, str) else format(x, '.6g'):>24} {y:>24.6g}  {channel:8} {name}")
    table = options.output / "sweep.csv"
    with open(table, "w", newline="", encoding="utf-8") as file, plt.rc_context(STYLE):
        csv.writer(file).writerows([head, *rows])
        draw(rows, words).savefig(table.with_suffix(".png"))
    print(f"\n{table}\n{table.with_suffix('.png')}")


if __name__ == "__main__":
    try:
        main()
    except (Complaint, OSError, KeyError, ValueError) as error:
        print(f"sweep.py: {error}", file=sys.stderr)
        sys.exit(2)
