"""`python -m api` is `lithium-atlas`."""

from api.cli import main

main()
