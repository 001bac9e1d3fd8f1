# make help lists the commands. Needs git, make and Python 3.11 to 3.13; everything else goes into .venv and .tools.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
PYTHON := $(BIN)/python
INSTALLED := .venv/.installed
WORKERS ?= 2
LOCALES := src/atelier/runtime/locale

export UV_PYTHON_DOWNLOADS := never
# Behind a company proxy, only the system knows whom to trust.
export UV_SYSTEM_CERTS := true
export UV_PROJECT_ENVIRONMENT := .venv
unexport VIRTUAL_ENV
ifdef CATALOG
export CATALOG
endif

.PHONY: help
help: ## List the commands
	@awk 'BEGIN {FS = ":.*## "} /^[a-z0-9-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' Makefile

.PHONY: demo
demo: install ## Install, start everything, enhance one photo, keep serving (ONCE=1: stop after it; CATALOG=name or path)
	@$(BIN)/atelier demo $(if $(filter 1 true yes,$(ONCE)),--once)

.PHONY: test
test: install ## Install and run every check and every test, exactly what CI runs
	@sh dev/browser.sh
	@$(MAKE) check
	@$(MAKE) tests
	@$(MAKE) seeds

.PHONY: tests
tests: install ## Every test, without the checks (WORKERS=2)
	@if sh dev/browser.sh --present; then $(BIN)/pytest -n $(WORKERS); else \
		$(BIN)/pytest -n $(WORKERS) -m "not browser"; \
		echo "NOT RUN: the browser tests, because Chromium is missing (apt-get install chromium)"; fi

.PHONY: install
install: $(INSTALLED) ## Put the locked environment into .venv

$(INSTALLED): pyproject.toml uv.lock $(wildcard $(LOCALES)/*/LC_MESSAGES/*.po)
	@uv=$$(sh dev/bootstrap.sh) && "$$uv" sync --locked --all-extras --quiet --compile-bytecode
	@$(PYTHON) -m dev.messages compile
	@$(PYTHON) -m compileall -q src
	@touch $@

.PHONY: check
check: install ## Format, lint, types, imports, size, templates, documents, licences (no tests)
	@$(PYTHON) -m dev.check

.PHONY: fix
fix: install ## Format, and apply the safe fixes
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix

.PHONY: dev
dev: install ## Site and worker, started again at every change of the source
	@$(BIN)/watchfiles ".venv/bin/atelier serve" src

.PHONY: docs
docs: install ## Write the reference pages that come from the code: settings, errors, API
	@$(PYTHON) -m dev.reference

.PHONY: db-new
db-new: install ## A migration for what the models have become: make db-new m="add credit holds"
	@$(PYTHON) -m dev.db new "$(m)"
	@$(BIN)/ruff format --quiet src/atelier/migrations

.PHONY: db-check
db-check: install ## Whether migrations and models agree
	@$(PYTHON) -m dev.db check

.PHONY: db-up
db-up: install ## Bring the database to the newest schema
	@$(PYTHON) -m dev.db up

.PHONY: db-reset
db-reset: install ## Empty the private development database
	@$(PYTHON) -m dev.db reset

.PHONY: test-one
test-one: install ## One test file, folder or name: make test-one path=tests/dev
	@$(BIN)/pytest $(path)

.PHONY: journeys
journeys: install ## The journeys through the public faces, in a real browser
	@sh dev/browser.sh
	@$(BIN)/pytest tests/journeys

.PHONY: screenshots
screenshots: install ## Take the documentation's screenshots again, in a real browser
	@sh dev/browser.sh
	@ATELIER_SCREENSHOTS=docs/screenshots $(BIN)/pytest tests/journeys/test_first_photo.py -k bill

.PHONY: vendor
vendor: install ## Fetch the front-end files again, at their pinned versions and sums
	@$(PYTHON) -m dev.vendor

.PHONY: messages
messages: install ## Collect the texts, update the translations, compile them
	@$(PYTHON) -m dev.messages extract
	@$(PYTHON) -m dev.messages update
	@$(PYTHON) -m dev.messages compile

.PHONY: third-party
third-party: install ## Write docs/reference/third-party.md from the lock
	@$(PYTHON) -m dev.third_party write

.PHONY: seeds
seeds: install ## How much of the older systems has a home here
	@$(PYTHON) -m dev.seed_map

.PHONY: new-feature
new-feature: install ## Begin a feature: make new-feature name=albums
	@$(PYTHON) -m dev.new_feature $(name) $(beside)

.PHONY: clean
clean: ## Remove what was installed and cached; var/ (your data) stays
	@rm -rf .venv .tools .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage* dist
