#!/bin/bash
# Makes the pictures of docs/gallery.md and prints the figures that stand there.
#
#     tools/make_gallery.sh [BUILD, default build]      RANKS=2 PYTHON=/usr/bin/python3
#
# Runs the study files of the models of osmosis, shadow removal with both drifts in the mask, and two
# sweeps. All that they leave is in output/gallery, the pictures are in docs/gallery. Takes minutes.
set -euo pipefail
cd "$(dirname "$0")/.."

feller=${1:-build}/bin/feller
ranks=${RANKS:-2}
python=${PYTHON:-/usr/bin/python3}
runs=output/gallery
mkdir -p "$runs"

# run STUDY NAME [SETTING...]
run() {
  local study=$1 name=$2; shift 2
  echo "== $name"
  mpirun -n "$ranks" "$feller" "studies/$study.ini" --study.output="$runs/$name.h5" \
    --study.overwrite=true "$@" > "$runs/$name.log" || { tail -n 30 "$runs/$name.log"; exit 2; }
  grep 'checks held' "$runs/$name.log"
}

for study in shadow_coffee shadow_cat cloning_cat compact_camera anisotropic_cat nonlinear_coffee \
    fusion_cat; do
  run $study $study
done
run shadow_coffee shadow_coffee_estimated --problem.masked_drift=estimated
run shadow_cat shadow_cat_zero --problem.masked_drift=zero

sweep() { "$python" tools/sweep.py "$@" --feller "$feller" --set osmosis.second_start=false; }
sweep studies/shadow_coffee.ini problem.offset 0.5 1 2 5 10 25.5 60 120 255 \
  --also problem.masked_drift=estimated --set osmosis.published_stopping=false \
  --output "$runs/psnr_by_offset"
sweep studies/compact_camera.ini problem.mask_width 0 1 2 3 4 5 6 \
  --against figures.stored_fraction --output "$runs/psnr_by_stored_fraction"

"$python" tools/gallery_pictures.py "$runs" docs/gallery
