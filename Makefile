.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLER ?= uv
SOURCE ?=
export PATH := $(CURDIR)/$(BIN):$(PATH)
# Nothing this project runs may call home (docs/decisions.md, "No telemetry").
export DVC_NO_ANALYTICS := 1
export MLFLOW_DISABLE_TELEMETRY := true
export DO_NOT_TRACK := 1
# A busy neighbour makes spinning OpenMP threads several times slower; waiting quietly costs nothing.
export OMP_WAIT_POLICY := passive

.PHONY: help env spark repro test plants fuzz lint format bench mlflow lock clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'
	@echo "  SOURCE=name chooses the operator's folder under data/sources (make repro SOURCE=iranian_churn)"
	@echo "  INSTALLER=pip installs with plain pip instead of uv"

# The environment is rebuilt only when a lock or pyproject.toml changes.
STAMP := $(VENV)/.lock-$(shell cat requirements.lock requirements-bootstrap.lock pyproject.toml 2>/dev/null | cksum | tr -d ' ')

# Programs of a .venv that came along with a moved or copied folder would run the code of the folder where it was made.
ELSEWHERE := $(shell bash scripts/env_elsewhere.sh "$(VENV)" && echo elsewhere)
.PHONY: elsewhere

$(STAMP): requirements.lock requirements-bootstrap.lock pyproject.toml $(ELSEWHERE)
	@bash scripts/build_env.sh "$(PYTHON)" "$(VENV)" "$(INSTALLER)"
	@touch $(STAMP)

env: $(STAMP) ## build .venv from the lock (python3 and pip are all it needs)

# Spark is large, so it is installed only where it is asked for, or where tests can run on it.
SPARK_STAMP := $(VENV)/.spark-$(shell cat requirements-spark.lock 2>/dev/null | cksum | tr -d ' ')

$(SPARK_STAMP): requirements-spark.lock $(STAMP)
	@bash scripts/build_env.sh "$(PYTHON)" "$(VENV)" "$(INSTALLER)" requirements-spark.lock
	@touch $(STAMP) $(SPARK_STAMP)

spark: $(SPARK_STAMP) ## add Spark to .venv (engine.name: spark; needs Java 17)

repro: env ## retrain, rescore and write the list (only what changed runs)
	@savedesk repro $(SOURCE)

test: env $(if $(shell command -v java),spark) ## run every test (those on Spark where there is Java)
	@pytest -n 2 --dist loadgroup tests

plants: env ## plant 500 faults in the tables of a clean operator: none may be silent (PLANTS=n, SEED=n)
	@SAVEDESK_PLANTS=$(or $(PLANTS),500) SAVEDESK_PLANTS_SEED=$(or $(SEED),1) pytest -n 0 tests/plants

fuzz: env ## try 5,000 changed files of every kind: a result that adds up or one line (FUZZ=n, SEED=n)
	@SAVEDESK_FUZZ=$(or $(FUZZ),5000) SAVEDESK_FUZZ_SEED=$(or $(SEED),1) pytest -n 2 tests/fuzz

lint: env ## ruff, formatting and strict types
	@ruff check src tests benchmarks
	@ruff format --check src tests benchmarks
	@mypy

format: env ## format the code
	@ruff check --fix-only --quiet src tests benchmarks
	@ruff format src tests benchmarks

bench: env ## time and memory of each stage beside its floor; features, train, score and the list at a million
	@python -m benchmarks.stages
	@python -m benchmarks.features
	@python -m benchmarks.model
	@python -m benchmarks.shortlist

mlflow: env ## open the run browser on http://127.0.0.1:5000
	@python -c "from pathlib import Path; from savedesk.stages.track.moved import bring_along; bring_along(Path.cwd(), Path('mlflow.db'))"
	@mlflow ui --backend-store-uri $${MLFLOW_TRACKING_URI:-sqlite:///mlflow.db}

lock: env ## resolve the pinned versions anew (needs uv, which env installs)
	@uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --quiet \
	  --extra dev pyproject.toml -o requirements.lock
	@uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --quiet \
	  --extra dev --extra spark pyproject.toml -o requirements-spark.lock

clean: ## remove what the stages wrote (keeps .venv, raw data, sources, outcomes, handed-over lists, kept runs, mlflow.db)
	@find data -mindepth 1 -maxdepth 1 $(foreach kept,raw sources unsent outcomes lists runs,! -name $(kept)) -exec rm -rf {} +; rm -rf models/trained metrics reports
