# Everything one does here, by name. `make` alone lists it.
PY := .venv/bin/python
ONLY ?=
STORY ?=
ARGS ?=
PORT ?= 8600
THERE := $(wildcard tests/stories/__main__.py benchmarks/__main__.py tests/guarantees/__main__.py)

.DEFAULT_GOAL := help
.PHONY: help setup demo run serve test check format lock preview gallery bench guarantees

help: ## list what can be made
	@awk -F ':.*## ' -v there="$(THERE)" \
		'/^ifneq/ { split($$0, part, /[ ,]/); away = !index(there, part[3]) } /^endif/ { away = 0 } \
		/^[a-z-]+:.*## / && !away { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

setup: ## make .venv with everything, install missing system packages (idempotent)
	@tools/setup.sh

demo: setup ## open the client with a server, people and leads of its own (ARGS="--as admin --language en")
	@$(PY) -m leaddesk demo $(ARGS)

run: setup ## open the client (ARGS="--server https://leads.example.com")
	@$(PY) -m leaddesk $(ARGS)

serve: setup ## serve the demo population on this machine (PORT=8600)
	@$(PY) -m leaddesk server run --port $(PORT) $(ARGS)

test: setup ## run all tests in a private display, session bus and keyring
	@$(PY) -m tests.run

check: setup ## what the CI runs: format, lint, types, floors, tests
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports
	@$(PY) -m tests.run

ifneq ($(filter tests/stories/__main__.py,$(THERE)),)
preview: setup ## show one story in a window (STORY=sharing/dialog/conflict)
	@$(PY) -m tests.stories preview $(STORY)

gallery: setup ## paint every story, light and dark, German, English and pseudo, into build/gallery
	@$(PY) -m tests.stories gallery
endif

ifneq ($(filter benchmarks/__main__.py,$(THERE)),)
bench: setup ## measure what the README claims (ONLY=P1,P4)
	@$(PY) -m benchmarks $(if $(ONLY),--only $(ONLY))
endif

ifneq ($(filter tests/guarantees/__main__.py,$(THERE)),)
guarantees: setup ## run the guarantees' short counts (ONLY=A1,S2)
	@$(PY) -m tests.guarantees $(if $(ONLY),--only $(ONLY))
endif

format: setup ## bring all Python files into form
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

lock: setup ## write requirements/*.txt anew from pyproject.toml (UPGRADE=1: newest versions)
	@tools/lock.sh
