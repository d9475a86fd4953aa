"""The plans of a case as a list shows them, each read again only when it was changed."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from seedbed.journey.workbench.plans.draft import FILE, read_draft

MOST_KEPT = 1000
"""Rows that are kept; local rule."""


def plan_rows(plans: Path) -> list[dict[str, Any]]:
    """Return the plans in a folder, the one begun last first.

    Parameters
    ----------
    plans : Path
        Of a case; need not be there.
    """
    rows = [_row(path.parent, *_state(path)) for path in plans.glob(f"*/{FILE}")]
    return [dict(row) for row in sorted(rows, key=lambda row: str(row["made"]), reverse=True)]


def _state(path: Path) -> tuple[int, int, int]:
    """Tell one state of a file from any other: each change puts a new file in its place."""
    there = path.stat()
    return there.st_mtime_ns, there.st_size, there.st_ino


@lru_cache(maxsize=MOST_KEPT)
def _row(folder: Path, *_state: int) -> dict[str, Any]:
    draft = read_draft(folder)
    return {
        "plan": draft.plan,
        "version": draft.version,
        "made": draft.made,
        "made_by": draft.made_by,
        "at": draft.at,
        "by": draft.by,
        "state": "approved" if draft.approved else "draft",
        "prescription_gy": draft.start.prescription_gy,
        "target": draft.start.target,
        "seed_count": draft.implant.count,
    }
