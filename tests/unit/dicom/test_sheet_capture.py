"""Pages of a sheet as secondary captures."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread

from seedbed.dicom import Identity
from seedbed.dicom.sheet_capture import pdf_pages, write_capture
from seedbed.errors import InputError, OutputError

Identities = Callable[..., Identity]
PDF = """%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 144]/Contents 5 0 R>>endobj
4 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 144 72]>>endobj
5 0 obj<</Length 28>>stream
1 0 0 rg 0 0 72 72 re f     \nendstream endobj
trailer<</Root 1 0 R>>
"""
"""Two pages of 1 x 2 and 2 x 1 inches; the lower half of the first is red."""


def page(rows: int, columns: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (rows, columns, 3), dtype=np.uint8)


def test_pages_come_back_as_one_series(tmp_path: Path, identity: Identities) -> None:
    pages = [page(6, 4), page(5, 7, 2)]  # the second has an odd number of bytes
    uids = write_capture(pages, tmp_path / "sheet", identity(), title="Needle sheet 穿刺")
    found = [dcmread(path) for path in sorted((tmp_path / "sheet").iterdir())]
    assert [dataset.SOPInstanceUID for dataset in found] == list(uids)
    assert len({dataset.SeriesInstanceUID for dataset in found}) == 1
    assert [dataset.InstanceNumber for dataset in found] == [1, 2]
    for dataset, expected in zip(found, pages, strict=True):
        np.testing.assert_array_equal(dataset.pixel_array, expected)
        assert (dataset.Modality, dataset.ConversionType, dataset.BurnedInAnnotation) == ("OT", "WSD", "YES")
        assert dataset.StudyInstanceUID == identity().study_uid
        assert dataset.PatientID == identity().patient_id
        assert "穿刺" in dataset.DerivationDescription
        assert "FrameOfReferenceUID" not in dataset
        assert len(dataset.PixelData) % 2 == 0


def test_another_sheet_has_another_series(tmp_path: Path, identity: Identities) -> None:
    first = write_capture([page(4, 4)], tmp_path / "a", identity(), title="Sheet")
    again = write_capture([page(4, 4)], tmp_path / "b", identity(), title="Sheet")
    other = write_capture([page(4, 4, 2)], tmp_path / "c", identity(), title="Sheet")
    assert first == again != other


def test_a_page_is_never_replaced(tmp_path: Path, identity: Identities) -> None:
    write_capture([page(4, 4)], tmp_path, identity(), title="Sheet")
    before = (tmp_path / "page_01.dcm").read_bytes()
    with pytest.raises(OutputError, match="already"):
        write_capture([page(4, 4, 2), page(4, 4)], tmp_path, identity(), title="Sheet")
    assert (tmp_path / "page_01.dcm").read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    "pages",
    [[], [np.zeros((4, 4), np.uint8)], [np.zeros((4, 4, 4), np.uint8)], [np.zeros((4, 4, 3))], [page(0, 4)]],
    ids=["none", "grey", "four colours", "floats", "empty"],
)
def test_what_is_no_page_is_refused(tmp_path: Path, identity: Identities, pages: list[np.ndarray]) -> None:
    with pytest.raises(InputError, match="expected"):
        write_capture(pages, tmp_path / "sheet", identity(), title="Sheet")
    assert not (tmp_path / "sheet").exists()


def test_a_pdf_becomes_its_pages(tmp_path: Path) -> None:
    (tmp_path / "sheet.pdf").write_text(PDF)
    first, second = pdf_pages(tmp_path / "sheet.pdf", dpi=36)
    assert (first.shape, second.shape) == ((72, 36, 3), (36, 72, 3))
    assert (first[40:] == (255, 0, 0)).all()
    assert (first[:30] == 255).all()
    assert pdf_pages(tmp_path / "sheet.pdf", dpi=72)[0].shape == (144, 72, 3)


@pytest.mark.parametrize("dpi", [0.0, -1.0, 1e6, float("nan")])
def test_a_resolution_that_is_none_is_refused(tmp_path: Path, dpi: float) -> None:
    (tmp_path / "sheet.pdf").write_text(PDF)
    with pytest.raises(InputError, match="dpi"):
        pdf_pages(tmp_path / "sheet.pdf", dpi=dpi)


def test_what_is_no_pdf_is_refused(tmp_path: Path) -> None:
    (tmp_path / "note.pdf").write_text("no PDF")
    for name in ("note.pdf", "absent.pdf", "."):
        with pytest.raises(InputError, match="expected"):
            pdf_pages(tmp_path / name)
