"""``python -m seedbed``: the same as the command ``seedbed``."""

from seedbed.cli import main

if __name__ == "__main__":
    main()
