# `make verify` and `make test` do all the set-up on a machine with Python >= 3.11, venv and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
EFFORT ?= quick
# The matrices are small: a second BLAS thread loses more than it wins.
export OPENBLAS_NUM_THREADS := 1

.PHONY: verify test quick lint docs bench proofs clean

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

bench: $(READY)
	$(BIN)/python -m benchmarks.bench_span
	$(BIN)/python -m benchmarks.bench_trials
	$(BIN)/python -m benchmarks.bench_intervals
	$(BIN)/python -m benchmarks.bench_peeling --most 100000
	mkdir -p out/decoding
	$(BIN)/python -m benchmarks.bench_decoding out/decoding

# Coq's part: needs no Python packages, and Python's part needs no Coq.
proofs: proofs/Makefile
	$(MAKE) -C proofs PYTHON=$(PYTHON)

$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable ".[dev]"
	touch $@

clean:
	rm -rf $(VENV) out
