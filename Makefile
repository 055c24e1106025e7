# Two commands do everything on a fresh machine with Linux or macOS, Python 3.11 to 3.13, make and git:
#
#   make run      everything on this machine, with a demo county
#   make test     every test, with a real PostgreSQL and a real Chromium; ARGS="-k name" for some of them
#
# And for those who change it:
#
#   make test-fast  while you work: without browser, kills and real servers, and a fixed tenth of the matrix
#   make dev      run, and start again when the code changes
#   make check    format, lint, types, import contracts
#   make format   let the formatter decide
#   make seed     fill the demo county
#   make bench    measure every page and act
#   make mutants  break every promise on purpose, and see whether its tests notice; ARGS=--help tells how to choose
#   make setup    the virtual environment alone, with what tests need
#   make lock     choose the exact versions anew (needs uv)

# without one of yours: this, or another of this machine that was built for speed
PYTHON ?= python3
BIN := .venv/bin
ARGS ?=
# what tests and checks need besides; what runs is installed without it
NEEDS := --dev

.DEFAULT_GOAL := help
.PHONY: help setup run dev test test-fast check format seed bench mutants lock

help:
	@sed -n '/^$$/q; s/^# \{0,1\}//p' Makefile

setup:
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "Breakwater needs Python 3.11 to 3.13, and there is no $(PYTHON). Say which: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(None if (3, 11) <= sys.version_info[:2] <= (3, 13) else "Breakwater needs Python 3.11 to 3.13; $(PYTHON) is %d.%d. Say which: make PYTHON=python3.12" % sys.version_info[:2])'
	@$(PYTHON) -I breakwater/server/install.py $(NEEDS) $(if $(filter file,$(origin PYTHON)),--choose)

run dev seed bench: NEEDS :=
run dev seed bench: setup
	@exec $(BIN)/breakwater $@ $(ARGS)

test: setup
	@$(BIN)/python -m tests.chromium
	@exec $(BIN)/python -m pytest $(ARGS)

test-fast: setup
	@exec $(BIN)/python -m pytest --fast $(ARGS)

mutants: setup
	@$(BIN)/python -m tests.chromium
	@exec $(BIN)/python -m tests.mutants $(ARGS)

check: setup
	@$(BIN)/ruff format --check --quiet . || { echo "Not formatted: make format" >&2; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: setup
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --quiet --fix .

LOCKED := uv pip compile pyproject.toml --universal --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet

lock:
	@$(LOCKED) --group dev -o requirements-dev.lock
	@$(LOCKED) --group build -c requirements-dev.lock -o requirements.lock
