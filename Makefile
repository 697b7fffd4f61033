# Every target begins from Python 3.11+, make and a package index.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOWEST ?= python3.11
STAMP := $(VENV)/.installed
FROM ?= $${AA_HOST:?set FROM= to a file or URL of an OpenAPI document, or AA_HOST}/openapi.yaml

.DEFAULT_GOAL := help
.PHONY: help install demo test test-bulk compat bench check fix lint types walls spec-diff regenerate regenerate-check record soak test-lowest test-versions licences audit clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-18s %s\n", $$1, $$2}'

install: $(STAMP) ## Set up .venv with the package, its extras and the development tools

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bulk,numpy,pandas,pydantic,testing]' --group dev
	@touch $@

demo: $(STAMP) ## A tour of the client, against a local server or (AA_TOKEN, AA_HOST) a real one
	$(BIN)/python scripts/demo.py

test: $(STAMP) ## Run all tests
	$(BIN)/python -m pytest -n 2 --dist loadgroup

test-bulk: $(STAMP) ## Bulk jobs in full: 100,000 rows, 200 kills, a fifth of the requests failing (15 minutes)
	AA_BULK_ROWS=100000 AA_BULK_KILLS=200 $(BIN)/python -m pytest -s tests/bulk -m slow --timeout 3600

check: lint types walls regenerate-check ## Everything that can be checked without running the tests
	$(BIN)/python scripts/unasync.py --check
	$(BIN)/python scripts/faces.py --check
	$(BIN)/python scripts/spec.py lint
	$(BIN)/python scripts/fault_table.py --check
	$(BIN)/python -m aleph_alpha.testing scan cassettes
	$(BIN)/python scripts/licences.py >/dev/null

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy aleph_alpha benchmarks generated/aleph_alpha_api scripts tests
	$(BIN)/basedpyright

walls: $(STAMP)
	$(BIN)/lint-imports

fix: $(STAMP) ## Repair what can be repaired: formatting, the sync twin, the table of faults
	-$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format --quiet .
	$(BIN)/python scripts/unasync.py
	$(BIN)/python scripts/faces.py
	$(BIN)/python scripts/fault_table.py

compat: $(STAMP) $(VENV)/compat-11.5.1 $(VENV)/compat-7.6.0 ## Compare to_json and from_json with the vendor's client
	AA_COMPAT_11=$(VENV)/compat-11.5.1/bin/python AA_COMPAT_7=$(VENV)/compat-7.6.0/bin/python \
	AA_COMPAT_EXAMPLES=300 $(BIN)/python -m pytest tests/vendor -n 2 --timeout 600

bench: $(VENV)/bench $(VENV)/compat-11.5.1 ## Measure speed and memory beside other clients: make bench [WORKS=...]
	AA_COMPAT_11=$(VENV)/compat-11.5.1/bin/python \
	$(VENV)/bench/bin/python -m benchmarks --json $(VENV)/bench.json --plot $(VENV)/bench.svg $(WORKS)

# No development tools in it: some of them make importing httpx take longer.
$(VENV)/bench: pyproject.toml
	rm -rf $@.new
	$(PYTHON) -m venv $@.new
	$@.new/bin/python -m pip install --quiet --disable-pip-version-check '.[numpy]'
	rm -rf $@
	mv $@.new $@
	@touch $@

$(VENV)/compat-%:
	$(PYTHON) -m venv $@.new
	$@.new/bin/python -m pip install --quiet --disable-pip-version-check aleph-alpha-client==$*
	mv $@.new $@

spec-diff: $(STAMP) ## Compare an OpenAPI document with the contract: make spec-diff FROM=<file or URL>
	$(BIN)/python scripts/spec.py diff --from $(FROM)

regenerate: $(STAMP) ## Rebuild generated/ from openapi/inference.yaml
	$(BIN)/python scripts/regenerate.py

regenerate-check: $(STAMP) ## Say which generated file is not what the contract makes it
	$(BIN)/python scripts/regenerate.py --check

record: $(STAMP) ## Record the cassettes anew, from the reference server
	$(BIN)/python scripts/record.py

soak: $(STAMP) ## 100,000 calls at once on a server that breaks one answer in twenty
	$(BIN)/python scripts/soak.py

# Its tools are not those of today, so that what compares with their output is left out.
test-lowest: $(STAMP) ## Run the tests with the lowest versions that pyproject.toml allows (LOWEST=python3.11)
	$(BIN)/python scripts/lowest.py > $(VENV)/lowest.txt
	$(LOWEST) -m venv --clear $(VENV)/lowest
	$(VENV)/lowest/bin/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	$(VENV)/lowest/bin/python -m pip install --quiet --disable-pip-version-check --constraint $(VENV)/lowest.txt \
	    --editable '.[bulk,numpy,openapi,pandas,pydantic,testing]' --group test
	$(VENV)/lowest/bin/python -m pytest -n 2 --dist loadgroup -p no:cacheprovider --ignore tests/contract \
	    --ignore tests/server/test_schemathesis.py --ignore tests/typing

test-versions: $(STAMP) ## Run the tests with every supported Python that is installed
	$(BIN)/python scripts/versions.py

licences: $(STAMP) ## List the licences of what is installed with the package
	$(BIN)/python scripts/licences.py

audit: $(STAMP) ## Look for known vulnerabilities in what is installed with the package
	test -x $(VENV)/audit/bin/pip-audit || { $(PYTHON) -m venv $(VENV)/audit && \
	    $(VENV)/audit/bin/python -m pip install --quiet --disable-pip-version-check pip-audit; }
	PYTHONPATH=. $(BIN)/python scripts/audit.py $(VENV)/audit/bin/python

clean: ## Remove .venv and caches
	rm -rf $(VENV) dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
