# Everything one does here, by name. `make` alone lists it.
PY := .venv/bin/python
ONLY ?=
STORY ?=
ARGS ?=
PORT ?= 8600

.DEFAULT_GOAL := help
.PHONY: help setup demo run serve test test-postgres test-clamd test-browser test-wine test-wayland check format lock preview gallery bench guarantees journey openapi

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

setup: ## make .venv with everything, install missing system packages (idempotent)
	@tools/setup.sh

demo: setup ## open the client with a server, people and leads of its own; without a display play the tour
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then $(PY) -m leaddesk demo $(ARGS); \
	else echo "There is no display: the tour plays the main job on screens of its own."; \
	$(PY) -m leaddesk demo --tour build/tour $(ARGS); fi

run: setup ## open the client (ARGS="--server https://leads.example.com")
	@$(PY) -m leaddesk $(ARGS)

serve: setup ## serve the demo population on this machine (PORT=8600)
	@$(PY) -m leaddesk server run --port $(PORT) $(ARGS)

test: setup ## run all tests in a private display, session bus and keyring
	@$(PY) -m tests.run

test-postgres: setup ## run the server's tests once more, all of them on PostgreSQL
	@STORAGE_OF_TESTS=postgresql $(PY) -m tests.run -- tests/server tests/contract -n 2

test-clamd: setup ## run the virus scanner's door against a real clamd (unpacked, not installed)
	@tools/clamd.sh $(PY) -m tests.run -- tests/server/inspection/real_clamd.py

test-browser: setup ## sign in with a real Chromium, and over an independent OpenID provider (needs node)
	@tools/browser.sh $(PY) -m tests.run -- tests/browser/real_chromium.py

test-wine: setup ## keep tokens in Windows' credential manager under wine (B4; from then on part of make guarantees)
	@tools/wine.sh $(PY) -m tests.guarantees --only B4

test-wayland: setup ## run the program by keyboard under a Wayland compositor (unpacked, not installed)
	@tools/wayland.sh $(PY) -m tests.run -- tests/wayland/real_session.py

check: setup ## what the CI runs: format, lint, types, floors, tests
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports
	@$(PY) -m tests.run

preview: setup ## show one story in a window (STORY=sharing/dialog/conflict)
	@$(PY) -m tests.stories preview $(STORY)

gallery: setup ## paint every story, light and dark, German, English and pseudo, into build/gallery
	@$(PY) -m tests.stories gallery

bench: setup ## measure what the README claims (ONLY=P1,P4)
	@$(PY) -m benchmarks $(if $(ONLY),--only $(ONLY))

guarantees: setup ## run the guarantees' short counts (ONLY=A1; PLANT=1 plants a violation in each)
	@$(PY) -m tests.guarantees $(if $(ONLY),--only $(ONLY))

journey: setup ## kill servers and database under two desktops, in figures (ROUNDS=20 SEED=1)
	@$(PY) -m tests.journey $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(SEED),--seed $(SEED))

openapi: setup ## write resources/openapi.json anew from the server's endpoints
	@$(PY) tools/openapi.py

format: setup ## bring all Python files into form
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

lock: setup ## write requirements/*.txt anew from pyproject.toml (UPGRADE=1: newest versions)
	@tools/lock.sh
