# make run    everything on this machine: needs Python 3.11 or newer, nothing else
# make demo   a granted and a refused request through the whole SOP, results in demo-output/
# make up     each service as processes of its own, on RabbitMQ and PostgreSQL
# make test   linters, types and all tests, on real servers of the tests' own
# make check  the quick ones of these     make docs  generated pages     make lock  dependency locks
# make bench  how fast it is, into docs/benchmarks.md; ONLY=append-one measures that alone
# make contracts-accept   takes a changed contract as the state to compare with, unless it breaks a reader

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SERVICES := catalog requests privacy letters notify
LOCAL := services/chassis $(SERVICES:%=services/%) deploy/satudata
PROJECTS := $(LOCAL:%=%/pyproject.toml)

.PHONY: contracts-accept run demo up test check bench format docs lock lint servers clean

run: $(VENV)/run.stamp
	@exec $(BIN)/satudata run

demo: $(VENV)/run.stamp
	@exec $(BIN)/satudata demo

up: $(VENV)/run.stamp
	@exec $(BIN)/satudata up

test: $(VENV)/test.stamp servers lint
	$(BIN)/python -m pytest -n 2 --dist loadgroup --no-loadscope-reorder

check: $(VENV)/test.stamp lint
	$(BIN)/python -m pytest -m "not servers and not browser"

bench: $(VENV)/bench.stamp
	$(BIN)/python -m tests.bench $(ONLY)

lint: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy services/chassis/chassis deploy/satudata/satudata $(foreach s,$(SERVICES),services/$(s)/$(s)_service)
	$(BIN)/lint-imports

format: $(VENV)/test.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/test.stamp
	$(BIN)/python -m requests_service.domain.sop_page > docs/sop.md
	$(BIN)/python -m requests_service.domain.bpmn > docs/sop.bpmn
	$(BIN)/python -m requests_service.domain.retention_page > docs/retention.md
	$(BIN)/python deploy/generate.py

# A contract has changed: accepted, unless it breaks whoever reads it.
contracts-accept: $(VENV)/test.stamp
	$(BIN)/python -m tests.contracts.compatibility accept

# Servers and a browser for tests, from Debian's packages where that is possible.
servers:
	@deploy/test-packages

$(VENV)/run.stamp: requirements.txt $(PROJECTS)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=...")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing what this needs into $(VENV) (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation $(LOCAL:%=-e %)
	@touch $@

$(VENV)/test.stamp: $(VENV)/run.stamp requirements-test.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.txt
	@touch $@

$(VENV)/bench.stamp: $(VENV)/test.stamp requirements-bench.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.txt
	@touch $@

# Needs uv. Services get the same versions as the whole, each only what it needs.
UV_COMPILE = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
  $(foreach n,chassis $(SERVICES),--no-emit-package satudata-$(n)) --no-emit-package satudata
lock:
	$(UV_COMPILE) deploy/requirements.in -o requirements.txt
	$(UV_COMPILE) tests/requirements.in -c requirements.txt -o requirements-test.txt
	$(UV_COMPILE) tests/bench/requirements.in -c requirements.txt -c requirements-test.txt -o requirements-bench.txt
	$(foreach s,$(SERVICES),$(UV_COMPILE) deploy/chassis.in services/$(s)/pyproject.toml -c requirements.txt -o services/$(s)/requirements.txt &&) true

clean:
	rm -rf $(VENV) var demo-output
