"""One slice as its file describes it: where it lies, how large it is, and which file holds its pixels."""

from dataclasses import dataclass
from pathlib import Path

from pydicom.dataset import FileDataset
from pydicom.uid import (
    UID,
    CTImageStorage,
    EnhancedCTImageStorage,
    EnhancedPETImageStorage,
    LegacyConvertedEnhancedCTImageStorage,
    LegacyConvertedEnhancedPETImageStorage,
    PositronEmissionTomographyImageStorage,
)

from seedbed.dicom.files import FloatArray, numbers, reading, require, text
from seedbed.dicom.identity import Identity, identity_of
from seedbed.errors import ImageError

NEEDED = (
    "SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID", "FrameOfReferenceUID", "RescaleSlope",
    "RescaleIntercept",
)  # fmt: skip


@dataclass(frozen=True)
class ImageKind:
    """A kind of image that makes a volume.

    Attributes
    ----------
    name : str
        As it stands in sentences.
    sop_class : UID
        One slice a file.
    enhanced : tuple of UID
        All slices in one file.
    """

    name: str
    sop_class: UID
    enhanced: tuple[UID, ...]


CT = ImageKind("CT", CTImageStorage, (EnhancedCTImageStorage, LegacyConvertedEnhancedCTImageStorage))
PET = ImageKind(
    "PET",
    PositronEmissionTomographyImageStorage,
    (EnhancedPETImageStorage, LegacyConvertedEnhancedPETImageStorage),
)


@dataclass(frozen=True)
class Slice:
    """One slice: its numbers, and the dataset without its pixels.

    Attributes
    ----------
    kind : ImageKind
    path : Path
    dataset : FileDataset
        Everything but the pixels.
    identity : Identity
    series_uid, instance_uid : str
    corner_mm : ndarray, shape (3,)
        Centre of the first pixel, LPS.
    cosines : ndarray, shape (6,)
        Directions along a row and along a column.
    spacing_mm : ndarray, shape (2,)
        Between rows, between columns.
    shape : (rows, columns)
    """

    kind: ImageKind
    path: Path
    dataset: FileDataset
    identity: Identity
    series_uid: str
    instance_uid: str
    corner_mm: FloatArray
    cosines: FloatArray
    spacing_mm: FloatArray
    shape: tuple[int, int]

    @property
    def frame_uid(self) -> str:
        """Frame of reference."""
        return self.identity.frame_uid

    @property
    def called(self) -> str:
        """File and Instance Number, as they stand in sentences."""
        number = self.word("InstanceNumber")
        return f"'{self.path.name}'" + (f" (Instance Number {number})" if number else "")

    def word(self, keyword: str) -> str:
        """Attribute as one text, empty where it is missing."""
        with reading(self.path, ImageError):
            return text(self.dataset, keyword).strip()

    def private(self, group: int, creator: str, element: int) -> str:
        """Private attribute as text, empty where it is missing."""
        with reading(self.path, ImageError):
            try:
                value = self.dataset.private_block(group, creator)[element].value
            except KeyError:
                return ""
            return (value.decode("ascii") if isinstance(value, bytes) else str(value)).strip(" \0")


def slice_of(dataset: FileDataset, path: Path, kind: ImageKind) -> Slice:
    """Take position, orientation, spacing and links from a dataset (PS3.3 C.7.6.2).

    Raises
    ------
    ImageError
        One of them is missing or is no finite number.
    """
    for keyword in NEEDED:
        require(dataset, keyword, name=path.name, refusal=ImageError)

    def several(keyword: str, count: int) -> FloatArray:
        return numbers(dataset, keyword, count=count, name=path.name, refusal=ImageError)

    rows, columns = (int(several(keyword, 1)[0]) for keyword in ("Rows", "Columns"))
    spacing = several("PixelSpacing", 2)
    if spacing.min() <= 0 or min(rows, columns) < 1:
        raise ImageError(
            f"{kind.name} slice '{path.name}' has PixelSpacing {spacing.tolist()}, Rows {rows} and Columns "
            f"{columns}",
            "positive numbers",
            "export again",
        )
    return Slice(
        kind=kind,
        path=path,
        dataset=dataset,
        identity=identity_of(dataset),
        series_uid=str(dataset.SeriesInstanceUID),
        instance_uid=str(dataset.SOPInstanceUID),
        corner_mm=several("ImagePositionPatient", 3),
        cosines=several("ImageOrientationPatient", 6),
        spacing_mm=spacing,
        shape=(rows, columns),
    )
