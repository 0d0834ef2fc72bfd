# Everything a person runs. `make` alone lists it.
PYTHON ?= python3
BIN := .venv/bin
SETUP := .venv/stamp
KAFKA := .cache/kafka/stamp
SECANTUSD_VERSION := 0.5.3-beta.196

.DEFAULT_GOAL := help
.PHONY: help setup kafka secantusd chromium up demo test check bench bench-door bench-identity bench-fit bench-month chaos lock clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(SETUP) ## Python packages of requirements.lock into .venv (does nothing when they are there)
	@:

$(SETUP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed") if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing Python packages into .venv: about a minute"
	@$(BIN)/python -m pip install --quiet --require-hashes --only-binary :all: -r requirements.lock
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

kafka: $(KAFKA) ## Apache Kafka from Maven Central into .cache/kafka (needs Maven and Java 17)
	@:

$(KAFKA): deploy/kafka/pom.xml
	@rm -rf .cache/kafka/new
	@mvn -q -B -Dstyle.color=never -f $< dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=$(CURDIR)/.cache/kafka/new
	@rm -rf .cache/kafka/libs && mv .cache/kafka/new .cache/kafka/libs && touch $@

secantusd: ## The document server in Rust, for SECANTUSD=.cache/secantusd/bin/secantusd-rs make demo (cargo, C++; slow)
	@test -x .cache/secantusd/bin/secantusd-rs || cargo install secantus-mdb --version $(SECANTUSD_VERSION) \
		--ignore-rust-version --root .cache/secantusd

chromium: ## Chromium for the tests of pages, through apt-get when it is missing
	@command -v chromium > /dev/null \
		|| { apt-get -qq update && apt-get -qq install --yes --no-install-recommends chromium > /dev/null; } \
		|| { echo "Chromium is missing and apt-get could not install it: install it as root, then try again."; exit 1; }

up: setup ## The whole system without Docker, until Ctrl-C; PROCESSES=1 for a very small machine
	@$(BIN)/gelombang up $(if $(filter 1,$(PROCESSES)),--one-process)

demo: setup ## The whole system with a city of people in it: make demo N=5000
	@$(BIN)/gelombang demo $(if $(N),--n $(N))

test: setup ## All tests, on the best servers there are: make test ARGS="-k relay"
	@$(BIN)/python -m pytest $(ARGS) $(if $(STATUS),; echo $$? > $(STATUS))

check: setup ## Style, types, imports and the tests of the architecture
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest -q tests/architecture

bench-identity: setup ## Precision and recall of the watch over identities
	@$(BIN)/python -m tests.bench.identity

bench-fit: setup ## How often the score of a course puts the best one first, on made-up people
	@$(BIN)/python -m tests.bench.fit

bench-month: setup ## A month of payments with 500,000 participants stored: PEOPLE=20000 is quicker
	@$(BIN)/python -m tests.bench.month

bench: setup ## Figures of this machine
	@$(BIN)/python -m tests.bench

bench-door: setup ## Ten times the load that registration can bear, with two kill -9 in it: STORED=10000 is quicker
	@$(BIN)/python -m tests.bench.door

chaos: setup ## The engine under random faults, and long journeys through the doors: about two and a half hours
	@$(BIN)/python -m tests.engine.chaos
	@JOURNEYS=2000 $(BIN)/python -m pytest -q tests/contract/test_doors_in_order.py

COMPILE = CUSTOM_COMPILE_COMMAND="make lock" .cache/lock/bin/pip-compile --quiet --generate-hashes --strip-extras \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --allow-unsafe

lock: ## Resolve pyproject.toml into the two lock files, with hashes and no address
	@rm -rf .cache/lock && $(PYTHON) -m venv .cache/lock
	@.cache/lock/bin/python -m pip install --quiet pip-tools
	@$(COMPILE) --upgrade --extra embedded --extra test --all-build-deps --output-file requirements.lock pyproject.toml
	@# The image takes the same versions, without what only tests and the system without Docker need.
	@cp requirements.lock deploy/requirements.lock
	@$(COMPILE) --output-file deploy/requirements.lock pyproject.toml
	@rm -rf .cache/lock
	@! grep -nE '://|^-|$(CURDIR)' requirements.lock deploy/requirements.lock

clean: ## Remove what can be made again (not run/, the data of `make up`)
	rm -rf .venv .cache out build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
