.DEFAULT_GOAL := help
.PHONY: help venv run test test-all lint format demo bench screens messages migration chromium

PYTHON ?= python3
BIN := .venv/bin
FLASK := $(BIN)/flask --app app
BENCH ?= ../shared/bench

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

venv: .venv/for-tests  ## the virtual environment with everything for work on the code

run: .venv/for-running  ## set up what is needed and start the office: http://127.0.0.1:8000
	@$(FLASK) serve

test: .venv/for-tests chromium lint  ## what CI runs: lint, then all tests
	@$(BIN)/pytest -n 2 --dist worksteal --cov --cov-report=term-missing:skip-covered

test-all: .venv/for-tests chromium  ## every test on SQLite and on PostgreSQL, every page in English too
	@TEST_ALL=1 $(BIN)/pytest -n 2 --dist worksteal

lint: .venv/for-tests  ## form, faults, types and directions of imports
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: .venv/for-tests  ## bring the code into its form
	@$(BIN)/ruff check --select I --fix .
	@$(BIN)/ruff format .

demo: .venv/for-running  ## three made-up years in instance-demo/, to look at and to try
	@TOMOIKI_INSTANCE=instance-demo $(FLASK) db upgrade
	@TOMOIKI_INSTANCE=instance-demo $(FLASK) demo
	@echo "Start it: TOMOIKI_INSTANCE=instance-demo make run"

bench: .venv/for-running  ## speed beside other admin panels, about 7 minutes: bench/results.md
	@BENCH_HOME=$(abspath $(BENCH)) sh bench/run.sh

screens: .venv/for-tests chromium  ## photographs of every kind of page into docs/screens/, 5 minutes
	@$(BIN)/python docs/screens.py

messages: .venv/for-tests  ## collect the texts of code and templates into translations/
	@$(BIN)/pybabel -q extract -F babel.cfg -k lazy_gettext --no-location --sort-output -o messages.pot .
	@$(BIN)/pybabel -q update -i messages.pot -d translations -D messages --no-fuzzy-matching \
	  --ignore-obsolete --ignore-pot-creation-date
	@rm messages.pot

migration: .venv/for-tests  ## a new migration from what the models have changed: make migration M="Stays cost a fee"
	@test -n "$(M)" || { echo 'Say why: make migration M="Stays cost a fee"'; exit 1; }
	@$(FLASK) db upgrade
	@$(FLASK) db migrate -m "$(M)" --rev-id $$(ls tomoiki/migrations/versions/*.py | wc -l | awk '{ printf "%04d", $$1 + 1 }')

chromium:
	@if command -v chromium chromium-browser google-chrome >/dev/null; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  export DEBIAN_FRONTEND=noninteractive; \
	  apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium fonts-noto-cjk >/dev/null; \
	else \
	  echo "No Chromium here: tests in a browser need it. On Debian: apt install chromium fonts-noto-cjk"; \
	fi

.venv/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed. Say which: make PYTHON=python3.12 run"; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "On Debian: apt install python3-venv"; exit 1; }
	@touch $@

.venv/for-running: .venv/made requirements.txt
	@$(BIN)/pip install -q --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/for-tests: .venv/for-running requirements-dev.txt
	@$(BIN)/pip install -q --disable-pip-version-check -r requirements-dev.txt
	@touch $@
