"""Trying again: what is lost for the time being, and for how long we come back to it."""

import time
from collections.abc import Callable
from typing import TypeVar

from seedbed.dicom.pacs.settings import Peer
from seedbed.errors import PacsError

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0
"""Local rule: the pause before trying again doubles from the first to the longest."""
Answer = TypeVar("Answer")


class LostError(PacsError):
    """The other system was not there or broke off: worth another try."""


def persist(peer: Peer, act: Callable[[], Answer], done: Callable[[], int] = lambda: 0) -> Answer:
    """Act; after a loss try again, up to ``peer.retries`` times in a row without anything new done.

    Parameters
    ----------
    peer : DimsePeer or WebPeer
    act : callable
    done : callable
        Counts what is done; when it has grown the trials are counted anew.

    Raises
    ------
    LostError
        The last one.
    """
    vain = 0
    while True:
        before = done()
        try:
            return act()
        except LostError:
            vain = 0 if done() > before else vain + 1
            if vain > peer.retries:
                raise
            time.sleep(min(FIRST_PAUSE_S * 2 ** max(vain - 1, 0), LONGEST_PAUSE_S))
