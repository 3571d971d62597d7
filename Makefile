# Set up, build and test the warehouse. `make` alone lists the targets.
# Needs Python 3.11 or later, make, and a package index that pip knows of.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SUPERSET_PYTHON ?=
PORT ?= 8088
INSTALLED := $(VENV)/.installed
REPORT_VENV := .venv-report
REPORT_INSTALLED := $(REPORT_VENV)/.installed
export PLIE_DATA_DIR ?= data
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export GX_ANALYTICS_ENABLED := false

.DEFAULT_GOAL := help
.PHONY: help setup engines engine-postgres engine-sail engine-spark engine-tests engine-workers scale metrics report report-tests sheets esf site build attack publish publish-postgres intake consolidate national templates contract validate unit sql warehouse e2e tiers beside test lint hooks docs superset superset-check lock clean

help: ## list the targets
	@echo "make <target>"
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /  \1\t/' | expand -t 20

# The environment is complete and hashed: nothing is resolved again, nothing but the project itself is built. The project
# is installed last, as a link to scripts/: the build backend is in the lock, so that this step needs no network.
$(INSTALLED): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "error: Python 3.11 or later is needed; name it with make PYTHON=python3.11" >&2; exit 1; }
	@echo "Installing the locked dependencies into $(VENV) (a minute or two, once)"
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
		--only-binary :all: --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-index --no-build-isolation --editable .
	@touch $@

setup: $(INSTALLED) ## install the locked dependencies into .venv
	@umask 022 && mkdir -p "$(PLIE_DATA_DIR)"

build: setup ## dbt build from the embedded seeds, with its release, and a summary
	@$(BIN)/plie build

