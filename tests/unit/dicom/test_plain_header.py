"""What is found in the bytes of an ordinary object is what pydicom reads; the rest is called odd."""

import warnings
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from threading import Barrier

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydicom import Dataset, dcmread
from pydicom.dataset import FileDataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    RLELossless,
    RTDoseStorage,
    RTPlanStorage,
    RTStructureSetStorage,
)
from tests.unit.dicom.test_instance_facts import ct, item, nested, private, rt, written

from seedbed.dicom.files import UNDEFINED_LENGTH
from seedbed.dicom.instance_facts import _any_facts, _decoded, _plain_facts, instance_facts
from seedbed.dicom.plain_header import OddError, plain_header
from seedbed.errors import InputError
from seedbed.imaging.instance import InstanceFacts

CHINESE = "甲^状腺"


def compressed() -> bytes:
    dataset = ct()
    dataset.PixelData = np.arange(12, dtype="<u2").reshape(3, 4).tobytes()
    dataset.compress(RLELossless, generate_instance_uid=False)
    content = BytesIO()
    dataset.save_as(content, enforce_file_format=True)
    return content.getvalue()


def deep() -> FileDataset:
    """A sequence in a private sequence, with and without lengths, empty items, and a Chinese name."""
    dataset = private(nested())
    dataset.SpecificCharacterSet, dataset.PatientName = "GB18030", CHINESE
    dataset[0x0019, 0x1001].value = Sequence([item(CodeValue="3"), Dataset()])
    dataset[0x0019, 0x1001].is_undefined_length = True
    dataset[0x0019, 0x1001].value[1].is_undefined_length_sequence_item = True
    return dataset


ORDINARY = {
    "explicit": written(deep()),
    "implicit": written(deep(), ImplicitVRLittleEndian),
    "compressed": compressed(),
}


@pytest.mark.parametrize("content", ORDINARY.values(), ids=ORDINARY)
def test_elements_of_an_ordinary_object_lie_where_pydicom_reads_them(content: bytes) -> None:
    header, read = plain_header(content), dcmread(BytesIO(content))
    assert header.syntax == read.file_meta.TransferSyntaxUID
    assert list(header.elements) == list(map(int, read.keys()))
    for tag, (vr, start, length) in header.elements.items():
        element = read.get_item(tag)
        if element.is_raw and length != UNDEFINED_LENGTH:
            assert (vr.decode() or None, start, length) == (element.VR, element.value_tell, element.length)
            assert content[start : start + length] == (element.value or b"")
        else:
            assert element.VR == "SQ" or tag in (0x00080005, 0x7FE00010)


@pytest.mark.parametrize("content", ORDINARY.values(), ids=ORDINARY)
def test_facts_of_an_ordinary_object_are_taken_without_pydicom_and_are_the_same(content: bytes) -> None:
    facts = _plain_facts(plain_header(content))
    assert facts == _any_facts(content, "slice")
    assert facts.patient_name in (CHINESE, "Made^By^Test")


def taken(content: bytes) -> InstanceFacts | None:
    try:
        return _plain_facts(plain_header(content))
    except OddError:
        return None


@example("explicit", 0, b"", 1)
@given(
    st.sampled_from(sorted(ORDINARY)),
    st.integers(0, max(map(len, ORDINARY.values())) - 1),
    st.one_of(
        st.binary(max_size=8),
        st.sampled_from(
            [b"UN", b"SQ", b"US", b"OB", b"\xff\xff\xff\xff", b"\xfe\xff\x00\xe0", b"\xfe\xff\xdd\xe0"]
        ),
    ),
    st.integers(0, 8),
)
def test_whatever_is_changed_what_is_taken_is_what_pydicom_reads(
    which: str, place: int, put: bytes, over: int
) -> None:
    content = ORDINARY[which]
    place %= len(content)
    changed = content[:place] + put + content[place + over :]
    facts = taken(changed)
    if facts is not None:
        assert facts == _any_facts(changed, "slice")


