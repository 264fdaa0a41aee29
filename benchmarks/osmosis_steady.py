#!/usr/bin/env python3
"""Steady states of osmosis with a shadow's edge, side by side: osmosis_steady.py PROGRAM [growth]

PROGRAM is build/bin/osmosis_steady. Feller, one SuperLU of SciPy, and one implicit step of 1e5 by
PETSc's BiCGSTAB with ILU(0) take turns on the same image, each in a process of its own: CPU seconds
from the rates on (and with them), medians of REPETITIONS rounds (3), and peak memory. What is slow at
1024^2 or not SciPy's fastest way has one round. Prints Markdown tables and whether each aim was met;
times never decide about the exit status. `growth` shows Feller alone from 512^2 to 4096^2.
"""

import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass

import numpy as np

HERE = pathlib.Path(__file__).parent
ROUNDS = int(os.environ.get("REPETITIONS", "3"))
SCIPY = ["row-MMD_AT_PLUS_A", "row-COLAMD", "step-MMD_AT_PLUS_A", "step-COLAMD"]


@dataclass
class Result:
    rates: float
    solve: float
    iterations: float
    defect: float
    mass: float
    memory: float  # peak, bytes


def rough_image(n):
    """From 1 to 256 with noise, shadowed within an ellipse; the mask is its edge, 5 pixels wide."""
    y, x = np.mgrid[:n, :n] / n
    v = 100 + 80 * np.sin(9 * x + 3 * y) * np.cos(7 * y) + np.where((x > 0.6) & (y < 0.4), 60, 0)
    v += 15 * np.random.default_rng(3).standard_normal((n, n))
    r = np.hypot((x - 0.4) / 0.25, (y - 0.5) / 0.2)
    v = np.clip(v, 0, 255) * np.where(r < 1, 0.5, 1) + 1
    return v, abs(0.2 * n * (r - 1)) <= 2.5


def photograph(n):
    """The green of a photograph, cut to a square and interpolated, under the same shadow."""
    from matplotlib.image import imread
    green = 255 * imread(HERE.parent / "studies/images/coffee.png")[:, :, 1]
    side = min(green.shape)
    place = (np.arange(n) + 0.5) * side / n - 0.5
    low = np.clip(np.floor(place).astype(int), 0, side - 2)
    part = np.clip(place - low, 0, 1)
    rows = green[low] * (1 - part)[:, None] + green[low + 1] * part[:, None]
    v = rows[:, low] * (1 - part) + rows[:, low + 1] * part
    y, x = np.mgrid[:n, :n] / n
    r = np.hypot((x - 0.4) / 0.25, (y - 0.5) / 0.2)
    return v * np.where(r < 1, 0.5, 1) + 1, abs(0.2 * n * (r - 1)) <= 2.5


class Contest:
    def __init__(self, program, folder, n, image):
        self.program, self.n = program, n
        self.image, self.mask, self.found = folder / "image", folder / "mask", folder / "found"
        v, mask = image(n)
        v.tofile(self.image)
        mask.astype(float).tofile(self.mask)
        self.results, self.states = {}, {}

    def run(self, name, command, way):
        words = [*command, self.n, self.n, self.image, self.mask, way, self.found]
        done = subprocess.run([str(w) for w in words], stdout=subprocess.PIPE, text=True, check=True)
        result = Result(*map(float, done.stdout.split()))
        self.results.setdefault(name, []).append(result)
        self.states[name] = np.fromfile(self.found)

    def feller(self, method):
        self.run(f"Feller: {method}", [self.program], method)

    def scipy(self, way):
        self.run(f"SciPy: splu, {way}", [sys.executable, HERE / "osmosis_scipy.py"], way)

    def step(self):
        self.run("PETSc: one step, BiCGSTAB + ILU(0)", [self.program], "step")

    def median(self, name, of):
        return statistics.median(of(r) for r in self.results[name])

    def time(self, name):
        return self.median(name, lambda r: r.solve)

    def memory(self, name):
        return self.median(name, lambda r: r.memory)

    def fastest_scipy(self):
        return min((n for n in self.results if n.startswith("SciPy")), key=self.time)

    def print_rows(self, label):
        ours = self.time("Feller: multigrid")
        reference = self.states["Feller: multigrid"]
        for name, all_ in self.results.items():
            apart = abs(self.states[name] - reference).max() / abs(reference).max()
            both = self.median(name, lambda r: r.rates + r.solve)
            print(f"| {label} {self.n}² | {name} | {all_[0].iterations:.0f} | {self.time(name):.3f} |"
                  f" {both:.3f} | {self.time(name) / ours:.2f} | {self.memory(name) / 2**20:.0f} |"
                  f" {self.memory(name) / self.n**2:.0f} | {all_[0].defect:.1e} | {apart:.1e} |",
                  flush=True)


