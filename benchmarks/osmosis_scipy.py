#!/usr/bin/env python3
"""The steady state of osmosis by one SuperLU of SciPy: osmosis_scipy.py WIDTH HEIGHT IMAGE MASK WAY RESULT

WAY is an ordering, COLAMD or MMD_AT_PLUS_A (with SuperLU's symmetric mode, its fastest), and what is
factored: "row", the singular matrix with the first row replaced by u_0 = 1, or "step", I - 1e10 A.
Prints CPU seconds for the rates and from there on, 1, |A u|_inf / |u|_inf, the relative change of the
mass and the peak memory of the process in bytes.
"""

import os
import sys
import time

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np
import scipy.sparse as sparse
from scipy.sparse.linalg import splu

TAU = 1e10


def rates(v, mask, axis):
    """Forth and back across the faces along an axis."""
    low, high = [slice(None)] * 2, [slice(None)] * 2
    low[axis], high[axis] = slice(None, -1), slice(1, None)
    low, high = tuple(low), tuple(high)
    total = v[low] + v[high]
    edge = mask[low] | mask[high]
    return np.where(edge, 1, 2 * v[high] / total), np.where(edge, 1, 2 * v[low] / total)


def generator(v, mask):
    """Diagonals of A, from its 2 x 2 arrays of rates."""
    height, width = v.shape
    east, west = rates(v, mask, 1)
    north, south = rates(v, mask, 0)
    out = np.zeros_like(v)
    out[:, :-1] += east
    out[:, 1:] += west
    out[:-1] += north
    out[1:] += south
    along = np.zeros_like(v), np.zeros_like(v)
    along[0][:, :-1], along[1][:, :-1] = east, west
    below, above = along[0].ravel()[:-1], along[1].ravel()[:-1]
    return [-out.ravel(), below, above, north.ravel(), south.ravel()], [0, -1, 1, -width, width]


def steady_state(diagonals, offsets, start, way):
    what, ordering = way.split("-")
    options = dict(permc_spec=ordering)
    if ordering == "MMD_AT_PLUS_A":
        options |= dict(diag_pivot_thresh=0.0, options={"SymmetricMode": True})
    if what == "step":
        diagonals = [-TAU * d for d in diagonals]
        diagonals[0] += 1
        right = start
    else:
        diagonals[0][0] = 1
        for d, offset in zip(diagonals, offsets):
            if offset > 0:
                d[0] = 0
        right = np.zeros_like(start)
        right[0] = 1
    u = splu(sparse.diags(diagonals, offsets, format="csc"), **options).solve(right)
    return u * (start.sum() / u.sum())


def peak_memory():
    with open("/proc/self/status") as status:
        return next(1024 * int(line.split()[1]) for line in status if line.startswith("VmHWM:"))


def main():
    width, height = int(sys.argv[1]), int(sys.argv[2])
    v = np.fromfile(sys.argv[3]).reshape(height, width)
    mask = np.fromfile(sys.argv[4]).reshape(height, width) != 0
    begin = time.process_time()
    diagonals, offsets = generator(v, mask)
    ready = time.process_time()
    u = steady_state(diagonals, offsets, v.ravel(), sys.argv[5])
    done = time.process_time()
    memory = peak_memory()
    u.tofile(sys.argv[6])
    change = sparse.diags(*generator(v, mask)) @ u
    print(ready - begin, done - ready, 1, abs(change).max() / abs(u).max(),
          abs(u.sum() / v.sum() - 1), memory)


if __name__ == "__main__":
    main()
