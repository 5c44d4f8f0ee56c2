"""`python -m api` is the command line."""

from api.commands.main import main

main()
