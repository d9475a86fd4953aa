"""What a stored pixel stands for: rescaling, padding, bits, and what is said where that is unusual."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import FileDataset
from pydicom.uid import JPEG2000

from seedbed.dicom import decoding, read_ct_series
from seedbed.dicom.slices import CT, slice_of
from seedbed.errors import ImageError, InputError
from seedbed.imaging import CtVolume

Slices = Callable[..., list[FileDataset]]
Save = Callable[..., Path]


@pytest.mark.parametrize("kind", ["HU_MOD", "MGML", "Z_EFF", "ED", "PCT", "OD"])
def test_other_values_than_hounsfield_units_are_refused(
    tmp_path: Path, volume: CtVolume, slices: Slices, save: Save, kind: str
) -> None:
    stored = slices(volume)
    stored[2].RescaleType = kind
    with pytest.raises(ImageError, match=f"RescaleType {kind!r}"):
        read_ct_series(save(stored, tmp_path))


@pytest.mark.parametrize(
    ("keyword", "value", "said"),
    [
        ("RescaleType", "US", "RescaleType is 'US'"),
        ("PhotometricInterpretation", "MONOCHROME1", "6 slices.*MONOCHROME1"),
        ("LossyImageCompression", "01", "6 of 6 slices were compressed with loss"),
    ],
)
def test_what_is_unusual_is_read_and_noted(
    tmp_path: Path, volume: CtVolume, slices: Slices, save: Save, keyword: str, value: str, said: str
) -> None:
    stored = slices(volume)
    for dataset in stored:
        setattr(dataset, keyword, value)
    found = read_ct_series(save(stored, tmp_path))
    np.testing.assert_array_equal(found.volume.hu, volume.hu)
    assert re.search(said, found.notes[0])


@pytest.mark.parametrize("value", ["HU", ""])
def test_hounsfield_units_need_no_note(
    tmp_path: Path, volume: CtVolume, slices: Slices, save: Save, value: str
) -> None:
    stored = slices(volume)
    for dataset in stored:
        dataset.RescaleType, dataset.LossyImageCompression = value, "00"
    assert read_ct_series(save(stored, tmp_path)).notes == ()


@pytest.mark.parametrize("slope", [0, -1])
def test_a_slope_that_is_not_positive_is_refused(
    tmp_path: Path, volume: CtVolume, slices: Slices, save: Save, slope: int
) -> None:
    stored = slices(volume)
    stored[2].RescaleSlope = slope
    with pytest.raises(ImageError, match=f"RescaleSlope {slope}"):
        read_ct_series(save(stored, tmp_path))


@pytest.mark.parametrize("signed", [0, 1])
def test_bits_above_those_that_are_stored_do_not_count(
    tmp_path: Path, volume: CtVolume, slices: Slices, save: Save, signed: int
) -> None:
    # PS3.5 8.1.1: bits above High Bit may hold anything, such as an overlay of older scanners.
    stored = slices(volume)
    offset = 0 if signed else 1024
    for dataset in stored:
        dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 12, 11, signed
        dataset.RescaleIntercept = -offset
        raw = (dataset.pixel_array + offset).astype("<i2").view("<u2")
        dataset.PixelData = ((raw & 0x0FFF) | 0x5000).astype("<u2").tobytes()
    np.testing.assert_array_equal(read_ct_series(save(stored, tmp_path)).volume.hu, volume.hu)


@pytest.mark.parametrize(("signed", "written", "as_type"), [(1, 63536, "US"), (0, -2000, "SS")])
def test_padding_counts_by_its_bits_whatever_its_sign(
    tmp_path: Path, volume: CtVolume, slices: Slices, save: Save, signed: int, written: int, as_type: str
) -> None:
    stored = slices(volume)
    offset = 0 if signed else 1024
    for dataset in stored:
        raw = (dataset.pixel_array + offset).astype("<i2")
        raw[0, 0] = -2000
        dataset.PixelRepresentation, dataset.RescaleIntercept = signed, -offset
        dataset.add_new("PixelPaddingValue", as_type, written)
        dataset.PixelData = raw.tobytes()
    hu = read_ct_series(save(stored, tmp_path)).volume.hu
    assert (hu[:, 0, 0] == -1000).all()
    np.testing.assert_array_equal(hu[:, 1:], volume.hu[:, 1:])


def compressed(stored: list[FileDataset], content: bytes) -> None:
    from pydicom.encaps import encapsulate

    for dataset in stored:
        dataset.file_meta.TransferSyntaxUID = JPEG2000
        dataset.PixelData = encapsulate([content])
        dataset["PixelData"].VR = "OB"
        dataset["PixelData"].is_undefined_length = True


@pytest.mark.parametrize("content", [b"\0\0", b"\0" * 64, b"\xff\x4f\xff\x51" + b"\xff" * 60])
def test_a_damaged_codestream_is_one_sentence(
    tmp_path: Path, volume: CtVolume, slices: Slices, save: Save, content: bytes
) -> None:
    stored = slices(volume)
    compressed(stored, content)
    with pytest.raises(ImageError, match=r"of 'I\d+' \(TransferSyntaxUID JPEG 2000.*cannot be decoded"):
        read_ct_series(save(stored, tmp_path))


def test_a_decoder_without_end_is_ended(
    tmp_path: Path, volume: CtVolume, slices: Slices, save: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoding, "START_SECONDS", 0.001)
    monkeypatch.setattr(decoding, "SLICE_SECONDS", 0.0)
    stored = slices(volume)
    compressed(stored, b"\0" * 64)
    with pytest.raises(ImageError, match="came to no end"):
        read_ct_series(save(stored, tmp_path))


def test_a_compression_that_nobody_here_knows_is_named(
    tmp_path: Path, volume: CtVolume, slices: Slices, save: Save
) -> None:
    stored = slices(volume)
    compressed(stored, b"\0" * 64)
    for dataset in stored:
        dataset.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.4.100"
    with pytest.raises(ImageError, match=r"MPEG2.*cannot be decoded"):
        read_ct_series(save(stored, tmp_path))


def test_a_system_that_cannot_check_jpeg_2000_says_so(
    volume: CtVolume, slices: Slices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoding, "openjpeg", lambda: None)
    stored = slices(volume)
    compressed(stored[:1], b"\0\0")
    marked = [slice_of(dataset, Path(f"I{n}"), CT) for n, dataset in enumerate(stored)]
    (unsure, hidden) = decoding.lossy_notes(marked)
    assert "1 of 6 slices is in a compression that may lose" in unsure
    assert "1 of 6 slices is in JPEG 2000 (as in 'I0')" in hidden
    assert "cannot be checked on this computer" in hidden
    assert decoding.lossy_notes(marked[1:]) == ()


@pytest.mark.parametrize("syntax", [b"1.2.840.10008.5.1.4\0\0", b"1.2.3.4.5.6.7.8.9.10\0"])
def test_a_transfer_syntax_that_is_none_is_one_sentence(
    tmp_path: Path, volume: CtVolume, slices: Slices, save: Save, syntax: bytes
) -> None:
    folder = save(slices(volume), tmp_path)
    for path in folder.iterdir():
        content = path.read_bytes()
        at = content.index(b"1.2.840.10008.1.2.1\0")
        path.write_bytes(content[:at] + syntax[:20] + content[at + 20 :])
    with pytest.raises(InputError, match=r"has the TransferSyntaxUID .*; expected one that DICOM defines"):
        read_ct_series(folder)
