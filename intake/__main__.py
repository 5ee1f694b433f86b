"""`python -m intake` is the same as the `intake` command."""

from intake.cli import main

if __name__ == "__main__":
    main()
