#!/usr/bin/env python3
"""Feller and SciPy by hand on the same work, in turn: benchmarks/fokker_planck.py PROGRAM

PROGRAM is build/bin/fokker_planck. Both sides take cell means of one start, Scharfetter-Gummel rates
and one thread. Set-up is everything up to the generator's matrix (or what replaces it), solve the
rest with its factorisations, both in CPU seconds, medians of REPETITIONS rounds (5) in which every
method has its turn. Errors are L1 distances of the last density, computed here for all: to the exact
cell means, and to the exact solution of the same differential equations in time.

Prints a Markdown table. Times never decide about the exit status.
"""

import math
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from typing import Callable, Optional

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np
from scipy.special import erf

from scipy_by_hand import (END, Grid, chebyshev, crank_nicolson_bicgstab, crank_nicolson_lu,
                           exponential, generator, steady_state, uniformization)


@dataclass
class Feller:
    """What the program is asked for."""
    method: str
    steps: int = 1
    solver: str = "direct"
    truncation: float = 0


@dataclass
class Work:
    name: str
    dimension: int
    cells: int
    half_width: float
    potential: str
    initial: str
    aim: float  # ratio of CPU time, first SciPy method over Feller's best
    scipy: dict
    feller: dict
    exact: Optional[Callable] = None  # cell means on a grid
    stationary: bool = False

    def study(self, cells):
        def everywhere(value):
            return ", ".join([str(value)] * self.dimension)
        return (f"[problem]\npotential = {self.potential}\ninitial = {self.initial}\n"
                f"[grid]\ncells = {everywhere(cells)}\nlower = {everywhere(-self.half_width)}\n"
                f"upper = {everywhere(self.half_width)}\n")

    def formula(self, text):
        names = "xyz"[: self.dimension]
        return eval(f"lambda {', '.join(names)}: {text.replace('^', '**')}", {"exp": np.exp})


def gaussian(means, deviations):
    return " * ".join(f"exp(-({x} - ({m}))^2/(2*{s}^2))"
                      for x, m, s in zip("xyz", means, deviations))


def exact_gaussian(means, deviations):
    """Cell means of the Ornstein-Uhlenbeck density at the end."""
    def cell_means(grid):
        edges = -grid.half_width + np.arange(grid.cells + 1) * grid.h
        density = 1.0
        for axis, (m, s) in enumerate(zip(means, deviations)):
            variance = 1 + (s**2 - 1) * math.exp(-2 * END)
            below = erf((edges - m * math.exp(-END)) / math.sqrt(2 * variance)) / 2
            density = density * grid.along(axis, np.diff(below) / grid.h)
        return density.ravel()
    return cell_means


def ornstein_uhlenbeck(dimension, **others):
    means, deviations = [1, -0.5, 0.5][:dimension], [0.5, 0.6, 0.55][:dimension]
    return Work(dimension=dimension, half_width=8.0,
                potential="(" + " + ".join(f"{x}^2" for x in "xyz"[:dimension]) + ")/2",
                initial=gaussian(means, deviations), exact=exact_gaussian(means, deviations),
                **others)


def double_well(**others):
    return Work(dimension=2, cells=256, half_width=2.5, potential="2*(x^2-1)^2 + y^2",
                initial="exp(-((x-1)^2+y^2)/0.1)", **others)


def exponentials(truncation):
    methods = {name: Feller(name) for name in ("chebyshev", "uniformization")}
    methods[f"chebyshev, to {truncation:g}"] = Feller("chebyshev", truncation=truncation)
    return methods


def lu(steps):
    return {f"Crank-Nicolson, splu, {steps} steps": lambda a, u: crank_nicolson_lu(a, u, steps)}


def krylov(steps, tolerance):
    return {f"Crank-Nicolson, bicgstab {tolerance:g}, {steps} steps":
            lambda a, u: crank_nicolson_bicgstab(a, u, steps, tolerance)}


def implicit(steps, solver="direct"):
    return {f"{method}, {solver}, {steps} steps": Feller(method, steps, solver)
            for method in ("crank_nicolson", "sdirk2")}


# Steps and tolerances of the first SciPy method: about half as much error in time as in space, where
# it is cheapest.
WORKS = [
    ornstein_uhlenbeck(1, name="OU, 1000", cells=1000, aim=0.5,
                       scipy=lu(100) | {"Chebyshev": chebyshev},
                       feller=exponentials(1e-6) | implicit(100)),
    ornstein_uhlenbeck(2, name="OU, 256²", cells=256, aim=5,
                       scipy=lu(20) | {"expm_multiply": exponential, "Chebyshev": chebyshev},
                       feller=exponentials(1e-6) | implicit(20)),
    double_well(name="double well, 256²", aim=3, scipy=lu(20) | {"Chebyshev": chebyshev},
                feller=exponentials(1e-6) | implicit(20)),
    ornstein_uhlenbeck(3, name="OU, 64³", cells=64, aim=6,
                       scipy=krylov(7, 1e-4) | krylov(20, 1e-5) | {"Chebyshev": chebyshev},
                       feller=exponentials(5e-3) | implicit(7, "cg_icc")),
    double_well(name="steady state, 256²", aim=1, stationary=True,
                scipy={"one row replaced, splu": steady_state},
                feller={"closed form": Feller("closed_form"),
                        "null vector, direct": Feller("null_vector")}),
]


