"""`python -m api` is the command line."""

from api.commands.main import main

if __name__ == "__main__":  # and not where a process that helps this one reads it
    main()
