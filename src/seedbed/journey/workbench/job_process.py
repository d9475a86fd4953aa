"""What runs in the process of a job: it hears when to stop, tells how far it is, and ends with an answer."""

import json
import os
import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import Any

from seedbed.errors import SeedbedError
from seedbed.journey.progress import Progress
from seedbed.journey.workbench.workplace import WorkplaceAddress, open_workplace

STOP = b"stop"
TOLD_EVERY_S = 0.1
"""Progress is told ten times a second at most; local rule."""
NICE = 10
"""How far a job stands back for those who wait for a page, of 19; local rule."""
BELOW_NORMAL = 0x4000
"""BELOW_NORMAL_PRIORITY_CLASS of Windows."""
MEMORY_SCORE = Path("/proc/self/oom_score_adj")
Stop = Callable[[], bool]


def work(
    connection: Connection, function: str, address: WorkplaceAddress, arguments: Mapping[str, Any]
) -> None:
    """Do a job and send its end; whatever else ends the process is seen by the server as no answer.

    Parameters
    ----------
    connection : Connection
        To the server: JSON to it, `STOP` from it.
    function : str
        Module and function, parted by a colon.
    address : WorkplaceAddress
    arguments : mapping
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's to hear, which then stops this
    _offer_to_the_kernel()
    _let_others_go_first()
    asked = Event()
    Thread(target=_hear, args=(connection, asked), daemon=True).start()
    try:
        with open_workplace(address, serving=False) as workplace:
            result = function_of(function)(workplace, dict(arguments), _told(connection), asked.is_set)
        _send(
            connection, {"stopped": True} if asked.is_set() and result is None else {"result": result or {}}
        )
    except SeedbedError as error:
        if asked.is_set():
            _send(connection, {"stopped": True})
        else:
            said = {"came": error.came, "expected": error.expected, "do": error.do}
            _send(connection, {"error": said})
    except KeyboardInterrupt:
        _send(connection, {"stopped": True})


def function_of(named: str) -> Callable[..., Any]:
    """Load a function by its module and name, parted by a colon.

    Examples
    --------
    >>> function_of("math:sqrt")(4.0)
    2.0
    """
    module, _, name = named.partition(":")
    found: Callable[..., Any] = getattr(import_module(module), name)
    return found


def _hear(connection: Connection, asked: Event) -> None:
    """Wait for the word to stop; end at once where the server is gone."""
    try:
        while connection.recv_bytes() != STOP:
            pass
        asked.set()
        connection.recv_bytes()
    except (EOFError, OSError):
        os._exit(1)


def _told(connection: Connection) -> Progress:
    told: dict[str, float] = {}

    def tell(step: str, done: int, total: int) -> None:
        now = monotonic()
        if done >= total or now - told.get(step, 0.0) >= TOLD_EVERY_S:
            told.clear()
            told[step] = now
            _send(connection, {"step": step, "done": int(done), "total": int(total)})

    return tell


def _send(connection: Connection, message: Mapping[str, Any]) -> None:
    connection.send_bytes(json.dumps(message, ensure_ascii=False, allow_nan=False).encode())


def _offer_to_the_kernel() -> None:
    """Have Linux, where memory runs out, end this process rather than the server."""
    with suppress(OSError):
        MEMORY_SCORE.write_text("1000", encoding="ascii")


def _let_others_go_first() -> None:
    """Have the system give the processor to the server first, where both want it."""
    if sys.platform == "win32":
        import ctypes

        kernel = ctypes.WinDLL("kernel32")
        kernel.GetCurrentProcess.restype = ctypes.c_void_p
        kernel.SetPriorityClass(ctypes.c_void_p(kernel.GetCurrentProcess()), BELOW_NORMAL)
    else:
        with suppress(OSError):
            os.nice(NICE)
