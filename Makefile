# `make install`, `make verify` and `make test` do all the set-up on a machine with Python >= 3.11, venv and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
EFFORT ?= quick
# Where `make bench` keeps its figures.
BENCH ?= out/bench
# The matrices are small: a second BLAS thread loses more than it wins.
export OPENBLAS_NUM_THREADS := 1
# Tests start hundreds of programs, each of which would compile all that it imports.
unexport PYTHONDONTWRITEBYTECODE

# From Python 3.12 on the interpreter itself tells which lines it reaches, for a tenth of the time.
COVERED = $(shell $(BIN)/python -c "import sys; print('--cov --cov-report term:skip-covered' * (sys.version_info >= (3, 12)))")

.PHONY: help install verify test all-tests notebooks everything kernels bytecode quick coverage lint mutants docs numbers paper supplement attack records bench speed performance proofs lock clean

install: $(READY)  ## the environment .venv alone

verify: $(READY)  ## every claim of the paper, its verdict and evidence, into out/
	$(BIN)/srtheory verify --effort $(EFFORT) --out out

help:  ## what there is to make
	@sed -n 's/^\([a-z]*\):.*  ## /  \1\t/p' Makefile | expand -t 16

# Memory that is given back to the system has to be cleared by it when it is asked for again.
KEEP := MALLOC_TRIM_THRESHOLD_=536870912 MALLOC_MMAP_THRESHOLD_=33554432

# What the processes of the tests need is made first: bytecode of all that they import, and the kernels that each of them
# would compile; lint and types go beside it.  A third process on two processors would collect and load all once more.
test:  ## lint, types and all tests
	@begun=$$(date +%s); $(MAKE) --no-print-directory --jobs=3 lint all-tests; status=$$?; \
	took=$$(($$(date +%s) - begun)); echo "make test took $$((took / 60)) min $$((took % 60)) s"; exit $$status

all-tests: bytecode kernels
	$(KEEP) COVERAGE_CORE=sysmon $(BIN)/python -m pytest -n 2 --dist loadfile $(COVERED)

bytecode: $(VENV)/.bytecode

$(VENV)/.bytecode: $(READY)
	@$(BIN)/python -m pytest --collect-only -qq >/dev/null 2>&1 || true
	@touch $@

notebooks: bytecode kernels  ## every notebook executed: its outputs are those that are stored
	$(KEEP) $(BIN)/python -m pytest -n 2 -m "attack or not attack" tests/notebooks

# What make test leaves out: the long forms of questions, records made again, long pages.  Before a release.
everything: bytecode kernels  ## all tests, their long forms too, an hour or two
	$(KEEP) $(BIN)/python -m pytest -n 3 --dist worksteal -m "attack or not attack"

quick: $(READY)  ## the tests that take seconds
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not slow"

# Before Python 3.12 lines are traced by calls, which takes as long again: not for every run of the tests.
coverage: $(READY)  ## which lines the quick tests reach
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not slow" --cov --cov-report term:skip-covered

lint: $(READY)  ## ruff, import-linter and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo --no-cache
	$(BIN)/mypy

# Not in the lock file: nothing else needs it.
mutants: $(READY)  ## faults put into the library: do the tests see them?
	$(BIN)/python -m pip install --quiet cosmic-ray
	mkdir -p out
	$(BIN)/python -m benchmarks.mutants out/mutants.json

# Otherwise the first long simulation compiles them.
kernels: $(READY)  ## what simulations of SR codes compile for this processor, once
	$(BIN)/srtheory simulate sr --symbols 1000 --degree 10 --tau 0.005 --startup 'expon(scale=5)' --trials 500

numbers: $(READY)  ## the numbers on the pages, from laws and records
	$(BIN)/python -m docs.numbers

# Numbers, tables and figures first, from formulas and what is on record; without LaTeX a line says what is missing.
paper: $(READY)  ## the manuscript, as out/manuscript.pdf
	@$(BIN)/python -m manuscript out

supplement: $(READY)  ## the pages with all proofs, as out/supplement.pdf
	@$(BIN)/python -m manuscript.supplement out

docs: $(READY)  ## the pages and the API reference, as HTML in out/docs
	$(BIN)/python -m sphinx -W -b html -d out/doctrees docs out/docs

# One process: each part says its processor time. They write data/attack and docs/reliability.md.
attack: $(READY)  ## the long forms of the attacks, an hour or two
	$(BIN)/python -m pytest -m attack tests/attack tests/contracts

records: $(READY)  ## the numbers on record that take minutes, anew, into data/
	$(BIN)/python -m tests.record --minutes

# Peers in C and C++ are measured where they are installed: benchmarks/peers/drivers.py.
bench: speed  ## all benchmarks
	$(BIN)/python -m benchmarks.bench_intervals --json $(BENCH)/intervals.json
	$(BIN)/python -m benchmarks.bench_peeling --most 100000 --json $(BENCH)/peeling.json
	mkdir -p out/decoding
	$(BIN)/python -m benchmarks.bench_decoding out/decoding

# Those beside others.
speed: $(READY)  ## the benchmarks that benchmarks/README.md quotes
	$(BIN)/python -m benchmarks.bench_span --large --json $(BENCH)/span.json
	$(BIN)/python -m benchmarks.bench_span --own --float32 --json $(BENCH)/span-float32.json
	$(BIN)/python -m benchmarks.bench_start --json $(BENCH)/start.json
	$(BIN)/python -m benchmarks.bench_trials --json $(BENCH)/trials.json

# The figures of benchmarks/README.md, measured anew.
performance: $(READY)
	$(MAKE) speed BENCH=data/benchmarks
	$(BIN)/python -m benchmarks.first_run --json data/benchmarks/first_run.json
	$(BIN)/python -m benchmarks.waits --json data/benchmarks/waits.json
	$(BIN)/python -m docs.numbers performance

# Coq's part: needs no Python packages, and Python's part needs no Coq.
proofs: proofs/Makefile  ## the formal library in Coq
	$(MAKE) -C proofs PYTHON=$(PYTHON)

# The environment of the lock file, whatever has been released since.  uv, which is in it, takes a tenth of pip's time,
# but does not read pip's settings: where it finds no packages pip does.
$(READY): pyproject.toml requirements.lock
	@echo "Making the environment $(VENV): packages are downloaded in silence, by uv for about a minute, by pip for several."
	$(PYTHON) -m venv $(VENV)
	sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > $(VENV)/uv.txt
	$(BIN)/python -m pip install --quiet --require-hashes --requirement $(VENV)/uv.txt && \
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --requirement requirements.lock || \
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable . || \
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

# The newest versions that pyproject.toml allows, for every Python and platform.
lock: $(READY)  ## a new requirements.lock
	$(BIN)/python -m uv pip compile --quiet --upgrade --universal --generate-hashes --no-strip-extras --python-version 3.11 --extra dev \
		--custom-compile-command "make lock" --output-file requirements.lock pyproject.toml

clean:  ## remove the environment and out/
	rm -rf $(VENV) out
