# `make verify` and `make test` do all the set-up on a machine with Python >= 3.11, venv and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
EFFORT ?= quick
# Where `make bench` keeps its figures.
BENCH ?= out/bench
# The matrices are small: a second BLAS thread loses more than it wins.
export OPENBLAS_NUM_THREADS := 1

.PHONY: verify test quick lint docs bench speed performance proofs clean

verify: $(READY)
	$(BIN)/srtheory verify --effort $(EFFORT) --out out

test: $(READY) lint
	$(BIN)/python -m pytest -n 2 --dist worksteal

quick: $(READY)
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not slow"

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: $(READY)
	$(BIN)/python -m sphinx -W -b html -d out/doctrees docs out/docs

# Peers in C and C++ are measured where they are installed: benchmarks/peers/drivers.py.
bench: speed
	$(BIN)/python -m benchmarks.bench_intervals --json $(BENCH)/intervals.json
	$(BIN)/python -m benchmarks.bench_peeling --most 100000 --json $(BENCH)/peeling.json
	mkdir -p out/decoding
	$(BIN)/python -m benchmarks.bench_decoding out/decoding

# Those beside others.
speed: $(READY)
	$(BIN)/python -m benchmarks.bench_span --large --json $(BENCH)/span.json
	$(BIN)/python -m benchmarks.bench_span --own --float32 --json $(BENCH)/span-float32.json
	$(BIN)/python -m benchmarks.bench_start --json $(BENCH)/start.json
	$(BIN)/python -m benchmarks.bench_trials --json $(BENCH)/trials.json

# README's performance section, measured anew.
performance: $(READY)
	$(MAKE) speed BENCH=data/benchmarks
	$(BIN)/python -m benchmarks.readme

# Coq's part: needs no Python packages, and Python's part needs no Coq.
proofs: proofs/Makefile
	$(MAKE) -C proofs PYTHON=$(PYTHON)

$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable ".[dev]"
	touch $@

clean:
	rm -rf $(VENV) out
