# The commands of the checkout. `make run` and `make test` need nothing before them.

PYTHON ?= python3
STATE ?= ./var
PORT ?= 8080
VENV := .venv
BIN := $(VENV)/bin
FRONTEND := webui/frontend

# What the product calls at run time, and what the tests judge it with.
APT_RUN := python3-venv libportaudio2 libspeexdsp1 espeak-ng openssl \
           kamailio kamailio-sqlite-modules kamailio-tls-modules
APT_TEST := chromium gammu mgetty-voice pulseaudio libasound2-plugins multimon-ng sox \
            libspandsp2 minimodem libatomic1 asterisk-core-sounds-en-wav asterisk-moh-opsound-wav \
            baresip-core sip-tester sipsak zbar-tools mtools dosfstools minisign systemd

.PHONY: setup run test check fix bench soak test-clean lock pages clean

setup: $(VENV)/.pages

run: setup
	$(BIN)/tipring run --practice --state $(STATE) --port $(PORT)

test: setup $(VENV)/.apt-test check
	$(BIN)/pytest -n 4 --dist loadscope

check: $(VENV)/.installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: $(VENV)/.installed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup
	for bench in tests/bench/bench_*.py; do $(BIN)/python $$bench || exit 1; done

soak: setup $(VENV)/.apt-test
	$(BIN)/pip install --quiet --require-hashes -r requirements-soak.txt
	$(BIN)/pytest -m soak --timeout=7200 -s

test-clean: # The whole test run in a fresh Debian root, where this machine can make one.
	./tests/clean-root

lock: # Python with hashes and without index addresses; needs uv.
	uv pip compile -q pyproject.toml --generate-hashes --no-emit-index-url --no-header \
	    --python-version 3.11 -o requirements.txt
	uv pip compile -q pyproject.toml --group dev --generate-hashes --no-emit-index-url --no-header \
	    --python-version 3.11 -o requirements-dev.txt
	uv pip compile -q pyproject.toml --group soak --generate-hashes --no-emit-index-url --no-header \
	    --python-version 3.11 -o requirements-soak.txt

clean:
	rm -rf $(VENV) $(FRONTEND)/node_modules $(FRONTEND)/dist

pages: $(VENV)/.pages

$(VENV)/.apt-run: Makefile
	./systemd/apt-install $(APT_RUN)
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/.apt-test: Makefile $(VENV)/.apt-run
	./systemd/apt-install $(APT_TEST)
	touch $@

$(VENV)/.installed: $(VENV)/.apt-run requirements-dev.txt pyproject.toml
	$(BIN)/pip install --quiet --require-hashes -r requirements-dev.txt
	$(BIN)/pip install --quiet --no-deps --editable .
	touch $@

$(VENV)/.pages: $(VENV)/.installed $(shell find $(FRONTEND) firmware/contract/texts docs/help -type f \
        -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)
	cd $(FRONTEND) && PATH=$(abspath $(BIN)):$$PATH npm ci --no-audit --no-fund --silent
	cd $(FRONTEND) && PATH=$(abspath $(BIN)):$$PATH npm run --silent build
	touch $@
