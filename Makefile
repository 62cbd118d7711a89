# Participa: `make run` and `make test` are all one needs to know; `make help` lists the rest.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

UV := 0.13.9
BIN := .venv/bin
PG15 ?= /usr/lib/postgresql/15/bin
JOBS ?= 2
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard participa/translations/*/LC_MESSAGES/messages.po))
SOURCES := participa tests bench tools wsgi.py

# Without compiled files every start would read all sources anew.
export PYTHONDONTWRITEBYTECODE :=

##@ Use
run: .venv/ready $(CATALOGUES) ## Start everything to try or develop Participa (PORT=… to choose the port)
	@exec $(BIN)/participa run

serve: .venv/ready $(CATALOGUES) ## Start everything in production (PARTICIPA_SECRET_KEY must be set)
	@exec $(BIN)/participa serve

##@ Check
test: develop packages-test lint types contracts suite ## Everything quick: lint, types, contracts, unit, web, browser, house

storm: develop packages-storm ## Everything long: PostgreSQL 15 and coverage, races, kills, accessibility in all variants
	@status=0; rm -rf build/pages; mkdir -p build/pages; \
	PARTICIPA_KEEP_PAGES=$(CURDIR)/build/pages $(MAKE) covered || status=$$?; \
	$(BIN)/pytest tests/browser tests/house -q -m long || status=$$?; \
	PARTICIPA_KEPT_PAGES=$(CURDIR)/build/pages $(BIN)/pytest tests/storm || status=$$?; \
	exit $$status

suite: develop ## The quick tests alone
	@$(BIN)/pytest tests/unit tests/web tests/browser tests/house -q -n $(JOBS) -m "not long"

covered: develop ## The unit and web tests on PostgreSQL 15, and what they cover
	@rm -f .coverage .coverage.*; status=0; \
	$(BIN)/coverage run -m pytest tests/unit tests/web -q -n $(JOBS) --pg-programs=$(PG15) || status=$$?; \
	$(BIN)/coverage combine -q && $(BIN)/python tools/coverage_gate.py || status=$$?; \
	exit $$status

lint: develop ## Style of the code and the templates
	@$(BIN)/ruff check $(SOURCES)
	@$(BIN)/ruff format --check --quiet $(SOURCES) || { echo "Run: make format"; exit 1; }
	@$(BIN)/djlint templates --lint --quiet

types: develop ## Types, strictly
	@$(BIN)/mypy

contracts: develop ## Who may import whom
	@$(BIN)/lint-imports --no-logo

screenshots: develop ## Take the pictures of the papers anew, from the demonstration
	@$(BIN)/python -m tools.screenshots

bench: .venv/develop $(CATALOGUES) ## Measure speed; writes bench/results.json
	@$(BIN)/python -m bench

##@ Work on it
develop: .venv/develop $(CATALOGUES) ## Install what development needs, and nothing twice

format: develop ## Put the code in the house's format
	@$(BIN)/ruff check --fix --quiet $(SOURCES) || true
	@$(BIN)/ruff format --quiet $(SOURCES)

hooks: develop ## Check style at each commit
	@$(BIN)/pre-commit install

messages: develop ## Bring the catalogues of translations up to date with the code
	@mkdir -p build
	@$(BIN)/pybabel -q extract -F babel.cfg -k _l -k lazy_gettext -k lazy_ngettext:1,2 --no-location --sort-output -o build/messages.pot .
	@$(BIN)/pybabel -q update -i build/messages.pot -d participa/translations -w 80 --no-fuzzy-matching --ignore-pot-creation-date

lock: .venv/develop ## Choose the versions of the dependencies anew
	@$(BIN)/uv pip compile --system-certs --universal --generate-hashes --no-header --python-version 3.11 --upgrade --quiet \
		pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile --system-certs --universal --generate-hashes --no-header --python-version 3.11 --upgrade --quiet \
		--extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

permissions: develop ## Write docs/permissions.md anew, from the permission map
	@$(BIN)/python -m tools.permissions

vendor: ## Fetch the front-end assets anew, at the versions in tools/vendor.sh (needs npm)
	@sh tools/vendor.sh

help: ## List these targets
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@/ { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Steps of the others
packages-test:
	@sh tools/system-packages.sh test

packages-storm:
	@sh tools/system-packages.sh storm

.venv/bin/uv:
	@sh tools/environment.sh create $(UV)

# What development needs includes all that running needs: one environment serves both.
.venv/ready: requirements.lock requirements-dev.lock tools/environment.sh | .venv/bin/uv
	@if [ -e .venv/develop ]; then sh tools/environment.sh install requirements-dev.lock && touch .venv/develop; \
	else sh tools/environment.sh install requirements.lock; fi
	@touch $@

.venv/develop: requirements-dev.lock tools/environment.sh | .venv/bin/uv
	@sh tools/environment.sh install requirements-dev.lock
	@touch $@ .venv/ready

%.mo: %.po | .venv/ready
	@$(BIN)/pybabel -q compile -i $< -o $@

.PHONY: run serve test storm suite covered lint types contracts screenshots bench develop format hooks messages lock permissions vendor help \
	packages-test packages-storm
