# Everything a developer types. Needs python3 (3.11 or newer), make and the package index; no root.

PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)
VENV ?= .venv
BIN := $(VENV)/bin
# Many tests wait for servers and clocks: with two cores three at a time are done sooner than two.
PYTEST ?= -n 3
N ?= 500
# Bytecode is kept whatever the surroundings say: a run of the tests starts the desk's processes a thousand
# times, and a third of the work of a short one would be to compile.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help test lint format reference figures coverage servers run bench faults test-pythons test-newest lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

test: $(VENV)/.test servers lint ## Everything that must be green: format, lint, types, tests
	TMPDIR=$$(sh scripts/test-folder.sh) PYTHONPATH=tests $(BIN)/python -m pytest -p plugin_noskip -rs $(PYTEST)

lint: $(VENV)/.test ## Format check, ruff, mypy
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/python scripts/check_types.py

format: $(VENV)/.test ## Put the code into its one form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

reference: $(VENV)/.test ## Write docs/command-reference.md out of the commands
	$(BIN)/python scripts/command-reference.py

figures: $(VENV)/.test ## Files, lines, packages and long functions (WRITE=1 keeps them in docs/architecture.md)
	$(BIN)/python scripts/figures.py $(if $(WRITE),--write)

# The report comes whatever the tests say: under it all is slower, and a limit of time may be missed.
coverage: $(VENV)/.test servers ## The tests, and which branches of the code they take (about twice as long as they are)
	$(BIN)/coverage erase
	PYTHONPATH=tests $(BIN)/coverage run -m pytest -p plugin_noskip -rs $(PYTEST); status=$$?; \
	$(BIN)/coverage combine --quiet; $(BIN)/coverage report; exit $$status

servers: ## Install the servers that tests talk to (a no-op where they are)
	@bash scripts/install-test-servers.sh || test "$$CI" != true

run: $(VENV)/.demo ## A support desk's day, live on this machine (ONCE=1: play it, check it, end)
	$(BIN)/intake demo $(if $(ONCE),--once)

bench: $(VENV)/.test servers ## Messages a second beside a bare loop (N=500; WRITE=1 keeps the figures)
	$(BIN)/python bench/intake_rate.py --n $(N) $(if $(WRITE),--write)

faults: $(VENV)/.test servers ## Every kill, cut and failing syscall of docs/reliability.md (MINUTES=40; 0: no limit)
	PYTHONPATH=.:tests $(BIN)/python tests/faults/run_all.py

test-pythons: ## Install and run the suite under every other Python (3.11 to 3.13) found here
	bash scripts/test-pythons.sh

test-newest: ## Install the newest that the ranges allow, say what moved, run the suite with it
	bash scripts/test-newest.sh

lock: $(VENV)/.lock ## Write locks/ anew from pyproject.toml (NEWEST=1: with the newest of everything)
	UV=$(BIN)/uv NEWEST=$(NEWEST) bash scripts/lock.sh

clean: ## Remove what make made
	rm -rf $(VENV) .venv-py3* .venv-newest .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage* dist build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# All that is installed is named in locks/, with its hash. What has no wheel is built by what locks/build.txt names.
INSTALL := umask 022 && $(BIN)/python -m pip install --quiet --disable-pip-version-check
LOCKED := $(INSTALL) --no-build-isolation --require-hashes --requirement

# The stamps make a second run quick: they are older than the lock only when it changed.
$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer was found. Install one, or run: make PYTHON=/path/to/python3" >&2; exit 1; }
	# Readable to all whatever the umask: started by root, the test servers run as somebody else.
	umask 022 && $(PYTHON) -m venv $(VENV)

$(VENV)/.build: locks/build.txt | $(VENV)/bin/python
	@echo "Installing the libraries, under a minute on most machines ..."
	@$(INSTALL) --require-hashes --requirement locks/build.txt
	@touch $@

$(VENV)/.test: pyproject.toml locks/test.txt $(VENV)/.build
	@$(LOCKED) locks/test.txt
	@$(INSTALL) --no-build-isolation --no-deps --editable .
	@touch $@ $(VENV)/.demo

$(VENV)/.demo: pyproject.toml locks/demo.txt $(VENV)/.build
	@$(LOCKED) locks/demo.txt
	@$(INSTALL) --no-build-isolation --no-deps --editable .
	@touch $@

$(VENV)/.lock: locks/lock.txt | $(VENV)/bin/python
	@$(INSTALL) --require-hashes --requirement locks/lock.txt
	@touch $@