# What writes the report, the sheets and the site: its own packages on top of those of $(VENV), whose folder it reads.
$(REPORT_INSTALLED): scripts/report/requirements.lock $(INSTALLED)
	@echo "Installing what writes the report into $(REPORT_VENV) (a minute, once)"
	@$(BIN)/python -m venv --clear $(REPORT_VENV)
	@$(REPORT_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
		--only-binary :all: --requirement scripts/report/requirements.lock
	@$(BIN)/python -c 'import sysconfig; print("import site; site.addsitedir(%r)" % sysconfig.get_path("purelib"))' \
		> "$$($(REPORT_VENV)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/zz_project.pth"
	@touch $@

# What another engine needs, or MetricFlow's command: on top of the packages of $(VENV). Spark comes as a source archive alone, of
# files that are there as they are: setuptools lays them out, and nothing is compiled. So does halo, of MetricFlow's command.
.venv-sail/.installed .venv-spark/.installed: as_source := --no-binary pyspark,pyspark-client --no-build-isolation
.venv-metricflow/.installed: as_source := --no-binary halo --no-build-isolation
.venv-%/.installed: requirements-%.lock $(INSTALLED)
	@echo "Installing what $* needs into .venv-$* (a minute or more, once)"
	@$(BIN)/python -m venv --clear .venv-$*
	@test -z "$(as_source)" || .venv-$*/bin/python -m pip install --quiet --disable-pip-version-check --no-deps \
		--require-hashes --only-binary :all: --requirement scripts/superset/build-requirements.lock
	@.venv-$*/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
		--only-binary :all: $(as_source) --requirement requirements-$*.lock
	@$(BIN)/python -c 'import sysconfig; print("import site; site.addsitedir(%r)" % sysconfig.get_path("purelib"))' \
		> "$$(.venv-$*/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/zz_project.pth"
	@touch $@

engines: .venv-postgres/.installed .venv-sail/.installed .venv-spark/.installed ## build on PostgreSQL, Sail and Apache Spark, each started for it, and compare every cell
	@.venv-postgres/bin/python -m plie_warehouse engines postgres --own-server
	@.venv-sail/bin/python -m plie_warehouse engines sail
	@env --unset=SPARK_REMOTE .venv-spark/bin/python -m plie_warehouse engines spark

engine-postgres: .venv-postgres/.installed ## build on PostgreSQL and compare every cell (PGHOST, PGPORT ..; OWN=1: a server of its own)
	@.venv-postgres/bin/python -m plie_warehouse engines postgres $(if $(OWN),--own-server)

engine-sail: .venv-sail/.installed ## build on Sail, Spark SQL without a JVM, which is started for it, and compare every cell (WORKERS=2)
	@.venv-sail/bin/python -m plie_warehouse engines sail $(if $(WORKERS),--workers $(WORKERS))

engine-spark: .venv-spark/.installed ## build on Apache Spark and compare every cell, some minutes (SPARK_REMOTE: a Spark Connect server)
	@.venv-spark/bin/python -m plie_warehouse engines spark

# `make metrics METRICS=positive_rate_neutralised BY=metric_time__year,plie__region_code`, of the build that `make build` left.
metrics: .venv-metricflow/.installed ## ask MetricFlow for METRICS= (BY=metric_time__year) on the private rows; without METRICS: list them
	@.venv-metricflow/bin/mf $(if $(METRICS),query --metrics "$(METRICS)" --group-by "$(if $(BY),$(BY),metric_time__year)",list metrics)

# DuckDB builds each size first; the engines are held to it. `make scale TIMES="1 5 16"`; then `plie measure scale --write`.
times = $(if $(TIMES),--times $(TIMES))
scale: .venv-sail/.installed .venv-postgres/.installed ## what more rows cost on DuckDB, Sail with its workers and PostgreSQL (TIMES="1 5 16"; needs make national)
	@.venv-sail/bin/python -m plie_warehouse measure scale duckdb sail sail-1 sail-2 $(times)
	@.venv-postgres/bin/python -m plie_warehouse measure scale postgres $(times)

# `make report YEAR=2021`: the year is named each time.
year = $(if $(YEAR),$(YEAR),$(error name the year: make $@ YEAR=2021))

report: $(REPORT_INSTALLED) ## the yearly report of YEAR=2021 from what is published, as a page and a PDF (serving/report)
	@$(REPORT_VENV)/bin/python -m plie_warehouse report --year $(year)

code = $(if $(CODE),--code $(CODE))

sheets: $(REPORT_INSTALLED) ## the public sheets of YEAR=2021, all or CODE=59-01; OWN=1: the suppliers' own (own-sheets)
	@$(REPORT_VENV)/bin/python -m plie_warehouse sheets --year $(year) $(code) $(if $(OWN),--own)

# The lineage is that of dbt's documentation, which needs the warehouse.
site: $(REPORT_INSTALLED) ## report and sheets of YEAR=2021, documentation and downloads under one index, with a search (site)
	@$(REPORT_VENV)/bin/python -m plie_warehouse report --year $(year)
	@$(REPORT_VENV)/bin/python -m plie_warehouse sheets --year $(year)
	@test ! -e "$(PLIE_DATA_DIR)/warehouse.duckdb" || $(BIN)/plie docs
	@$(REPORT_VENV)/bin/python -m plie_warehouse site

# `make esf OI=OI-01 DATE=2021-12-31`: both are named each time.
oi = $(if $(OI),$(OI),$(error name the intermediate body: make $@ OI=OI-01 DATE=2021-12-31))
date = $(if $(DATE),$(DATE),$(error name the date: make $@ OI=OI-01 DATE=2021-12-31))

esf: setup ## the common indicators of the ESF+ of OI=OI-01 up to DATE=2021-12-31, for its owner only (esf)
	@$(BIN)/plie esf --oi "$(oi)" --date "$(date)"

publish: setup ## publish the warehouse again, if it is as a build that passed left it
	@$(BIN)/plie publish

publish-postgres: .venv-postgres/.installed ## copy the current release into a PostgreSQL (PGHOST, PGPORT ..; SCHEMA=plie_published)
	@.venv-postgres/bin/python -m plie_warehouse publish-postgres $(if $(SCHEMA),--schema "$(SCHEMA)")

# `make intake LANDING=folder`: the folder is named each time, nothing is guessed.
landing = $(if $(LANDING),"$(LANDING)",$(error name the folder of the deliveries: make $@ LANDING=folder))

intake: setup ## check the deliveries of LANDING=folder, keep what is accepted, write the verdicts
	@$(BIN)/plie intake $(landing)

consolidate: setup ## intake of LANDING=folder, then build, validate and publish from what is accepted
	@$(BIN)/plie consolidate $(landing)

national: setup ## consolidate a simulated national network and compare it with what was printed (under PLIE_DATA_DIR/national)
	@$(BIN)/plie national

templates: setup ## empty workbooks for suppliers and the input dictionary, under PLIE_DATA_DIR/templates
	@$(BIN)/plie templates "$(PLIE_DATA_DIR)/templates"

contract: setup ## write what the contract of the delivered tables decides: staging models, their YAML, the input dictionary
	@$(BIN)/plie contract

attack: setup ## try to work out hidden figures from the published files alone
	@$(BIN)/plie attack

validate: setup ## recompute the rules with Great Expectations on the warehouse that is there
	@$(BIN)/plie validate

lint: setup ## sqlfluff on the SQL, ruff on the Python
	@$(BIN)/ruff check scripts tests
	@$(BIN)/ruff format --check scripts tests
	@$(BIN)/python scripts/lint_sql.py models tests analyses

# The tiers of the tests, by what they need (docs/tests.md). What one of them makes, a build or the compiled project, serves
# the others and the next run until a source changes.
TIERS := unit sql warehouse e2e

unit: ## tests that need nothing: contract, readers, rules on hand-made rows, attack
sql: ## tests of the compiled models in memory: dbt's unit tests, golden cases, bad input, bent rules
warehouse: ## tests on one build of the sample: corruption, invariants, publication, clients, dashboard
e2e: ## tests of whole runs: consolidation, revisions, store, simulator, kills, the national network
$(TIERS): setup
	@$(BIN)/python -m pytest tests/python/$@

report-tests: $(REPORT_INSTALLED) ## tests of what readers get: figures, sentences, pages, accessibility, the site
	@$(REPORT_VENV)/bin/python -m pytest tests/python/report

engine-tests: .venv-postgres/.installed .venv-sail/.installed ## tests on a PostgreSQL and a Sail of their own: equal cells, each bent word of the dialect seen
	@.venv-postgres/bin/python -m pytest -n 0 tests/python/engines/test_postgres.py tests/python/engines/test_publication.py
	@.venv-sail/bin/python -m pytest -n 0 tests/python/engines/test_sail.py

engine-workers: .venv-spark/.installed .venv-sail/.installed ## the marts on Apache Spark and on Sail with two workers, one of which goes in the middle: ten minutes
	@.venv-spark/bin/python -m pytest -n 0 tests/python/engines/test_workers.py
	@.venv-sail/bin/python -m pytest -n 0 tests/python/engines/test_sail_workers.py

# Both workers take whatever test comes next, of any tier but those of the report and the engines. These have environments of
# their own and run beside, one after the other, as does lint; they are shown after.
# A line that names $(MAKE) would run under `make -n` too, and with it the tests.
make := $(MAKE) --no-print-directory
LOGS := .pytest_cache/logs
tiers: setup
	@$(BIN)/python -m pytest $(TIERS:%=tests/python/%)

beside: setup $(REPORT_INSTALLED) .venv-postgres/.installed .venv-sail/.installed
	@mkdir -p $(LOGS); MAKEFLAGS=; export MAKEFLAGS; nice $(make) lint >$(LOGS)/lint 2>&1; linted=$$?; \
	PYTEST_ADDOPTS="$$PYTEST_ADDOPTS -n 0" $(make) report-tests >$(LOGS)/report 2>&1; reported=$$?; \
	$(make) engine-tests >$(LOGS)/engines 2>&1; compared=$$?; \
	test $$linted = 0 -a $$reported = 0 -a $$compared = 0

test: setup $(REPORT_INSTALLED) .venv-postgres/.installed .venv-sail/.installed ## what CI runs: lint and every tier; pytest ends with a line for each tier, with its time
	@rm -rf $(LOGS); $(make) --jobs=2 --keep-going tiers beside; tested=$$?; \
	for part in report engines lint; do echo "$$part:"; cat $(LOGS)/$$part; done; exit $$tested

hooks: setup ## check each commit with the tools of .venv (.pre-commit-config.yaml); nothing is fetched
	@$(BIN)/pre-commit install

docs: build ## the project's documentation as one page, under PLIE_DATA_DIR/docs
	@$(BIN)/plie docs

# Superset needs Python 3.11 or 3.12; name one with SUPERSET_PYTHON when PYTHON is later.
superset: setup ## start the dashboard of the national outcomes on 127.0.0.1 (first: installs Superset into .venv-superset)
	@SUPERSET_PYTHON="$(SUPERSET_PYTHON)" $(BIN)/plie dashboard --port $(PORT)

superset-check: setup ## start Superset on a copy, compare every chart with the published file, take a picture
	@SUPERSET_PYTHON="$(SUPERSET_PYTHON)" $(BIN)/plie check-dashboard

resolve := uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url --upgrade

# Of what Superset asks for, odfpy has no wheel, and serves but to read spreadsheets that nobody sends it.
lock: ## resolve the dependency ranges again (needs uv)
	$(resolve) --extra dev pyproject.toml --output-file requirements.lock
	$(resolve) --group report --constraint requirements.lock --output-file scripts/report/requirements.lock
	for engine in postgres sail spark metricflow; do $(resolve) --group $$engine --constraint requirements.lock pyproject.toml \
		$$(sed -nE 's/^([A-Za-z0-9._-]+)(\[[^]]*\])?==.*/--no-emit-package \1/p' requirements.lock) \
		--output-file requirements-$$engine.lock || exit; done
	cd scripts/superset && $(resolve) build-requirements.in --output-file build-requirements.lock
	cd scripts/superset && $(resolve) --no-emit-package odfpy --override overrides.in requirements.in --output-file requirements.lock

# Deliveries that a user keeps in the data folder are none of our business, nor are those that were accepted, nor what
# builds moved (history): only what a build makes again goes.
clean: ## remove the environments, the outputs of dbt and the outputs of the build
	rm -rf $(VENV) $(REPORT_VENV) .venv-postgres .venv-sail .venv-spark .venv-metricflow .venv-superset target logs .pytest_cache .ruff_cache
	rm -rf "$(PLIE_DATA_DIR)/national" "$(PLIE_DATA_DIR)/building" "$(PLIE_DATA_DIR)/serving" "$(PLIE_DATA_DIR)/validation" "$(PLIE_DATA_DIR)/validations" "$(PLIE_DATA_DIR)/docs" "$(PLIE_DATA_DIR)/site" "$(PLIE_DATA_DIR)/own-sheets" "$(PLIE_DATA_DIR)/bench" "$(PLIE_DATA_DIR)/templates" \
		"$(PLIE_DATA_DIR)/attestations" "$(PLIE_DATA_DIR)/disclosure" "$(PLIE_DATA_DIR)/validation_cache" "$(PLIE_DATA_DIR)/quarantine" "$(PLIE_DATA_DIR)/.build.lock" "$(PLIE_DATA_DIR)/.publish.lock" "$(PLIE_DATA_DIR)/warehouse.duckdb"
