#!/usr/bin/env python3
"""The Markov chain on images against drawing alone and against NumPy: chain.py PROGRAM

PROGRAM is build/bin/chain. Feller (one rank) and NumPy (its default generator, one core) take turns on
as many values, REPETITIONS rounds (5): CPU nanoseconds a pixel and step, medians. Prints a Markdown table
and whether each aim was met; times never decide about the exit status.
"""

import os
import statistics
import subprocess
import sys
import time

import numpy as np

ROUNDS = int(os.environ.get("REPETITIONS", "5"))
SIZES = {"451 x 300 x 3": (451, 900, 40), "1024²": (1024, 1024, 15), "4096²": (4096, 4096, 2)}
LOOPS = ["Feller: drawing alone", "Feller: chain, all steps of a block at once",
         "Feller: chain, step by step", "Feller: ensemble, mean and variance of jumps"]
NUMPY = "NumPy: u = sqrt(1-b)*u + sqrt(b)*rng.standard_normal(u.shape)"


def feller(program, size):
    done = subprocess.run([program, *map(str, size)], stdout=subprocess.PIPE, text=True, check=True)
    first, *kernels = done.stdout.splitlines()
    *times, square = map(float, first.split())
    if not 0.9 < square < 1.1:
        sys.exit(f"chain.py: mean square {square}, not 1: the chain is not in its steady state")
    return times, kernels


def numpy(width, height, steps):
    rng = np.random.default_rng(1)
    u, b = np.full((height, width), 0.5), 0.02
    u = np.sqrt(1 - b) * u + np.sqrt(b) * rng.standard_normal(u.shape)
    begin = time.process_time()
    for _ in range(steps):
        u = np.sqrt(1 - b) * u + np.sqrt(b) * rng.standard_normal(u.shape)
    return 1e9 * (time.process_time() - begin) / (u.size * steps)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    print("| values | loop | CPU ns a value and step | million a second | drawing alone takes | NumPy takes |")
    print("|---|---|---|---|---|---|")
    aims = []
    for name, size in SIZES.items():
        times = {loop: [] for loop in [*LOOPS, NUMPY]}
        for _ in range(ROUNDS):
            found, kernels = feller(sys.argv[1], size)
            for loop, value in zip(LOOPS, found):
                times[loop].append(value)
            times[NUMPY].append(numpy(*size))
        middle = {loop: statistics.median(values) for loop, values in times.items()}
        for loop, value in middle.items():
            print(f"| {name} | {loop} | {value:.2f} | {1e3 / value:.0f} | {middle[LOOPS[0]] / value:.2f} |"
                  f" {middle[NUMPY] / value:.2f} |", flush=True)
        for loop in LOOPS[1:3]:
            aims.append((f"{name}, {loop[8:]}: part of drawing's speed", 0.5,
                         middle[LOOPS[0]] / middle[loop]))
            aims.append((f"{name}, {loop[8:]}: times NumPy's speed", 5, middle[NUMPY] / middle[loop]))
    print(f"\nDrawing alone by sets of instructions, ns: {', '.join(kernels)}.\n\n| aim | at least | measured | |\n|---|---|---|---|")
    for name, wanted, measured in aims:
        print(f"| {name} | {wanted:g} | {measured:.2f} | {'met' if measured >= wanted else 'missed'} |")


if __name__ == "__main__":
    main()
