#!/usr/bin/env bash
# Everything that is measured, side by side in one run: benchmarks/run.sh BUILD_FOLDER
set -euo pipefail
build=${1:-build}
export OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1
cmake -S . -B "$build" -DFELLER_BENCHMARKS=ON >/dev/null
cmake --build "$build" --target chain osmosis_step osmosis_steady fokker_planck reverse -j "$(nproc)"
echo "One implicit step of osmosis, 512 x 512, residual 1e-8, one rank"
echo
echo "| method | time step | iterations | set-up, CPU s | solve, CPU s | residual | memory, MiB |"
echo "|---|---|---|---|---|---|---|"
for method in bicgstab_ilu cg_icc amg multigrid direct auto; do
  "$build/bin/osmosis_step" "$method"
done
echo
python=${PYTHON:-/usr/bin/python3}
echo "Steady states of osmosis with a shadow's edge against SciPy and PETSc, one rank"
echo
"$python" benchmarks/osmosis_steady.py "$build/bin/osmosis_steady"
echo
"$python" benchmarks/osmosis_steady.py "$build/bin/osmosis_steady" growth
echo
echo "Fokker-Planck against SciPy, to t = 1, one rank"
echo
"$python" benchmarks/fokker_planck.py "$build/bin/fokker_planck"
echo
echo "The Markov chain on images against drawing alone and against NumPy, one core"
echo
"$python" benchmarks/chain.py "$build/bin/chain"
echo
echo "Reverse SDE with the exact score of a mixture against NumPy, one core"
echo
"$python" benchmarks/reverse.py "$build/bin/reverse"
