"""`python -m atelier` is the command `atelier`."""

from atelier.entrypoints.cli import main

if __name__ == "__main__":
    main()
