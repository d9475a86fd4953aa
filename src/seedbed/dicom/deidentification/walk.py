"""Go through a dataset at every depth without turning numbers and pixels into Python objects."""

from collections.abc import Iterator

from pydicom import Dataset
from pydicom.datadict import dictionary_has_tag
from pydicom.multival import MultiValue
from pydicom.tag import BaseTag

from seedbed.dicom.deidentification.rules import representation


def written_vr(dataset: Dataset, tag: BaseTag) -> str:
    """Return the value representation with which an element stands in a dataset.

    Implicit and unknown ones are taken from the dictionary; private ones stay ``"UN"``.
    """
    stated = dataset.get_item(tag).VR
    if stated in (None, "UN"):
        return representation(tag) if dictionary_has_tag(tag) else "UN"
    return str(stated)


def walk(dataset: Dataset) -> Iterator[tuple[Dataset, BaseTag, str]]:
    """Give dataset, tag and value representation of each element, items of sequences included."""
    for tag in list(dataset.keys()):
        vr = written_vr(dataset, tag)
        yield dataset, tag, vr
        if vr == "SQ":
            for item in dataset[tag].value or ():
                yield from walk(item)


def words(dataset: Dataset, tag: BaseTag) -> list[str]:
    """Return the values of a text element, one string each."""
    value = dataset[tag].value
    if value is None or isinstance(value, bytes):
        return [value.decode("latin-1")] if value else []
    return [str(part) for part in value] if isinstance(value, MultiValue) else [str(value)]