@dataclass
class Result:
    set_up: float
    solve: float
    density: np.ndarray


class Contest:
    """All methods on one work."""

    def __init__(self, work, program, folder):
        self.work, self.program, self.folder = work, program, folder
        self.grid = Grid(work.dimension, work.cells, work.half_width)
        self.start = self.grid.density(work.formula(work.initial))
        self.results = {}
        self.errors = {}
        self.exact_in_time = None

    def run_feller(self, ask, cells):
        study, output = self.folder / "study.ini", self.folder / "density.raw"
        study.write_text(self.work.study(cells))
        words = [self.program, study, ask.method, ask.solver, END, ask.steps, ask.truncation,
                 output]
        done = subprocess.run(map(str, words), check=True, stdout=subprocess.PIPE, text=True)
        return Result(*map(float, done.stdout.split()), np.fromfile(output))

    def run_scipy(self, method):
        begin = time.process_time()
        matrix = generator(self.grid, self.work.formula(self.work.potential))
        ready = time.process_time()
        density = method(matrix, self.start)
        return Result(ready - begin, time.process_time() - ready, density)

    def take_turns(self, rounds):
        work = self.work
        turns = {f"SciPy: {name}": lambda m=m: self.run_scipy(m) for name, m in work.scipy.items()}
        turns |= {f"Feller: {name}": lambda f=f: self.run_feller(f, work.cells)
                  for name, f in work.feller.items()}
        self.first = next(iter(turns))
        for round_ in range(rounds):
            for name, turn in turns.items():
                self.record(name, turn(), self.grid)
            if round_ == 0:
                self.add_finer(turns)

    def record(self, name, result, grid):
        self.results.setdefault(name, []).append(result)
        if name not in self.errors:
            self.errors[name] = self.error(result.density, grid)

    def add_finer(self, turns):
        """Space and time errors can cancel: as many cells as Feller needs for SciPy's sum of both."""
        ask = next((f for f in self.work.feller.values() if f.truncation > 0), None)
        if self.work.exact is None or ask is None:
            return
        name = f"Feller: chebyshev, to {ask.truncation:g}"
        if self.errors[name][0] <= self.errors[self.first][0]:
            return
        order_2 = math.sqrt(self.errors[name][0] / self.errors[self.first][0])
        grid = Grid(self.work.dimension, 2 * math.ceil(self.work.cells * order_2 / 2 + 0.5),
                    self.work.half_width)
        label = f"{name}, {grid.cells}{['', '', '²', '³'][grid.dimension]}"

        def turn():
            result = self.run_feller(ask, grid.cells)
            self.errors.setdefault(label, self.error(result.density, grid))
            return result
        turns[label] = turn

    def error(self, density, grid):
        """To the exact solution, and to the exact solution in time on this grid."""
        if self.work.stationary:
            return grid.distance(density, self.gibbs()), None
        in_time = grid.distance(density, self.reference()) if grid is self.grid else None
        if self.work.exact is None:
            return in_time, in_time
        return grid.distance(density, self.work.exact(grid)), in_time

    def is_fair(self, name):
        """No larger error than the first method of SciPy, or its round-off."""
        return self.errors[name][0] <= max(self.errors[self.first][0], 1e-12)

    def gibbs(self):
        weight = np.exp(-self.grid.at_centres(self.work.formula(self.work.potential))).ravel()
        return weight / (weight.sum() * self.grid.volume)

    def reference(self):
        if self.exact_in_time is None:
            matrix = generator(self.grid, self.work.formula(self.work.potential))
            self.exact_in_time = uniformization(matrix, self.start)
        return self.exact_in_time

    def print_rows(self):
        solve = {name: statistics.median(r.solve for r in all_)
                 for name, all_ in self.results.items()}
        # The aim is for no larger error.
        feller = [name for name in solve if name.startswith("Feller")]
        fair = [name for name in feller if self.is_fair(name)]
        best = min(fair or feller, key=solve.get)
        for name, all_ in self.results.items():
            total, in_time = self.errors[name]
            set_up = statistics.median(r.set_up for r in all_)
            aim = f"{self.work.aim:g}" if name == best else ""
            print(f"| {self.work.name} | {name} | {total:.1e} |",
                  "" if in_time is None else f"{in_time:.1e}",
                  f"| {1000 * set_up:.2f} | {1000 * solve[name]:.2f} |",
                  f"{solve[self.first] / solve[name]:.2f} | {aim} |", flush=True)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    rounds = int(os.environ.get("REPETITIONS", "5"))
    print("| work | method | L1 error | in time | set-up, CPU ms | solve, CPU ms | times faster "
          "than the first | aim |\n|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for work in WORKS:
            contest = Contest(work, sys.argv[1], pathlib.Path(folder))
            contest.take_turns(rounds)
            contest.print_rows()


if __name__ == "__main__":
    main()
