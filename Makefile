# Two commands do everything on a fresh machine with Python >= 3.11, make and git:
#   make run     everything on this machine, with a demo county
#   make test    every test, real PostgreSQL and real Chromium included

PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

.DEFAULT_GOAL := help
.PHONY: help setup run dev test check format seed bench lock chromium

help:
	@sed -n 's/^#   //p' Makefile
	@echo "dev          run, and start again when the code changes"
	@echo "check        format, lint, types, import contracts"
	@echo "seed bench   fill the demo county; measure"

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Breakwater needs Python 3.11 or newer; this is %d.%d. Say which: make PYTHON=python3.12" % sys.version_info[:2])'
	@echo "Installing what Breakwater needs into .venv …"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

setup: $(STAMP)

run: $(STAMP)
	@$(BIN)/breakwater run

dev: $(STAMP)
	@BREAKWATER_DEBUG=1 $(BIN)/breakwater run --reload

test: $(STAMP) chromium
	@$(BIN)/python -m pytest

chromium: $(STAMP)
	@$(BIN)/python tests/chromium.py

check: $(STAMP)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(STAMP)
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

seed bench: $(STAMP)
	@$(BIN)/breakwater $@

lock:
	@uv pip compile pyproject.toml --group dev --universal --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet -o requirements.lock
