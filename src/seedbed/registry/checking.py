"""A store checked to the last byte: every file hashed again and compared with the register."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from seedbed.registry.objects import sha256_of
from seedbed.registry.store import Store

Progress = Callable[[str, int, int], None]
STEP = "Checking files"


@dataclass(frozen=True)
class StoreCheck:
    """What a check found.

    Attributes
    ----------
    files, size_bytes : int
        Files that were read, and their size in all.
    damaged : tuple of Path
        Files whose content does not belong to their name.
    missing : tuple of Path
        Files that the register knows and the folder lacks.
    unindexed : tuple of Path
        Whole files that the register does not know.
    """

    files: int
    size_bytes: int
    damaged: tuple[Path, ...]
    missing: tuple[Path, ...]
    unindexed: tuple[Path, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing is damaged, missing or unindexed."""
        return not (self.damaged or self.missing or self.unindexed)


def check_store(store: Store, progress: Progress | None = None) -> StoreCheck:
    """Read and hash every file of a store, and compare with the register; nothing is changed.

    Parameters
    ----------
    store : Store
    progress : callable, optional
        Called with the step's name, what is done and what there is in all.
    """
    known = store.hashes()
    present = sorted(store.files.listed())
    size, damaged = 0, []
    for done, name in enumerate(present, start=1):
        content = store.files.path(name).read_bytes()
        size += len(content)
        damaged += [name] if sha256_of(content) != name else []
        if progress is not None:
            progress(STEP, done, len(present))
    groups = (damaged, sorted(known - {*present}), sorted({*present} - known - {*damaged}))
    found = (tuple(store.files.path(name) for name in group) for group in groups)
    return StoreCheck(len(present), size, *found)
