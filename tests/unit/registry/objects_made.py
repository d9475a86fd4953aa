"""Objects that stand in for DICOM files: the register never looks into a file itself."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from seedbed.errors import InputError
from seedbed.imaging.instance import InstanceFacts
from seedbed.registry.opening import open_store
from seedbed.registry.store import Store


def made(number: int, *, written: str = "", **changes: Any) -> bytes:
    """An object; ``written`` changes its bytes and not what it says."""
    said = {
        "instance_uid": f"1.2.3.{number}", "class_uid": "1.2.840.10008.5.1.4.1.1.2", "series_uid": "1.2.3.0",
        "study_uid": "1.2.3", "patient_id": "SYNTHETIC-1", "patient_name": "Made^By^Test", "modality": "CT",
        **changes,
    }  # fmt: skip
    return json.dumps({"written": written, "said": said}).encode()


def facts_of(content: bytes, name: str) -> InstanceFacts:
    try:
        return InstanceFacts(**json.loads(content)["said"])
    except ValueError as error:
        raise InputError(f"file '{name}' is not an object", "an object", "make another") from error


def same(one: bytes, other: bytes) -> bool:
    return bool(json.loads(one)["said"] == json.loads(other)["said"])


@contextmanager
def opened(folder: Path) -> Iterator[Store]:
    with open_store(folder, facts_of=facts_of, same=same) as store:
        yield store


def keep(store: Store, content: bytes, origin: str = "test") -> Any:
    return store.keep(content, facts_of(content, "made"), origin=origin)


def agrees(store: Store) -> bool:
    """Whether register and folder are one, nothing is incoming, and every file is whole."""
    from seedbed.registry.checking import check_store

    return check_store(store).sound and not list(store.files.incoming.iterdir())
