"""Code blocks by three encoders: none is refused whole, and hardly one damaged byte stays unseen."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.encaps import generate_frames

from seedbed.dicom import code_blocks
from seedbed.dicom.code_blocks import check_code_blocks, openjpeg

pytestmark = pytest.mark.skipif(openjpeg() is None, reason="OpenJPEG shows no functions on this system")


def image() -> np.ndarray:
    """A disc in noise, 12 bits."""
    y, x = np.mgrid[:120, :150]
    noise = np.random.default_rng(3).normal(0, 12, x.shape)
    return (np.where((x - 70) ** 2 + (y - 60) ** 2 < 2000, 1064, 24) + 40 + noise).astype(np.uint16)


def encoded(**options: object) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(image()).save(stream, "JPEG2000", no_jp2=True, **options)
    return stream.getvalue()


@pytest.mark.parametrize("irreversible", [False, True])
@pytest.mark.parametrize("layers", [[], [10], [1.5], [80, 40, 20, 10, 5, 2]])
@pytest.mark.parametrize("progression", ["LRCP", "RPCL"])
@pytest.mark.parametrize("tile", [None, (64, 64)])
def test_a_whole_codestream_passes_however_far_it_is_cut_for_its_rate(
    irreversible: bool, layers: list[float], progression: str, tile: tuple[int, int] | None
) -> None:
    options = {"irreversible": irreversible, "progression": progression, "tile_size": tile}
    if layers:
        options |= {"quality_mode": "rates", "quality_layers": layers}
    check_code_blocks(encoded(**options))


@pytest.mark.parametrize("name", ["JPEG2000.dcm", "examples_jpeg2k.dcm", "J2K_pixelrep_mismatch.dcm"])
def test_codestreams_of_kakadu_and_jasper_pass(name: str) -> None:
    found = get_testdata_file(name, download=False)
    if found is None:
        pytest.skip(f"pydicom has no {name}")
    stream = next(generate_frames(dcmread(Path(str(found))).PixelData, number_of_frames=1))
    assert b"Kakadu" in stream or b"JasPer" in stream
    check_code_blocks(stream[stream.index(b"\xff\x4f\xff\x51") :])


def test_damage_is_seen_by_where_the_decoders_of_the_blocks_end() -> None:
    whole, rng, seen = encoded(), np.random.default_rng(20261127), 0
    data = whole.index(b"\xff\x93") + 2
    for _ in range(60):
        damaged = bytearray(whole)
        damaged[int(rng.integers(data, len(whole) - 2))] ^= 1 << int(rng.integers(8))
        try:
            check_code_blocks(bytes(damaged))
        except ValueError:
            seen += 1
    assert seen >= 48


def test_blocks_of_another_style_are_not_counted() -> None:
    whole = bytearray(encoded())
    whole[whole.index(b"\xff\x52") + 12] |= 0x01  # bypass: decoded otherwise, so damaged as it stands
    check_code_blocks(bytes(whole))


def test_without_openjpeg_nothing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code_blocks, "openjpeg", lambda: None)
    check_code_blocks(b"\xff\x4f" + bytes(40))