def aims(contests):
    """What was to be reached, with what was."""
    for label, c in contests:
        ours, scipy = "Feller: multigrid", c.fastest_scipy()
        faster = c.time(scipy) / c.time(ours)
        step = c.time("PETSc: one step, BiCGSTAB + ILU(0)") / c.time(ours)
        where = f"{label} {c.n}²"
        if c.n == 256:
            yield f"{where}: no slower than SuperLU", faster, 1
            yield f"{where}: no slower than BiCGSTAB + ILU(0)", step, 1
        if c.n == 512:
            yield f"{where}: times faster than SuperLU", faster, 2
            yield f"{where}: times faster than BiCGSTAB + ILU(0)", step, 10
        if c.n == 1024:
            yield f"{where}: times faster than SuperLU", faster, 4
            yield f"{where}: times less memory than SuperLU", c.memory(scipy) / c.memory(ours), 3


def print_aims(rows):
    print("\n| aim | at least | measured | |\n|---|---|---|---|")
    for name, measured, wanted in rows:
        print(f"| {name} | {wanted:g} | {measured:.2f} | {'met' if measured >= wanted else 'missed'} |")


def side_by_side(program, folder):
    print("| image | method | iterations | CPU s | with rates | times Feller's | peak MiB | "
          "bytes a pixel | residual | differs |\n|---|---|---|---|---|---|---|---|---|---|")
    contests = []
    for label, image in {"rough": rough_image, "coffee": photograph}.items():
        for n in (256, 512, 1024):
            contest = Contest(program, folder, n, image)
            ways = list(SCIPY)
            for round_ in range(ROUNDS):
                contest.feller("multigrid")
                for way in ways:
                    contest.scipy(way)
                if round_ == 0 or n < 1024:
                    contest.feller("direct")
                    contest.step()
                # The first round tells which way of SciPy's is worth repeating.
                ways = [contest.fastest_scipy().split(", ")[1]]
            contest.print_rows(label)
            contests.append((label, contest))
    print_aims(aims(contests))


def growth(program, folder):
    print("| image | iterations | CPU s | with rates | ns a pixel | peak MiB | bytes a pixel | "
          "residual | mass |\n|---|---|---|---|---|---|---|---|---|")
    iterations = []
    for n in (512, 1024, 2048, 4096):
        contest = Contest(program, folder, n, rough_image)
        for _ in range(ROUNDS):
            contest.feller("multigrid")
        name = "Feller: multigrid"
        last = contest.results[name][-1]
        iterations.append(last.iterations)
        print(f"| {n}² | {last.iterations:.0f} | {contest.time(name):.3f} |"
              f" {contest.median(name, lambda r: r.rates + r.solve):.3f} |"
              f" {1e9 * contest.time(name) / n**2:.0f} | {contest.memory(name) / 2**20:.0f} |"
              f" {contest.memory(name) / n**2:.0f} | {last.defect:.1e} | {last.mass:.1e} |",
              flush=True)
    print_aims([("iterations at 512² times 1.5 over those at 4096²",
                 1.5 * iterations[0] / iterations[-1], 1)])


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        way = growth if sys.argv[2:] == ["growth"] else side_by_side
        way(sys.argv[1], pathlib.Path(folder))


if __name__ == "__main__":
    main()
