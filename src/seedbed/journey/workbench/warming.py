"""What the first who asks would wait for, done when the server has started.

What fails is logged, and told to whoever asks for it.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from seedbed.errors import SeedbedError
from seedbed.journey.workbench.workplace import Workplace

log = logging.getLogger("seedbed.workbench")


def count_ahead(workplace: Workplace) -> None:
    """Count what is due for every patient."""
    from seedbed.journey.workbench.clinic.counting import keeper_of  # it loads more than the first page needs

    with _told():
        keeper_of(workplace.clinic).at(date.today())


def open_ahead(workplace: Workplace) -> None:
    """Open the store, if there is one, and list its cases."""
    with _told():
        if workplace.store.is_dir():
            workplace.rooms.listed()


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except SeedbedError as error:
        log.info("not made ready ahead: %s", error)
