# Everything there is to do, by name; bare `make` lists it. `demo` and `test` install what they need by themselves.
.DEFAULT_GOAL := help
.PHONY: help setup demo run test test-fast test-deep lint check bench bench-configuration clean browser
SHELL := /bin/sh

PYTHON := .venv/bin/python
APPS := config shopfloor planning configurator foundation templates
PYTEST := $(PYTHON) -m pytest
MANAGE := $(PYTHON) manage.py
# LINEWRIGHT_REQUIRE=postgres adds a second run of the database tests there; this says where "there" is.
LINEWRIGHT_POSTGRES_URL ?= postgres://postgres@127.0.0.1:5432/postgres
WITH_POSTGRES := $(findstring postgres,$(LINEWRIGHT_REQUIRE))

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install what is missing into .venv and node_modules
	@./setup

demo: setup ## start the demonstration factory; Ctrl-C stops it
	@exec $(MANAGE) demo

run: setup ## the web server alone, for development: restarts when a file changes
	@DEBUG=1 $(MANAGE) migrate --verbosity 0
	@DEBUG=1 exec .venv/bin/uvicorn config.asgi:application --lifespan off --reload $(addprefix --reload-dir ,$(APPS))

test: setup browser ## the whole suite on the embedded default; lists what was skipped
ifeq ($(WITH_POSTGRES),)
	$(PYTEST) -rs
else
	$(PYTEST) -rs -m "not postgres"
	DATABASE_URL=$(LINEWRIGHT_POSTGRES_URL) $(PYTEST) -rs -m "database or postgres"
endif

test-fast: setup ## unit and architecture tests
	$(PYTEST) -q tests/unit tests/architecture

test-deep: setup ## the properties of the configuration engine on more than 2,000 random models: minutes
	LINEWRIGHT_EXAMPLES=250 $(PYTEST) -q tests/unit/configurator/test_compiled_model.py

check: lint test-fast ## what lint does, and test-fast

lint: setup ## format, lint, types, import contracts, migrations, deployment, templates
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-cache
	$(MANAGE) makemigrations --check --dry-run
	@secret=$$($(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(64))'); \
	echo "manage.py check --deploy (production settings)"; \
	LINEWRIGHT_ENV=production SECRET_KEY="$$secret" ALLOWED_HOSTS=linewright.example \
	DATABASE_URL=$(LINEWRIGHT_POSTGRES_URL) CELERY_BROKER_URL=amqp://127.0.0.1 \
	$(MANAGE) check --deploy --fail-level WARNING
	$(MANAGE) check_templates

bench: setup ## the benchmarks, with their targets
	$(PYTEST) -q -rs benchmarks

# flamapy is GPL: it is compared against from an environment of its own and never installed beside the product.
bench-configuration: setup ## the configuration engine against its peers: one table
	@[ -x var/bench/flamapy/bin/python ] || { python3 -m venv var/bench/flamapy && \
	var/bench/flamapy/bin/pip install -q flamapy==2.5.0 flamapy-configurator==2.5.1; }
	@$(PYTHON) -m benchmarks.configuration

clean: ## remove the environment, installed packages, caches and the demonstration's data
	rm -rf .venv node_modules var .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

browser:
	@./setup browser
