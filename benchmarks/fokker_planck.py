#!/usr/bin/env python3
"""Feller and SciPy by hand on the same work, in turn: benchmarks/fokker_planck.py PROGRAM

PROGRAM is build/bin/fokker_planck. Both sides start from the same cell means, use Scharfetter-Gummel
rates and are measured in CPU seconds of one thread: the matrix (set-up) apart, everything after it,
factorisations included, as the solve. The error is the L1 distance of the last density, computed
here for both. Prints one Markdown table. Times decide nothing about the exit status.
"""

import itertools
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from typing import Callable

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np
import scipy.sparse as sparse
from scipy.sparse.linalg import bicgstab, expm_multiply, spsolve, splu
from scipy.special import erf, exprel, ive

REPETITIONS = int(os.environ.get("REPETITIONS", "5"))
TIME = 1.0
NODES = np.sqrt(0.6) * np.array([-1, 0, 1]) / 2  # Gauss-Legendre over a cell
WEIGHTS = np.array([5, 8, 5]) / 18


class Grid:
    """Cells of a box, numbered with x fastest; arrays have the axes z, y, x."""

    def __init__(self, dimension, cells, half_width):
        self.axes, self.cells, self.half_width = dimension, cells, half_width
        self.h = 2 * half_width / cells
        self.centres = -half_width + (np.arange(cells) + 0.5) * self.h
        self.volume = self.h**dimension

    def points(self, offsets):
        """x, y, z that broadcast to the grid, moved from the centres."""
        for axis, offset in enumerate(offsets):
            shape = [1] * self.axes
            shape[self.axes - 1 - axis] = self.cells
            yield (self.centres + offset * self.h).reshape(shape)

    def at_centres(self, function):
        return np.broadcast_to(function(*self.points([0] * self.axes)), [self.cells] * self.axes)

    def density(self, function):
        """Cell means, scaled to mass 1."""
        means = np.zeros([self.cells] * self.axes)
        for place in itertools.product(range(3), repeat=self.axes):
            means += np.prod(WEIGHTS[list(place)]) * function(*self.points(NODES[list(place)]))
        return means.ravel() / (means.sum() * self.volume)


def generator(grid, potential):
    """Scharfetter-Gummel for D = 1: B(z) = z / (e^z - 1) = 1 / exprel(z)."""
    u = grid.at_centres(potential)
    numbers = np.arange(u.size).reshape(u.shape)
    rows, columns, values = [], [], []
    for axis in range(u.ndim):
        low = np.take(numbers, range(grid.cells - 1), axis).ravel()
        high = np.take(numbers, range(1, grid.cells), axis).ravel()
        z = u.ravel()[low] - u.ravel()[high]
        forth, back = 1 / exprel(-z) / grid.h**2, 1 / exprel(z) / grid.h**2
        rows += [high, low, low, high]
        columns += [low, low, high, high]
        values += [forth, -forth, back, -back]
    entries = np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))
    return sparse.csr_matrix(entries, shape=(u.size, u.size))


def crank_nicolson_lu(matrix, start, steps):
    """(I + B) (I - B)^-1 = 2 (I - B)^-1 - I,  B = tau/2 A."""
    system = sparse.identity(start.size, format="csc") - TIME / steps / 2 * matrix.tocsc()
    factors = splu(system, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0,
                   options={"SymmetricMode": True})
    u = start
    for _ in range(steps):
        u = 2 * factors.solve(u) - u
    return u


def crank_nicolson_bicgstab(matrix, start, steps, tolerance):
    system = sparse.identity(start.size, format="csr") - TIME / steps / 2 * matrix
    u = start
    for _ in range(steps):
        v, status = bicgstab(system, u, x0=u, tol=tolerance, atol=0)
        if status != 0:
            raise RuntimeError("bicgstab did not converge")
        u = 2 * v - u
    return u


def exponential(matrix, start):
    return expm_multiply(TIME * matrix, start)


def chebyshev(matrix, start):
    """What Feller does, as one would write it with SciPy."""
    s = TIME * abs(matrix.diagonal()).max()
    last = int(20 + 9 * np.sqrt(s))
    c = 2 * ive(np.arange(last + 1), s)
    c[0] /= 2
    step = matrix * (TIME / s) + sparse.identity(start.size, format="csr")
    before, now = start, step @ start
    u = c[0] * before + c[1] * now
    for k in range(2, last + 1):
        before *= -1 if k > 2 else 1
        if k == 2:
            before = -before
        before += 2 * (step @ now)
        u += c[k] * before
        before, now = now, before
        if c[k] < 1e-17:
            break
    return u


def uniformized(matrix, start):
    """The exact solution, term by term, for reference."""
    rate = abs(matrix.diagonal()).max()
    step = sparse.identity(start.size, format="csr") + matrix / rate
    mean = rate * TIME
    first, last = int(mean - 9 * np.sqrt(mean)), int(mean + 9 * np.sqrt(mean)) + 30
    power, total, weights, weight = start, np.zeros_like(start), 0.0, 1.0
    for k in range(last + 1):
        if k >= max(first, 0):
            total += weight * power
            weights += weight
            weight *= mean / (k + 1)
            if weight > 1e200:
                total, weights, weight = total / weight, weights / weight, 1.0
        power = step @ power
    return total / weights


def null_vector(matrix, start):
    """A w = 0 with the first row replaced by the mass."""
    system = matrix.tolil()
    system[0, :] = 1.0
    right = np.zeros(start.size)
    right[0] = start.sum()
    return spsolve(system.tocsc(), right)
