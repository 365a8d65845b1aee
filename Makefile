# Everything one does here, by name. `make` alone lists it.
PY := .venv/bin/python
ONLY ?=
STORY ?=

.DEFAULT_GOAL := help
.PHONY: help setup test check format lock

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## make .venv with everything, install missing system packages (idempotent)
	@tools/setup.sh

test: setup ## run all tests in a private display, session bus and keyring
	@$(PY) -m tests.run

check: setup ## what the CI runs: format, lint, types, floors, tests
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports
	@$(PY) -m tests.run

format: setup ## bring all Python files into form
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

lock: setup ## write requirements/*.txt anew from pyproject.toml (UPGRADE=1: newest versions)
	@tools/lock.sh
