"""Received and imported DICOM files put into the store."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from seedbed.imaging.instance import InstanceFacts
from seedbed.registry.opening import open_store
from seedbed.registry.store import Kept, Store


class Filing:
    """An open store that takes the bytes of DICOM files, from any number of threads.

    Attributes
    ----------
    store : Store
    origin : str
        Where the files come from, in words.
    """

    def __init__(self, store: Store, origin: str) -> None:
        self.store, self.origin = store, origin

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on what was found wrong when the store was opened."""
        return self.store.notes

    def keep(self, content: bytes, name: str = "received object") -> Kept:
        """Keep one DICOM file; when this returns, it outlasts a crash of program and machine.

        Parameters
        ----------
        content : bytes
            The whole file, with its File Meta Information.
        name : str
            What the sentences call it.

        Raises
        ------
        InputError
            No whole DICOM file, or one whose SOP Instance UID the store holds with other content.
        OutputError
            It could not be written.
        """
        return self.store.keep(content, facts_of(content, name), origin=self.origin)

    def instance_uids(self, study_uid: str) -> set[str]:
        """Return the SOP Instance UIDs that the store holds of a study."""
        return self.store.instance_uids(study_uid)


@contextmanager
def filing(folder: Path, *, origin: str = "") -> Iterator[Filing]:
    """Open a store, new or old, to put files into it.

    Parameters
    ----------
    folder : Path
    origin : str
        Where the files come from, in words; it is noted with each.

    Raises
    ------
    InputError
        ``folder`` is no store, or one of a newer version.
    OutputError
        It cannot be written.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as name, filing(Path(name) / "store") as files:
    ...     files.instance_uids("1.2.3")
    set()
    """
    with open_store(folder, facts_of=facts_of, same=same) as store:
        yield Filing(store, origin)


def facts_of(content: bytes, name: str) -> InstanceFacts:
    """Return what a DICOM file says of itself; see `seedbed.dicom.instance_facts.instance_facts`."""
    from seedbed.dicom.instance_facts import (
        instance_facts,  # reading DICOM: an open store needs it for new files
    )

    return instance_facts(content, name)


def same(one: bytes, other: bytes) -> bool:
    """Tell whether two files are the same object; see `seedbed.dicom.instance_facts.same_object`."""
    from seedbed.dicom.instance_facts import same_object

    return same_object(one, other)
