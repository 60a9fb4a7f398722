# make demo    train on handwritten digits
# make test    run the tests                        (about 4 minutes)
# make check   that, ruff, mypy, coverage, Keras as oracle, and what is slower
# make docs    build the documentation and serve it at http://127.0.0.1:8000/
# make site    build it into site/, for any static host
# make ui      rebuild the editor of its pages      (needs Node)
# make bench   measure speed and accuracy, beside other libraries (brings them: some gigabytes; MNIST is
#              downloaded, or set MINIKERAS_DATA)
# make mutants would the tests notice a mistake? (half an hour)
# make keras2  exchange files with real Keras 2.3.1  (needs Python 3.7)
# make nightly the mutants, and the tests with many more examples

PYTHON ?= python3
VENV   ?= .venv
BIN     = $(VENV)/bin
MKDOCS  = NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs
PYTEST  = $(BIN)/python -m pytest -n 2 --dist loadfile  # two processes; each takes whole files
PIP     = $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo test check docs site ui bench keras2 mutants nightly clean

demo: $(VENV)/demo.stamp
	$(BIN)/python -m minikeras demo

test: $(VENV)/test.stamp
	$(PYTEST) -m "not slow"

check: $(VENV)/check.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	HYPOTHESIS_PROFILE=ci $(PYTEST) --cov --cov-report=term-missing

docs: $(VENV)/docs.stamp
	$(MKDOCS) serve

site: $(VENV)/docs.stamp
	$(MKDOCS) build --strict --site-dir site

ui: docs/ui/node_modules
	npm run --prefix docs/ui build

docs/ui/node_modules: docs/ui/package-lock.json
	npm ci --prefix docs/ui --no-audit --no-fund
	@touch $@

bench: $(VENV)/bench.stamp
	$(BIN)/python -m benchmarks

keras2: $(VENV)/test.stamp
	$(BIN)/python tests/keras2/check.py

mutants: $(VENV)/check.stamp
	$(BIN)/python tests/mutants.py

nightly: $(VENV)/check.stamp mutants
	HYPOTHESIS_PROFILE=nightly $(PYTEST)

$(VENV)/demo.stamp: pyproject.toml | $(BIN)/python
	$(PIP) --editable .
	@touch $@

$(VENV)/test.stamp: pyproject.toml | $(BIN)/python
	$(PIP) --editable '.[test]'
	@touch $@

$(VENV)/bench.stamp: pyproject.toml | $(BIN)/python
	$(PIP) --editable '.[bench]'
	@touch $@

$(VENV)/docs.stamp: pyproject.toml | $(BIN)/python
	$(PIP) --editable '.[docs]'
	@touch $@

$(VENV)/check.stamp: pyproject.toml | $(BIN)/python
	$(PIP) --editable '.[test,dev,docs,oracle]'
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "minikeras needs Python 3.11 or newer: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

clean:
	rm -rf $(VENV) .venv-keras2 .cache build dist runs site docs/ui/node_modules .coverage .mypy_cache .pytest_cache .ruff_cache
