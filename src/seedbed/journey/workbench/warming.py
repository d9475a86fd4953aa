"""What the first who asks would wait for, done when the server has started."""

import logging
from datetime import date

from seedbed.errors import SeedbedError
from seedbed.journey.workbench.clinic.counting import keeper_of
from seedbed.journey.workbench.workplace import Workplace

log = logging.getLogger("seedbed.workbench")


def warm(workplace: Workplace) -> None:
    """Open the store, if there is one, and count what is due for every patient.

    What fails is logged, and told to whoever asks for it.
    """
    try:
        if workplace.store.is_dir():
            _ = workplace.rooms.store
        keeper_of(workplace.clinic).at(date.today())
    except SeedbedError as error:
        log.info("not made ready ahead: %s", error)
