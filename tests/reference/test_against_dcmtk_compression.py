"""CT slices compressed by DCMTK and GDCM: lossless ones come back bit by bit, damaged ones end no program."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import FileDataset
from pydicom.encaps import encapsulate, generate_frames

from seedbed.dicom import Identity, read_ct_series, write_ct_series
from seedbed.dicom.decoding import _run
from seedbed.errors import ImageError
from seedbed.geometry import VoxelGrid
from seedbed.imaging import CtVolume

GDCMCONV = str(Path(sys.executable).parent / "gdcmconv")
LOSSLESS = {
    "JPEG lossless, process 14": ("dcmcjpeg", "+el"),
    "JPEG lossless, selection value 1": ("dcmcjpeg", "+e1"),
    "JPEG-LS": ("dcmcjpls", "+el"),
    "run lengths": ("dcmcrle",),
    "deflated": ("dcmconv", "+td"),
    "implicit little endian": ("dcmconv", "+ti"),
    "big endian": ("dcmconv", "+tb"),
    "JPEG 2000 by GDCM": (GDCMCONV, "--j2k"),
    "JPEG-LS by GDCM": (GDCMCONV, "--jpegls"),
    "JPEG lossless by GDCM": (GDCMCONV, "--jpeg"),
}
GRID = VoxelGrid((-32.0, -32.0, 0.0), (1.0, 1.0, 2.0), (3, 48, 64))


def as_stored(dataset: FileDataset, *, bits: int, signed: bool) -> FileDataset:
    """Store the same Hounsfield units in other bits."""
    offset = 0 if signed else 1024
    hu = dataset.pixel_array
    dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = bits, bits - 1, int(signed)
    dataset.RescaleIntercept = -offset
    dataset.PixelData = (hu + offset).astype("<i2" if signed else "<u2").tobytes()
    return dataset


@pytest.fixture(params=[(12, False), (16, True)], ids=str)
def original(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    bits, signed = request.param
    return slices_of_a_head(tmp_path / "original", bits=bits, signed=signed)


def slices_of_a_head(folder: Path, *, bits: int, signed: bool) -> Path:
    z, y, x = np.meshgrid(*[GRID.axis_mm(axis) for axis in (2, 1, 0)], indexing="ij")
    hu = np.where(x**2 + (y + 8) ** 2 < 400 + 10 * z, 40.0, -1000.0)
    hu[:, 10:14, 20:26] = 1500.0
    hu += np.random.default_rng(7).normal(0, 15, hu.shape)
    hu = np.clip(hu, -1024, 3000)
    made = dcm_identity()
    write_ct_series(CtVolume(GRID, hu.astype(np.float32)), folder, made, series="Compressed")
    for path in folder.iterdir():
        as_stored(dcmread(path), bits=bits, signed=signed).save_as(path)
    return folder


def dcm_identity() -> Identity:
    from datetime import datetime

    return Identity(
        patient_id="SYNTHETIC", patient_name="Synthetic^Head", patient_birth_date="", patient_sex="O",
        study_uid="1.2.3.1", study_date="20260302", study_time="090000", study_id="1", accession_number="",
        frame_uid="1.2.3.2", made=datetime(2026, 3, 2, 9), synthetic=True,
    )  # fmt: skip


def convert(command: tuple[str, ...], source: Path, target: Path) -> Path:
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    target.mkdir()
    for path in source.iterdir():
        subprocess.run([*command, str(path), str(target / path.name)], check=True, capture_output=True)
    return target


@pytest.mark.parametrize("command", LOSSLESS.values(), ids=LOSSLESS.keys())
def test_lossless_slices_come_back_bit_by_bit(
    tmp_path: Path, original: Path, command: tuple[str, ...]
) -> None:
    folder = convert(command, original, tmp_path / "compressed")
    expected, found = read_ct_series(original), read_ct_series(folder)
    assert dcmread(next(folder.iterdir())).file_meta.TransferSyntaxUID != "1.2.840.10008.1.2.1"
    np.testing.assert_array_equal(found.volume.hu, expected.volume.hu)
    assert not any("compressed with loss" in note for note in found.notes)


@pytest.mark.parametrize(
    ("command", "back"),
    [
        (("dcmcjpls", "+en", "+md", "4"), "dcmdjpls"),  # near-lossless, each pixel within 4
        (("dcmcjpeg", "+ee", "+q", "90"), "dcmdjpeg"),  # extended, 12 bit
    ],
)
def test_lossy_slices_are_as_dcmtk_decodes_them_and_are_noted(
    tmp_path: Path, command: tuple[str, ...], back: str
) -> None:
    original = slices_of_a_head(tmp_path / "original", bits=12, signed=False)
    folder = convert(command, original, tmp_path / "lossy")
    found = read_ct_series(folder)
    decoded = read_ct_series(convert((back,), folder, tmp_path / "back"))
    np.testing.assert_array_equal(found.volume.hu, decoded.volume.hu)
    assert not np.array_equal(found.volume.hu, read_ct_series(original).volume.hu)
    for series in (found, decoded):  # decompressed pixels are still those that were changed
        assert any("3 of 3 slices were compressed with loss" in note for note in series.notes)


def test_lossy_jpeg_2000_is_noted(tmp_path: Path) -> None:
    original = slices_of_a_head(tmp_path / "original", bits=12, signed=False)
    folder = convert((GDCMCONV, "--j2k", "--lossy", "-I", "-q", "5"), original, tmp_path / "lossy")
    found = read_ct_series(folder)
    assert any("compressed with loss" in note or "may lose" in note for note in found.notes)
    assert np.abs(found.volume.hu - read_ct_series(original).volume.hu).max() > 0


@pytest.mark.parametrize(
    "command",
    [
        ("dcmcjpeg", "+e1"),
        ("dcmcjpeg", "+el"),
        ("dcmcjpeg", "+ee"),
        ("dcmcjpls", "+el"),
        ("dcmcrle",),
        (GDCMCONV, "--jpeg"),
        (GDCMCONV, "--j2k"),
    ],
    ids=str,
)
def test_a_stretch_of_zeros_within_the_codes_is_refused(tmp_path: Path, command: tuple[str, ...]) -> None:
    # A bad sector: DCMTK warns of 'Corrupt JPEG data' and decodes on.
    folder = convert(command, slices_of_a_head(tmp_path / "original", bits=12, signed=False), tmp_path / "c")
    path, rng = sorted(folder.iterdir())[1], np.random.default_rng(20261127)
    stored, whole = dcmread(path), path.read_bytes()
    content = next(generate_frames(stored.PixelData, number_of_frames=1))
    paths = [tmp_path / f"{number}.dcm" for number in range(25)]
    for damaged_path in paths:
        start = int(rng.integers(len(content) // 4, len(content) - 300))
        zeroed = content[:start] + bytes(int(rng.integers(16, 300)))
        damaged_path.write_bytes(whole.replace(content, zeroed + content[len(zeroed) :]))
    refused = [outcome for outcome in _run(paths, tmp_path) if isinstance(outcome, str)]
    assert len(refused) >= (23 if "--j2k" in command else 25)
    path.write_bytes(paths[0].read_bytes())
    with pytest.raises(ImageError, match=f"PixelData of '{path.name}' .* cannot be decoded"):
        read_ct_series(folder)


def test_values_above_bits_stored_are_refused_unless_an_overlay_lies_there(tmp_path: Path) -> None:
    # PS3.5 8.1.1: lossless JPEG by DCMTK keeps all 16 bits, of which 12 are pixels.
    original = slices_of_a_head(tmp_path / "original", bits=12, signed=False)
    path = sorted(original.iterdir())[1]
    stored = dcmread(path)
    expected = read_ct_series(original).volume.hu
    marked = stored.pixel_array | np.uint16(0x1000)
    for name, position in (("damaged", 0), ("overlay", 12)):
        stored.add_new(0x60000102, "US", position)
        stored.PixelData = marked.tobytes()
        stored.save_as(path)
        folder = convert(("dcmcjpeg", "+e1"), original, tmp_path / name)
        if position:
            np.testing.assert_array_equal(read_ct_series(folder).volume.hu, expected)
        else:
            with pytest.raises(ImageError, match=r"a value of \d{4} in 12 bits"):
                read_ct_series(folder)


def damaged(content: bytes, number: int, rng: np.random.Generator) -> bytes:
    """Zeros to the end, a few bytes changed, or a changed header of the codestream."""
    changed = bytearray(content)
    if number % 3 == 0:
        start = int(rng.integers(20, len(changed)))
        changed[start:] = bytes(len(changed) - start)
    last = len(changed) if number % 3 == 1 else 100
    for place in rng.integers(0, last, 4):
        changed[place] = rng.integers(256)
    return bytes(changed)


@pytest.mark.parametrize(
    "command",
    [("dcmcjpeg", "+e1"), ("dcmcjpeg", "+ee"), ("dcmcjpls", "+el"), (GDCMCONV, "--j2k")],
)
def test_a_damaged_codestream_ends_in_a_sentence_or_a_volume(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    # GDCM ends its whole process by a fault or an abort over some of these.
    original = slices_of_a_head(tmp_path / "original", bits=12, signed=False)
    folder = convert(command, original, tmp_path / "compressed")
    path = sorted(folder.iterdir())[1]
    dataset, rng = dcmread(path), np.random.default_rng(20261127)
    content = next(generate_frames(dataset.PixelData, number_of_frames=1))
    said = []
    for number in range(4):
        dataset.PixelData = encapsulate([damaged(content, number, rng)])
        dataset["PixelData"].VR, dataset["PixelData"].is_undefined_length = "OB", True
        dataset.save_as(path)
        try:
            read_ct_series(folder)
        except ImageError as error:
            said.append(error.came)
    assert said
    assert all(path.name in came for came in said)
