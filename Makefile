# The one door, for a person and for CI. Needs Python 3.11 or newer, make, and pip's registry.
# Every path is relative and every tool is run as a module: the folder's own name may hold a space
# or a letter like ł, which would break absolute paths in make and the first line of a script.

SHELL := /bin/sh
MAKEFLAGS += --no-print-directory
# Each target chooses its own settings.
unexport DJANGO_SETTINGS_MODULE
.DEFAULT_GOAL := help
.SUFFIXES:

PYTHON ?= python3
PY := .venv/bin/python
MANAGE := $(PY) manage.py
TEST_MANAGE := DJANGO_SETTINGS_MODULE=kpum.settings.test $(MANAGE)
PORT ?= 8000
RESET ?=
# More words for pytest, as in: make test-sqlite ARGS='tests/org -x'
ARGS ?=
PACKAGES := kpum branch_pages services workflows search

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-18s %s\n", $$1, $$2 }' Makefile

# --- the demo ---------------------------------------------------------------------------------

.PHONY: demo
demo: run-requirements ## the portal with the demo city, on PORT (8000); RESET=1 starts it afresh
	@$(MANAGE) demo --port $(PORT) $(if $(RESET),--reset)

# --- tests ------------------------------------------------------------------------------------

.PHONY: test test-sqlite test-postgresql journeys coverage browser prove
test: dev-requirements browser ## the whole suite on SQLite and on PostgreSQL, and the coverage floors
	@$(PY) -m tests.halves $(ARGS)

test-sqlite: dev-requirements ## the suite on SQLite only; ARGS='tests/org -x' goes to pytest
	@$(PY) -m pytest -n 2 $(ARGS)

test-postgresql: dev-requirements ## the suite on PostgreSQL only, on a server of its own
	@$(PY) -m tests.databases -- $(PY) -m pytest -n 2 $(ARGS)

journeys: dev-requirements browser ## whole journeys in a browser; pictures in tests/journeys/screenshots/
	@$(PY) -m pytest $(if $(ARGS),$(ARGS),tests/journeys)

coverage: dev-requirements ## the coverage floors again, over what the last `make test` measured
	@$(PY) -m tests.floors

browser: dev-requirements
	@$(PY) -m tests.browsers

prove: ## the same suites with the large counts: hours, not minutes
	@KPUM_PROVE=1 $(MAKE) test

# --- quality ----------------------------------------------------------------------------------

.PHONY: lint style templates imports types checks catalogue fmt
lint: style templates imports types checks ## everything that can be said without running the portal

style: dev-requirements
	$(PY) -m ruff format --check --output-format=concise .
	$(PY) -m ruff check --output-format=concise .

# djade is a program, with no first line to break; everything else here is a module.
templates: dev-requirements
	$(PY) -m djhtml --check templates
	find templates -name '*.html' -print0 | xargs -0 .venv/bin/djade --check
	$(PY) -m djlint templates --lint --profile=django --quiet

imports: dev-requirements
	$(PY) -c 'from importlinter.cli import lint_imports_command as lint; lint()' --no-logo

types: dev-requirements ## mypy
	$(PY) -m mypy .

# The values are for the check alone; production takes its own from the environment.
checks: dev-requirements ## Django's checks as in production, migrations, message catalogues
	KPUM_SECRET_KEY=only-for-this-check-0123456789-abcdefghijklmnopqrstuvwxyz \
	KPUM_ALLOWED_HOSTS=portal.example.org KPUM_ADMIN_BASE_URL=https://portal.example.org \
	KPUM_CACHE_URL=redis://cache.example.org:6379/0 \
	DJANGO_SETTINGS_MODULE=kpum.settings.production \
	$(MANAGE) check --deploy --fail-level WARNING
	$(TEST_MANAGE) makemigrations --check --dry-run
	$(PY) -m tests.databases -- $(PY) -m tests.migrations
	$(TEST_MANAGE) update_catalogue --check

catalogue: dev-requirements ## bring locale/ up to date with the code and the templates
	@$(TEST_MANAGE) update_catalogue

fmt: dev-requirements ## format Python and templates
	$(PY) -m ruff check --quiet --fix-only .
	$(PY) -m ruff format --quiet .
	-$(PY) -m djhtml --quiet templates
	-find templates -name '*.html' -print0 | xargs -0 .venv/bin/djade

.PHONY: openapi
openapi: dev-requirements ## write the channels API's OpenAPI document anew
	@$(TEST_MANAGE) export_openapi

# --- what is installed ------------------------------------------------------------------------

.PHONY: run-requirements dev-requirements lock clean
run-requirements:
	@$(PYTHON) requirements/install.py run

dev-requirements:
	@$(PYTHON) requirements/install.py dev

# Only this target needs uv, which resolves for every platform and Python at once; it gets an
# environment of its own. ARGS=--upgrade takes newer versions than the lists hold now.
UV = .venv-lock/bin/python -m uv --quiet pip compile pyproject.toml $(ARGS) --no-config --universal \
	--python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header

lock: ## write requirements/*.txt anew from pyproject.toml
	@test -x .venv-lock/bin/python || $(PYTHON) -m venv .venv-lock
	@.venv-lock/bin/python -m pip install --quiet --disable-pip-version-check 'uv>=0.13,<1'
	$(UV) --extra project --extra test --extra lint --output-file requirements/dev.txt
	$(UV) --extra project --constraint requirements/dev.txt --output-file requirements/run.txt

clean: ## remove what make has made, the demo's database among it
	rm -rf .venv .venv-lock var dist build .coverage* htmlcov .pytest_cache .mypy_cache .ruff_cache
	rm -rf .import_linter_cache .hypothesis tests/journeys/screenshots
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
