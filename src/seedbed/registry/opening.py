"""A store opened: the folder is the truth, and the register is made to say what the folder holds."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from seedbed.errors import InputError, OutputError
from seedbed.imaging.instance import InstanceFacts
from seedbed.registry.objects import ObjectFolder, sha256_of, whole_leftover
from seedbed.registry.register import open_register
from seedbed.registry.rows import FOUND
from seedbed.registry.store import REGISTER, Same, Store

FactsOf = Callable[[bytes, str], InstanceFacts]
NAMED = 5
"""So many files are named in one sentence; the number is always said (local rule)."""


@contextmanager
def open_store(folder: Path, *, facts_of: FactsOf, same: Same) -> Iterator[Store]:
    """Open a store, new or old, and set right what a stop in the middle of keeping left.

    Files that the register does not know are indexed. Files left incoming are kept if whole, else removed.
    Files that the register knows and the folder lacks are named in `Store.notes`, as is all that could not
    be set right.

    Parameters
    ----------
    folder : Path
    facts_of : callable
        Takes the bytes of a file and its name.
    same : callable
        Whether the bytes of two files are the same object, written differently.

    Raises
    ------
    InputError
        ``folder`` is a file or holds something else; a register of a newer version.
    OutputError
        A folder that cannot be written.
    """
    _check_place(folder)
    files = ObjectFolder(folder)
    store = Store(files, open_register(folder / REGISTER), same=same)
    try:
        store.notes = (*_reconcile(store, facts_of), *_take_leftovers(store, facts_of))
        yield store
    finally:
        store.close()


def _check_place(folder: Path) -> None:
    """Refuse a folder that holds other things, so that a slip does not scatter a store into it."""
    if folder.exists() and not folder.is_dir():
        raise InputError(
            f"'{folder}' is a file", "the folder of a store, or a new one", "choose another with --store"
        )
    marks = (folder / "objects", folder / REGISTER)
    if folder.is_dir() and any(folder.iterdir()) and not any(mark.exists() for mark in marks):
        raise InputError(
            f"folder '{folder}' holds files and is no store of Seedbed",
            "the folder of a store, or a new or empty one",
            "choose another with --store",
        )


def _reconcile(store: Store, facts_of: FactsOf) -> Iterator[str]:
    known = store.hashes()  # before the folder is listed: others may keep files meanwhile
    present = store.files.listed()
    for sha256 in sorted(present - known):
        with suppress(FileNotFoundError):  # another process has just put it aside
            yield from _kept_again(store, store.files.path(sha256), facts_of)
    if missing := sorted(known - present):
        yield (
            f"The register knows {len(missing)} files that the store lacks: {_listed(store, missing)}. "
            "Restore them from a copy, or receive or import them again."
        )


def _kept_again(store: Store, path: Path, facts_of: FactsOf) -> Iterator[str]:
    """Index a file that is in place; where another has its UID, it is taken out or put aside."""
    content = path.read_bytes()
    if sha256_of(content) != path.stem:
        yield f"File '{path}' is damaged: its content does not belong to its name. It is not indexed."
        return
    try:
        facts = facts_of(content, str(path))
    except InputError as error:
        yield f"A file of the store is not indexed: {error}"
        return
    if store.index(path.stem, len(content), facts, origin=FOUND):
        return
    try:
        doubled = store.keep(content, facts, origin=FOUND).sha256 != path.stem
    except OutputError:
        raise
    except InputError as error:
        doubled = True
        yield f"A file of the store was put aside: {error}"
    if doubled:
        store.files.withdraw(path.stem)


def _take_leftovers(store: Store, facts_of: FactsOf) -> Iterator[str]:
    for path in store.files.leftovers():
        content = whole_leftover(path)
        if content is not None:
            try:
                store.keep(content, facts_of(content, str(path)), origin=FOUND)
            except OutputError:
                raise
            except InputError as error:
                yield f"A file left incoming is not kept: {error}"
                continue
        path.unlink(missing_ok=True)


def _listed(store: Store, hashes: list[str]) -> str:
    names = ", ".join(f"'{store.files.path(sha256)}'" for sha256 in hashes[:NAMED])
    return names + (", ..." if len(hashes) > NAMED else "")
