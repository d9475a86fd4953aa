"""The command ``seedbed``: parse, call one journey function, print."""


def main() -> None:
    """Run the command line."""
    from seedbed.cli.app import run

    run()
