"""What one writes with SciPy for the Fokker-Planck equation with D = 1 and a potential."""

import itertools
import math

import numpy as np
import scipy.sparse as sparse
from scipy.sparse.linalg import bicgstab, expm_multiply, splu
from scipy.special import exprel, ive

END = 1.0
NODES = np.sqrt(0.6) * np.array([-1, 0, 1]) / 2  # Gauss-Legendre over a cell
WEIGHTS = np.array([5, 8, 5]) / 18
SYMMETRIC = dict(permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0,
                 options={"SymmetricMode": True})  # SuperLU's fastest here


class Grid:
    """Cells of a cube around 0, numbered with x fastest: arrays have the axes z, y, x."""

    def __init__(self, dimension, cells, half_width):
        self.dimension, self.cells, self.half_width = dimension, cells, half_width
        self.h = 2 * half_width / cells
        self.volume = self.h**dimension
        self.shape = [cells] * dimension

    def along(self, axis, values):
        """Values along x, y or z as an array that broadcasts to the grid."""
        shape = [1] * self.dimension
        shape[self.dimension - 1 - axis] = self.cells
        return values.reshape(shape)

    def points(self, offsets):
        centres = -self.half_width + (np.arange(self.cells) + 0.5) * self.h
        return [self.along(axis, centres + o * self.h) for axis, o in enumerate(offsets)]

    def at_centres(self, function):
        return np.broadcast_to(function(*self.points([0] * self.dimension)), self.shape)

    def density(self, function):
        """Cell means as Feller takes them, scaled to mass 1."""
        means = np.zeros(self.shape)
        for place in itertools.product(range(3), repeat=self.dimension):
            means += np.prod(WEIGHTS[list(place)]) * function(*self.points(NODES[list(place)]))
        return means.ravel() / (means.sum() * self.volume)

    def distance(self, a, b):
        return abs(a - b).sum() * self.volume


def generator(grid, potential):
    """Scharfetter-Gummel for D = 1: B(z) = z / (e^z - 1) = 1 / exprel(z)."""
    u = grid.at_centres(potential)
    numbers = np.arange(u.size).reshape(u.shape)
    u = u.ravel()
    rows, columns, values = [], [], []
    for axis in range(grid.dimension):
        low = np.take(numbers, range(grid.cells - 1), axis).ravel()
        high = np.take(numbers, range(1, grid.cells), axis).ravel()
        z = u[low] - u[high]
        forth, back = 1 / exprel(-z) / grid.h**2, 1 / exprel(z) / grid.h**2
        rows += [high, low, low, high]
        columns += [low, low, high, high]
        values += [forth, -forth, back, -back]
    entries = np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))
    return sparse.csr_matrix(entries, shape=(u.size, u.size))


# Solvers: functions of matrix and start. Crank-Nicolson is written as (I + B) (I - B)^-1 = 2 (I - B)^-1 - I with B = tau/2 A.


def crank_nicolson_lu(matrix, start, steps):
    system = sparse.identity(start.size, format="csc") - END / steps / 2 * matrix.tocsc()
    factors = splu(system, **SYMMETRIC)
    u = start
    for _ in range(steps):
        u = 2 * factors.solve(u) - u
    return u


def crank_nicolson_bicgstab(matrix, start, steps, tolerance):
    system = sparse.identity(start.size, format="csr") - END / steps / 2 * matrix
    u = start
    for _ in range(steps):
        v, status = bicgstab(system, u, x0=u, tol=tolerance, atol=0)
        if status != 0:
            raise RuntimeError("bicgstab did not converge")
        u = 2 * v - u
    return u


def exponential(matrix, start):
    return expm_multiply(END * matrix, start)


def chebyshev(matrix, start):
    """Feller's polynomial, as one would write it with SciPy."""
    s = END * abs(matrix.diagonal()).max()
    coefficients = 2 * ive(np.arange(int(20 + 9 * np.sqrt(s))), s)
    step = sparse.identity(start.size, format="csr") + matrix * (END / s)
    before, now = start, step @ start
    u = coefficients[0] / 2 * before + coefficients[1] * now
    for c in coefficients[2:][coefficients[2:] > 1e-17]:
        after = step @ now
        after *= 2
        after -= before
        u += c * after
        before, now = now, after
    return u


def uniformization(matrix, start):
    """Exact in time, by another polynomial: the reference."""
    rate = abs(matrix.diagonal()).max()
    mean, deviation = rate * END, math.sqrt(rate * END)
    step = sparse.identity(start.size, format="csr") + matrix / rate
    power, u, total, weight = start, np.zeros_like(start), 0.0, 1.0
    for k in range(int(mean + 9 * deviation) + 30):
        if k >= mean - 9 * deviation:
            u += weight * power
            total += weight
            weight *= mean / (k + 1)
        power = step @ power
    return u / total


def steady_state(matrix, start):
    """A w = 0 with one row replaced by w_K = 1, then scaled; a row of ones would fill the factors."""
    place = int(np.argmax(start))
    keep = sparse.identity(start.size, format="dok")
    keep[place, place] = 0
    unit = sparse.csc_matrix(([1.0], ([place], [place])), shape=matrix.shape)
    w = splu((keep.tocsr() @ matrix + unit).tocsc(), **SYMMETRIC).solve(unit[:, place].toarray())
    return w.ravel() * (start.sum() / w.sum())
