"""`python -m server.cli`, where the command is not installed."""

from server.cli.command import main

if __name__ == "__main__":
    main()
