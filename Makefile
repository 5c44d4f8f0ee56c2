# The two commands: `make serve` and `make test`. Each makes the environment it needs.
PYTHON ?= python3
PORT ?= 8000
STORE ?= atlas.gpkg
VENV := .venv
BIN := $(VENV)/bin

.PHONY: serve test check browser vendor boundaries lock screenshot bench clean

serve: $(VENV)/.serve
	$(BIN)/lithium-atlas serve --store "$(STORE)" --port "$(PORT)"

test: check browser
	$(BIN)/python -m pytest

# ruff, mypy, and the type checker of the browser code, which needs Node.js.
check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy geo api web
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory check-browser-code; \
	else echo "NOT CHECKED: the browser code's types and its copies of npm packages; that needs Node.js."; fi

.PHONY: check-browser-code
check-browser-code: node_modules/.installed
	node_modules/.bin/tsc --project tsconfig.json
	$(BIN)/python -m web.vendor --check

# Chromium for the browser tests: Debian's package where we are root there, Playwright's own download elsewhere.
browser: $(VENV)/.dev
	@$(BIN)/python tests/install_chromium.py

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# --no-deps for the project itself: the lock file has named everything, each with its hash.
$(VENV)/.serve: $(VENV)/bin/python requirements.lock pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.serve requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

node_modules/.installed: package.json package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

# Copies the browser libraries that the lock file names into web/static/vendor, where they are served from.
vendor: node_modules/.installed $(VENV)/.dev
	$(BIN)/python -m web.vendor

# Makes the outlines of countries again from the npm package world-atlas.
boundaries: node_modules/.installed $(VENV)/.dev
	$(BIN)/python data/boundaries/build.py node_modules/world-atlas/countries-50m.json data/boundaries/countries.geojson

# Pins every package again, with hashes; needs uv (pip install uv).
lock:
	uv pip compile pyproject.toml --group build --universal --generate-hashes --no-header --no-annotate --quiet --upgrade -o requirements.lock
	uv pip compile pyproject.toml --group dev -c requirements.lock --universal --generate-hashes --no-header --no-annotate --quiet --upgrade -o requirements-dev.lock

# Figures against a plain Folium map, in one run.
bench: $(VENV)/.dev browser
	$(BIN)/python tests/benchmark.py

# The README's picture.
screenshot: $(VENV)/.dev browser
	$(BIN)/python tests/screenshot.py

clean:
	rm -rf $(VENV) node_modules
