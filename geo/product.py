"""What the product is called. No other place in the code says so; `pyproject.toml` names the command once more."""

NAME = "Lithium Ledger"
COMMAND = "lithium-ledger"
VARIABLES = "LEDGER_"
STORE_FILE = "ledger.gpkg"

# The names of release 2026.11 still work, with a line that says so, until the release after this one.
FORMER_COMMAND = "lithium-atlas"
FORMER_VARIABLES = "ATLAS_"
FORMER_STORE_FILE = "atlas.gpkg"
