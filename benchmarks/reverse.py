#!/usr/bin/env python3
"""Particles of the reverse SDE with the exact score of a mixture, against NumPy: reverse.py PROGRAM

PROGRAM is build/bin/reverse. Feller (one rank) and NumPy (vectorised over particles, in blocks that fit the
cache, one core) take turns, REPETITIONS rounds (5): Euler-Maruyama steps with lambda = 1 of 2^18 particles
from t = 10 to 0.1, CPU nanoseconds a particle and step, medians. NumPy is written twice: with a row a
particle, as such scores are usually written, and with a row a cluster and no new arrays, the fastest that
we could find. Prints a Markdown table and whether the aim was met; times never decide about the exit
status, wrong variances do.
"""

import os
import statistics
import subprocess
import sys
import time

import numpy as np

ROUNDS = int(os.environ.get("REPETITIONS", "5"))
STEPS = 40
PARTICLES, BLOCK = 2**18, 2**12
CASES = {
    "1 dimension, 3 clusters": ([0.3, 0.45, 0.25], [[-1], [0.2], [1.3]], [0.04, 0.0225, 0.09]),
    "2 dimensions, 8 clusters": ([1 / 8] * 8, [[k % 3 - 1, k // 3 - 1] for k in range(8)], [0.04] * 8),
}


def feller(program):
    done = subprocess.run([program, str(STEPS)], stdout=subprocess.PIPE, text=True, check=True)
    return [tuple(map(float, line.split())) for line in done.stdout.splitlines()]


def usual_score(z, t, weights, means, variances):
    v = variances + t
    n = means.shape[1]
    squares = ((z[:, None, :] - means) ** 2).sum(axis=2)
    logs = np.log(weights) - 0.5 * n * np.log(v) - 0.5 * squares / v
    logs -= logs.max(axis=1, keepdims=True)
    shares = np.exp(logs)
    shares /= shares.sum(axis=1, keepdims=True)
    shares /= v
    return shares @ means - z * shares.sum(axis=1, keepdims=True)


def usual(rng, z, times, weights, means, variances):
    """z has a row a particle."""
    for t, s in zip(times, times[1:]):
        z += (t - s) * usual_score(z, t, weights, means, variances)
        z += np.sqrt(t - s) * rng.standard_normal(z.shape)
    return z


def fastest(rng, z, times, weights, means, variances):
    z = z.T.copy()
    logs, scratch = np.empty((2, len(weights), z.shape[1]))
    noise = np.empty_like(z)
    n = len(z)
    for t, s in zip(times, times[1:]):
        v = variances + t
        logs[:] = 0
        for a in range(n):
            np.subtract(z[a], means[:, a : a + 1], out=scratch)
            np.multiply(scratch, scratch, out=scratch)
            np.add(logs, scratch, out=logs)
        np.multiply(logs, (-0.5 / v)[:, None], out=logs)
        np.add(logs, (np.log(weights) - 0.5 * n * np.log(v))[:, None], out=logs)
        np.subtract(logs, logs.max(axis=0), out=logs)
        np.exp(logs, out=logs)
        total = logs.sum(axis=0)
        np.multiply(logs, (1 / v)[:, None], out=logs)
        z += (t - s) * ((means.T @ logs - z * logs.sum(axis=0)) / total)
        rng.standard_normal(out=noise)
        noise *= np.sqrt(t - s)
        z += noise
    return z


def numpy(way, block, weights, means, variances):
    """CPU nanoseconds a particle and step; mean of |z|^2/n at the end and its standard error."""
    rng = np.random.default_rng(1)
    weights, means, variances = np.array(weights), np.array(means, float), np.array(variances)
    times = 10 * 0.01 ** (np.arange(STEPS + 1) / STEPS)
    squares = []
    begin = time.process_time()
    for _ in range(PARTICLES // block):
        k = rng.choice(len(weights), block, p=weights)
        z = means[k] + np.sqrt(variances[k] + 10)[:, None] * rng.standard_normal((block, means.shape[1]))
        squares.append(way(rng, z, times, weights, means, variances) ** 2)
    spent = 1e9 * (time.process_time() - begin) / (PARTICLES * STEPS)
    squares = np.concatenate([s.ravel() for s in squares])
    return spent, squares.mean(), squares.std() / np.sqrt(PARTICLES)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    ways = {"usual": (usual, 2**12), "fastest": (fastest, 2**14)}
    found = {name: {"Feller": [], **{way: [] for way in ways}} for name in CASES}
    for _ in range(ROUNDS):
        for (name, case), (value, square) in zip(CASES.items(), feller(sys.argv[1])):
            found[name]["Feller"].append(value)
            for way, (function, block) in ways.items():
                spent, theirs, error = numpy(function, block, *case)
                found[name][way].append(spent)
                # Feller's mean has the same standard error.
                if abs(square - theirs) > 4 * np.sqrt(2) * error:
                    sys.exit(f"reverse.py: {name}: mean squares {square} and {theirs} differ by more than chance")
    print("| particles | Feller, ns a step | million a second | NumPy as usual, ns | NumPy at its fastest, ns |", end="")
    print(" times the usual | times the fastest | aim |")
    print("|---|---|---|---|---|---|---|---|")
    for name, times in found.items():
        ours, usually, best = (statistics.median(times[way]) for way in ("Feller", "usual", "fastest"))
        print(f"| {name} | {ours:.2f} | {1e3 / ours:.0f} | {usually:.1f} | {best:.1f} | {usually / ours:.1f} |", end="")
        print(f" {best / ours:.1f} | at least 10: {'met' if usually >= 10 * ours else 'missed'} against the usual,", end="")
        print(f" {'met' if best >= 10 * ours else 'missed'} against the fastest |")


if __name__ == "__main__":
    main()
