#!/usr/bin/env python3
"""Particles of the reverse SDE with the exact score of a mixture, against NumPy: reverse.py PROGRAM

PROGRAM is build/bin/reverse. Feller (one rank) and NumPy (vectorised over particles, in blocks that fit the
cache, one core) take turns, REPETITIONS rounds (5): Euler-Maruyama steps with lambda = 1 of 2^18 particles
from t = 10 to 0.1, CPU nanoseconds a particle and step, medians. Prints a Markdown table and whether the aim
was met; times never decide about the exit status, wrong variances do.
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


def score(z, t, log_weights, means, variances):
    v = variances + t
    n = means.shape[1]
    squares = sum((z[:, a, None] - means[:, a]) ** 2 for a in range(n))
    logs = log_weights - 0.5 * n * np.log(v) - 0.5 * squares / v
    logs -= logs.max(axis=1, keepdims=True)
    shares = np.exp(logs)
    shares /= shares.sum(axis=1, keepdims=True)
    shares /= v
    return shares @ means - z * shares.sum(axis=1, keepdims=True)


def numpy(weights, means, variances):
    rng = np.random.default_rng(1)
    weights, means, variances = np.array(weights), np.array(means, float), np.array(variances)
    times = 10 * 0.01 ** (np.arange(STEPS + 1) / STEPS)
    begin = time.process_time()
    for _ in range(PARTICLES // BLOCK):
        k = rng.choice(len(weights), BLOCK, p=weights)
        z = means[k] + np.sqrt(variances[k] + 10)[:, None] * rng.standard_normal((BLOCK, means.shape[1]))
        for t, s in zip(times, times[1:]):
            z += (t - s) * score(z, t, np.log(weights), means, variances)
            z += np.sqrt(t - s) * rng.standard_normal(z.shape)
    square = float((z**2).mean())
    return 1e9 * (time.process_time() - begin) / (PARTICLES * STEPS), square


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    times = {name: ([], []) for name in CASES}
    for _ in range(ROUNDS):
        for (name, case), (value, square) in zip(CASES.items(), feller(sys.argv[1])):
            theirs, their_square = numpy(*case)
            # NumPy's are those of its last block, a few thousand.
            if abs(square - their_square) > 0.2 * square:
                sys.exit(f"reverse.py: {name}: mean squares {square} and {their_square} differ")
            times[name][0].append(value)
            times[name][1].append(theirs)
    print("| particles | Feller, ns a step | million a second | NumPy, ns a step | NumPy takes | aim |")
    print("|---|---|---|---|---|---|")
    for name, (ours, theirs) in times.items():
        a, b = statistics.median(ours), statistics.median(theirs)
        print(f"| {name} | {a:.2f} | {1e3 / a:.0f} | {b:.1f} | {b / a:.1f} | at least 10, {'met' if b >= 10 * a else 'missed'} |")


if __name__ == "__main__":
    main()
