# Everything from a fresh Debian 12 on: `make demo`, `make check`. CMake builds; this file calls it.

BUILD  = build
JOBS   = $(shell nproc)
RANKS  = 2
PREFIX = /usr/local
# Debian's own Python has the plotting packages; another one in the PATH may not.
PYTHON = $(firstword $(wildcard /usr/bin/python3) python3)

# One set of flags for demo and check, so that one build folder serves both. Compilers other than
# Debian 12's may warn of more; a demo does not fail on that, a check does.
WARNINGS_AS_ERRORS = $(if $(filter 12,$(shell $(CXX) -dumpversion 2>/dev/null)),ON,OFF)
check: WARNINGS_AS_ERRORS = ON

# mpirun as root, and with more ranks than cores.
export OMPI_ALLOW_RUN_AS_ROOT ?= 1
export OMPI_ALLOW_RUN_AS_ROOT_CONFIRM ?= 1
export OMPI_MCA_rmaps_base_oversubscribe ?= 1
# Ranks that wait give way: with more of them than cores a run is many times faster.
export OMPI_MCA_mpi_yield_when_idle ?= 1
# Containers forbid reading another process's memory, and Open MPI reports each attempt. (Large
# messages within one machine are faster with `cma` where it is allowed.)
export OMPI_MCA_btl_vader_single_copy_mechanism ?= none
# A chroot without /sys is no news.
export HWLOC_HIDE_ERRORS ?= 2
# The ranks are the parallelism.
export OMP_NUM_THREADS ?= 1
export OPENBLAS_NUM_THREADS ?= 1

.NOTPARALLEL:

FELLER = $(BUILD)/bin/feller
CONFIGURE = cmake -S . -B $(BUILD) -DCMAKE_BUILD_TYPE=Release -DFELLER_TESTS=ON \
  -DFELLER_WARNINGS_AS_ERRORS=$(WARNINGS_AS_ERRORS)
# CMake's own makefiles get -j from JOBS and know nothing of this one.
COMPILE = env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL cmake --build $(BUILD) --parallel $(JOBS)

.PHONY: help packages build demo gallery report check bench install format clean

help:
	@echo 'make demo       relax a density, turn a photograph into noise, remove a shadow, on $(RANKS) ranks'
	@echo 'make check      build everything, with warnings as errors, and run all tests'
	@echo 'make gallery    make the pictures of docs/gallery.md anew'
	@echo 'make report     run the studies of the properties and make docs/properties.md anew'
	@echo 'make build      build the program $(FELLER)'
	@echo 'make bench      measure the solvers side by side, and against SciPy'
	@echo 'make packages   install the Debian packages that are missing (the others do it, too)'
	@echo 'make install    copy the program to PREFIX=$(PREFIX)'
	@echo 'make format     clang-format all sources'
	@echo 'make clean      delete $(BUILD)/ and output/'
	@echo 'Variables: BUILD=$(BUILD) JOBS=$(JOBS) RANKS=$(RANKS) PREFIX=$(PREFIX)'

packages:
	@tools/install_packages.sh

build: packages
	$(CONFIGURE)
	@$(COMPILE) --target feller

demo: build
	@mkdir -p output
	mpirun -n $(RANKS) $(FELLER) studies/double_well.ini --study.overwrite=true
	mpirun -n $(RANKS) $(FELLER) studies/osmosis_cat.ini --study.overwrite=true
	mpirun -n $(RANKS) $(FELLER) studies/shadow_cat.ini --study.overwrite=true
	@echo; $(FELLER) verify output/osmosis_cat.h5
	@$(PYTHON) tools/plot.py output/double_well.h5 --output output
	@$(PYTHON) tools/plot.py output/osmosis_cat.h5 --output output
	@echo; echo 'Look at:'; ls output/*.png | sed 's/^/  /'

gallery: build
	@RANKS=$(RANKS) PYTHON=$(PYTHON) tools/make_gallery.sh $(BUILD)

report: build
	@RANKS=$(RANKS) PYTHON=$(PYTHON) tools/make_report.sh $(BUILD)

check:
	@tools/install_packages.sh --with-tests
	$(CONFIGURE)
	@$(COMPILE)
	ctest --test-dir $(BUILD) --output-on-failure -j$(JOBS)

bench: build
	@tools/install_packages.sh --with-tests
	@PYTHON=$(PYTHON) benchmarks/run.sh $(BUILD)

install:
	@test -x $(FELLER) || { echo "There is nothing to install yet: 'make build' first."; exit 2; }
	cmake --install $(BUILD) --prefix $(PREFIX)

format:
	git ls-files -co --exclude-standard '*.hpp' '*.cpp' | xargs -r clang-format -i

clean:
	rm -rf $(BUILD) output
