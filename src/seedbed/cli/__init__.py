"""The command ``seedbed``: parse, call one journey function, print."""


def main() -> None:
    """Run the command line."""
    try:
        from seedbed.cli.app import run
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    run()
