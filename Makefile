# make run: the application with its demo. make test: everything that is checked.
# Another Python: make PY=python3.12 run

PY ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input -qq
INSTALL := $(PIP) install --only-binary :all: --require-hashes
UV := $(BIN)/uv pip compile -q pyproject.toml --universal --python-version 3.11 \
	--generate-hashes --no-header --no-annotate $(UPGRADE)

.DEFAULT_GOAL := run
.PHONY: run test check lint nu faults crawl torture words lock clean

run: $(VENV)/.run
	$(BIN)/lms up

test: lint nu
	$(BIN)/python -m tests.run

check: lint  # without PostgreSQL, browser, processes, and what walks through every address
	$(BIN)/python -m tests.run --quick

lint: $(VENV)/.test
	$(BIN)/ruff check --quiet
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache --no-logo

faults: $(VENV)/.test
	$(BIN)/python -m tests.faults

crawl: $(VENV)/.test nu
	$(BIN)/python -m tests.crawl

torture: $(VENV)/.test
	$(BIN)/python -m tests.torture

words: $(VENV)/.test  # the catalogue of translations, from the sources
	$(BIN)/lms words

lock: $(VENV)/.dev  # newer versions: make lock UPGRADE=--upgrade
	$(UV) --group build -o requirements/run.txt
	$(UV) --group build --group test --extra s3 -c requirements/run.txt -o requirements/test.txt
	$(UV) --group dev --extra s3 -c requirements/test.txt -o requirements/dev.txt

clean:  # what is made from the sources; var/ holds data and stays
	rm -rf $(VENV) .cache .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

nu: $(VENV)/.test  # the Nu HTML checker, into .cache/; without it the tests say "not run: html"
	@$(BIN)/python tests/fetch_vnu.py || true

$(BIN)/python:
	@$(PY) -c 'import sys; v = sys.version_info[:2]; v >= (3, 11) or sys.exit("Affianca needs Python 3.11 or newer, and $(PY) is %d.%d. Name another: make PY=python3.12 run" % v)'
	@$(PY) -c 'import ensurepip, venv' 2>/dev/null || { echo 'Python cannot make a virtual environment: install python3-venv (Debian and Ubuntu: apt install python3-venv).' >&2; exit 1; }
	@$(PY) -m venv --clear $(VENV) || { rm -rf $(VENV); exit 1; }

$(VENV)/.run: requirements/run.txt pyproject.toml | $(BIN)/python
	@echo 'Installing what Affianca needs ...'
	@$(INSTALL) -r requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation --no-index -e .
	@touch $@

$(VENV)/.test: requirements/test.txt $(VENV)/.run
	@echo 'Installing what the tests need ...'
	@$(INSTALL) -r requirements/test.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.test
	@$(INSTALL) -r requirements/dev.txt
	@touch $@