VALUES = st.one_of(
    st.text(alphabet="0123456789.+-eE\\ \0", max_size=18),
    st.floats(-999, 999).map(repr),
    st.text(alphabet=st.characters(max_codepoint=255), max_size=12),
).map(lambda text: text.encode("latin-1"))
FIELDS = {
    "position_mm": b"DS",
    "instance_number": b"IS",
    "image_type": b"CS",
    "study_date": b"DA",
    "frame_uid": b"UI",
}


@given(st.sampled_from(sorted(FIELDS)), VALUES)
def test_whatever_a_value_is_what_is_taken_is_what_pydicom_reads(field: str, value: bytes) -> None:
    keywords = {
        "position_mm": "ImagePositionPatient", "instance_number": "InstanceNumber", "image_type": "ImageType",
        "study_date": "StudyDate", "frame_uid": "FrameOfReferenceUID",
    }  # fmt: skip
    value += b" " * (len(value) % 2)
    content, mark = written(ct()), dcmread(BytesIO(written(ct()))).get_item(keywords[field])
    start = mark.value_tell
    changed = content[: start - 2] + len(value).to_bytes(2, "little") + value + content[start + mark.length :]
    facts = taken(changed)
    if facts is not None:
        assert facts == _any_facts(changed, "slice")


@pytest.mark.parametrize("class_uid", [RTStructureSetStorage, RTPlanStorage, RTDoseStorage])
def test_what_says_in_sequences_where_it_belongs_is_left_to_pydicom(class_uid: UID) -> None:
    assert taken(written(rt(class_uid, "RT"))) is None
    assert instance_facts(written(rt(class_uid, "RT")), "object").class_uid == class_uid


@pytest.mark.parametrize(
    "content",
    [
        b"",
        written(deep(), DeflatedExplicitVRLittleEndian),
        written(ct()).replace(ExplicitVRLittleEndian.encode(), ExplicitVRBigEndian.encode()),
        written(ct()).replace(
            ExplicitVRLittleEndian.encode() + b"\0", ImplicitVRLittleEndian.encode() + b"\0\0\0"
        ),
        b"\xfe\xff\x00\xe0\xff\xff\xff\xff".join([written(deep())[:900]] * 2000),
    ],
    ids=["nothing", "deflated", "big endian", "another syntax than it says", "items in items"],
)
def test_what_is_not_ordinary_is_odd(content: bytes) -> None:
    with pytest.raises(OddError):
        plain_header(content)


def test_threads_that_read_chinese_names_leave_the_filters_of_warnings_alone() -> None:
    before, barrier = list(warnings.filters), Barrier(4)
    contents = [
        written(ct(SpecificCharacterSet="GB18030", PatientName=f"甲^{chr(0x4E00 + n)}")) for n in range(60)
    ]
    odd = written(rt(RTPlanStorage, "RTPLAN", SpecificCharacterSet="GB18030", PatientName=CHINESE))
    _decoded.cache_clear()

    def read(part: int) -> list[str]:
        barrier.wait()
        mixed = [each for content in contents[part::2] for each in (content, odd)]
        return [instance_facts(content, "slice").patient_name for content in mixed]

    with ThreadPoolExecutor(4) as pool:
        names = list(pool.map(read, [0, 1, 0, 1]))
    assert (
        names[0] == names[2] == [name for n in range(0, 60, 2) for name in (f"甲^{chr(0x4E00 + n)}", CHINESE)]
    )
    assert list(warnings.filters) == before


def test_an_image_that_was_cut_before_its_pixels_is_refused_all_the_same() -> None:
    content = written(ct())
    start = dcmread(BytesIO(content)).get_item("PixelData").value_tell
    with pytest.raises(InputError, match="ends before its pixels"):
        instance_facts(content[: start - 12], "slice")
