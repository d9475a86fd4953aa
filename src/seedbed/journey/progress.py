"""How long work tells how far it is."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called with the step in words, what is done and what there is in all."""


def silent(_step: str, _done: int, _total: int) -> None:
    """Show no progress."""
