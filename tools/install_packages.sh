#!/bin/bash
# Installs the Debian packages that Feller needs and that are missing.
#
#   tools/install_packages.sh                 what building and running need
#   tools/install_packages.sh --with-tests    and what only tests and benchmarks use
#
# As root, or as a user who may use sudo. Touches nothing and needs no network where all is there.
# Exit status: 0 all is there; 1 apt failed; 2 something is missing that this script cannot install.
set -euo pipefail

# package | how to find it on systems without dpkg | what it is for
packages='
g++                          | command c++                       | a C++20 compiler (GCC >= 11 or Clang >= 16)
make                         | command make                      | make
cmake                        | command cmake                     | CMake >= 3.22
pkg-config                   | command pkg-config                | pkg-config, to find libraries
openmpi-bin                  | command mpirun                    | an MPI launcher
libopenmpi-dev               | command mpicc                     | MPI >= 3.1
libpetsc-real-dev            | module PETSc >= 3.18              | PETSc >= 3.18, real, with hypre, MUMPS, SuiteSparse: grids, matrices, solvers
libslepc-real-dev            | module SLEPc >= 3.18              | SLEPc >= 3.18: eigenmodes, matrix functions
libopenblas0-serial          | command true                      | OpenBLAS: factorisations in half the time
liblapack-dev                | module lapack                     | LAPACK: eigenvalues of small tensors
libhdf5-openmpi-dev          | command h5pcc                     | HDF5 >= 1.10 built with the same MPI: output, checkpoints
libboost-dev                 | header boost/version.hpp          | Boost >= 1.74: text and JSON
libboost-program-options-dev | header boost/program_options.hpp  | Boost.Program_options: study files, command line
libpng-dev                   | module libpng                     | libpng: PNG images
libjpeg-dev                  | module libjpeg                    | libjpeg: JPEG images
libtiff-dev                  | module libtiff-4                  | libtiff: TIFF images
libmuparser-dev              | module muparser >= 2.3            | muParser >= 2.3: expressions in study files
librandom123-dev             | header Random123/philox.h         | Random123: noise that is the same on any number of ranks
libfmt-dev                   | module fmt >= 9                   | fmt >= 9: text
libspdlog-dev                | module spdlog >= 1.10             | spdlog >= 1.10: log
catch2                       | header catch2/catch.hpp           | Catch2 2.13: tests
python3-h5py                 | python h5py                       | h5py: plots
python3-matplotlib           | python matplotlib                 | Matplotlib: plots
'
test_packages='
python3-xarray               | python xarray                     | xarray: reads our files in tests
python3-h5netcdf             | python h5netcdf                   | h5netcdf: reads our files in tests
python3-netcdf4              | python netCDF4                    | netCDF4 for Python: reads our files in tests
netcdf-bin                   | command ncdump                    | ncdump: reads our files in tests
hdf5-tools                   | command h5diff                    | h5diff, h5dump: compare our files in tests
python3-scipy                | python scipy                      | SciPy: references in tests and benchmarks
'

case "${1:-}" in
  "") ;;
  --with-tests) packages+=$test_packages ;;
  *) sed -n '2,8s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac

names=() probes=() purposes=()
while IFS='|' read -r name probe purpose; do
  [[ -n ${name// } ]] || continue
  read -r name <<< "$name"; read -r probe <<< "$probe"; read -r purpose <<< "$purpose"
  names+=("$name"); probes+=("$probe"); purposes+=("$purpose")
done <<< "$packages"

# Positions of the packages that dpkg does not know as installed.
missing_by_dpkg() {
  local installed i
  installed=$(dpkg-query --show --showformat='${Package} ${db:Status-Status}\n' "${names[@]}" 2>/dev/null || true)
  for i in "${!names[@]}"; do
    grep -qxF "${names[i]} installed" <<< "$installed" || echo "$i"
  done
}

# found KIND WHAT: whether a command, pkg-config module, C++ header or Python module is there.
found() {
  case $1 in
    command) command -v "$2" ;;
    module) pkg-config --exists "$2" ;;
    header) c++ -E -x c++ -include "$2" /dev/null ;;
    python) python3 -c "import $2" ;;
  esac > /dev/null 2>&1
}

# Positions of the packages whose content cannot be found either.
missing_by_looking() {
  local i kind what
  for i in "$@"; do
    read -r kind what <<< "${probes[i]}"
    found "$kind" "$what" || echo "$i"
  done
}

# ask_for_help REASON: says what is needed, unless it is there from another source.
ask_for_help() {
  local i
  mapfile -t missing < <(missing_by_looking "${missing[@]}")
  if (( ${#missing[@]} == 0 )); then
    echo "Packages: everything needed is there (not all of it from Debian)."
    exit 0
  fi
  {
    echo "$1 Feller still needs:"
    for i in "${missing[@]}"; do echo "  - ${purposes[i]}"; done
    echo "On Debian 12, these are installed as root with"
    echo "  apt-get install --no-install-recommends$(for i in "${missing[@]}"; do printf ' %s' "${names[i]}"; done)"
  } >&2
  exit 2
}

# Debian 12 or newer (testing and unstable give no number).
is_debian() {
  [[ -r /etc/os-release ]] && command -v apt-get dpkg-query > /dev/null || return 1
  local id version
  # shellcheck source=/dev/null
  id=$(. /etc/os-release; echo "${ID:-}")
  # shellcheck source=/dev/null
  version=$(. /etc/os-release; echo "${VERSION_ID:-12}")
  [[ $id == debian ]] && (( ${version%%.*} >= 12 ))
}

if ! is_debian; then
  missing=("${!names[@]}")
  ask_for_help "This is not Debian 12 or newer, so nothing is installed here."
fi

mapfile -t missing < <(missing_by_dpkg)
if (( ${#missing[@]} == 0 )); then
  echo "Packages: all ${#names[@]} are installed."
  exit 0
fi

as_root=(env)
if (( EUID != 0 )); then
  command -v sudo > /dev/null || ask_for_help "Installing packages needs root or sudo, and there is neither."
  # Asks for a password only where one is needed.
  sudo -n true 2> /dev/null || sudo -v || ask_for_help "Installing packages needs root or sudo, and sudo refused."
  as_root=(sudo env)
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT

apt() {
  "${as_root[@]}" LC_ALL=C DEBIAN_FRONTEND=noninteractive \
    apt-get -q -y -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 "$@" 2>&1 < /dev/null | tee -a "$log"
}

# What apt says it will download and write.
sizes() {
  apt install --no-install-recommends --assume-no "$@" | sed -n \
    -e 's/^Need to get \(.*\) of archives.*/\1 to download/p' \
    -e 's/^After this operation, \(.*\) of additional.*/, \1 on disk/p' | tr -d '\n'
}

echo "Packages: ${#missing[@]} of ${#names[@]} are to be installed:"
for i in "${missing[@]}"; do printf '  %-28s %s\n' "${names[i]}" "${purposes[i]}"; done

echo "Refreshing the package lists ..."
apt update > /dev/null || echo "Not all lists could be refreshed; trying with what is known."

wanted=(); for i in "${missing[@]}"; do wanted+=("${names[i]}"); done
echo "Installing them with what they need: $(sizes "${wanted[@]}" || true) ..."
: > "$log"
if ! apt install --no-install-recommends "${wanted[@]}" > /dev/null; then
  { echo "apt could not install them. Its last lines:"; tail -n 20 "$log" | sed 's/^/  /'; } >&2
  exit 1
fi
echo "Packages: all ${#names[@]} are installed."
