"""Workbooks that nobody decided about; they hold who patients are, and go after a day."""

import shutil
from contextlib import suppress
from time import time

from seedbed.journey.workbench.workplace import Workplace

ABOUT = "about.json"
LEFT_S = 24 * 3600.0
"""So long a workbook waits; then it goes with the next that comes, or at the server's start (local rule)."""


def sweep_workbooks(workplace: Workplace) -> None:
    """Take away the workbooks that were long left."""
    for about in workplace.uploads.glob(f"*/{ABOUT}"):
        with suppress(FileNotFoundError):  # kept or left meanwhile
            if time() - about.stat().st_mtime > LEFT_S:
                shutil.rmtree(about.parent, ignore_errors=True)
