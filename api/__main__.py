"""`python -m api` is the command line."""

if __name__ == "__main__":  # and not where a worker or a process that helps this one reads it
    from api.commands.main import main

    main()
