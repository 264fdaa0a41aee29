#!/bin/bash
# Runs the study files of the properties and makes docs/properties.md of what they verified.
#
#     tools/make_report.sh [BUILD, default build]      RANKS=2 PYTHON=/usr/bin/python3
#
# The runs' files go to output/properties, the pictures to docs/properties. Takes minutes. A check that
# fails stands in the page; the status is then 1.
set -euo pipefail
cd "$(dirname "$0")/.."

# In the order of the papers.
studies="initial_state semigroup chain_semigroup entropy entropy_uniform entropy_wide entropy_mixture
  entropy_plane lyapunov ornstein_uhlenbeck ensemble permutation
  chain_steady_state chain_steady_state_symmetric feller_moments duality osmosis_cat
  osmosis_eight_cells osmosis_theorem osmosis_is_fokker_planck osmosis_is_fokker_planck_plane
  signed_guidance figure1
  likelihood likelihood_terms posterior
  information information_points information_histogram information_plane information_space
  information_images denoiser denoiser_points denoiser_plane probability_flow
  reverse reverse_from_normal reverse_normal reverse_images reverse_density
  reverse_density_normal reverse_density_plane ito_fick schedule schedule_mixture
  score_error score_error_scaled score_error_mixture"

feller=${1:-build}/bin/feller
ranks=${RANKS:-2}
python=${PYTHON:-/usr/bin/python3}
runs=output/properties
mkdir -p "$runs"

files=()
for study in $studies; do
  [ -f "studies/$study.ini" ] || { echo "== $study: no such study file"; continue; }
  echo "== $study"
  rm -f "$runs/$study.h5"  # what an earlier run left is not taken for this one's
  status=0
  mpirun -n "$ranks" "$feller" "studies/$study.ini" --study.output="$runs/$study.h5" \
    --study.overwrite=true > "$runs/$study.log" < /dev/null || status=$?
  # 1 is a check that failed, which the page is to show.
  [ $status -le 1 ] && [ -f "$runs/$study.h5" ] || { tail -n 30 "$runs/$study.log"; exit 2; }
  grep 'checks held' "$runs/$study.log" || true
  files+=("$runs/$study.h5")
done

rm -rf docs/properties
status=0
"$python" tools/report.py "${files[@]}" --output docs/properties.md \
  --title 'The properties of probabilistic diffusion, checked' || status=$?
[ $status -gt 1 ] || du -sh docs/properties
exit $status
