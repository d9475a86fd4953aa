"""DICOM SEG written: structures as binary segments on the grid of their CT (PS3.3 A.51, C.8.20)."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset, dcmread
from pydicom.misc import is_dicom
from pydicom.uid import CTImageStorage, SegmentationStorage

from seedbed.dicom.ct import CtSeries
from seedbed.dicom.files import reading, reference, save, string, text
from seedbed.dicom.identity import Identity, content_uid, new_dataset, set_uids
from seedbed.dicom.segment_codes import code_of, coded_item
from seedbed.dicom.segment_colours import cielab
from seedbed.dicom.segmentation_frames import Frame, add_dimensions, add_groups
from seedbed.dicom.segmentations import BINARY
from seedbed.dicom.structure_writing import COLOURS
from seedbed.dicom.structures import check_inside
from seedbed.errors import ImageError, StructureError
from seedbed.geometry import Structure, VoxelGrid
from seedbed.geometry.masks import structure_mask

BYTE = 8
LOSSY = ("LossyImageCompression", "LossyImageCompressionRatio", "LossyImageCompressionMethod")
READ = ("SOPInstanceUID", "ImagePositionPatient", "ImageOrientationPatient", "Rows", "Columns", *LOSSY)


def write_segmentation(
    structures: Sequence[Structure],
    ct: CtSeries,
    path: Path,
    identity: Identity,
    *,
    types: Sequence[str],
    source_images: Iterable[Path],
) -> str:
    """Write structures as a binary DICOM SEG on the voxels of a CT, one segment each.

    A voxel belongs to a structure when its centre lies inside (`seedbed.geometry.masks`). Planes are axial,
    from feet to head; those without a voxel of a segment are left out. Segments may overlap. The algorithm
    type is MANUAL, as contours are drawn. Each frame names the image of its plane; frames of a CT that was
    not taken in these planes name all images together.

    Parameters
    ----------
    structures : sequence of Structure
    ct : CtSeries
    path : Path
    identity : Identity
        Patient and study that the segmentation names.
    types : sequence of str
        RT ROI interpreted type of each structure, from which its codes follow (`segment_codes.csv`).
    source_images : iterable of Path
        Files of the CT; others among them are passed over.

    Returns
    -------
    str
        SOP instance UID; `seedbed.dicom.identity.series_of` gives that of its series.

    Raises
    ------
    StructureError
        A structure outside the CT or too small to hold a voxel centre, two of one name, one without a name,
        no structure, or not one type each.
    ImageError
        A CT slice that is not among the source images.
    """
    names = _names(structures, types)
    images = _images(source_images, ct)
    frames, packed = _drawn(structures, ct)
    dataset = new_dataset(identity, SegmentationStorage, "SEG", series="Structures")
    dataset.FrameOfReferenceUID = ct.identity.frame_uid
    dataset.DeviceSerialNumber = "0"
    dataset.ContentLabel, dataset.ContentDescription, dataset.ContentCreatorName = "SEEDBED", "", ""
    dataset.ContentDate, dataset.ContentTime = dataset.SeriesDate, dataset.SeriesTime
    dataset.SegmentationType, dataset.SegmentsOverlap = BINARY, "UNDEFINED"
    dataset.SegmentSequence = [_segment(n, *each) for n, each in enumerate(zip(names, types, strict=True))]
    _add_pixels(dataset, packed, len(frames), ct.volume.grid)
    _add_losses(dataset, images)
    _add_references(dataset, ct)
    add_groups(dataset, frames, images, ct)
    uid = set_uids(dataset)
    add_dimensions(dataset, content_uid(uid, "dimensions"))
    save(dataset, path)
    return str(uid)


def _names(structures: Sequence[Structure], types: Sequence[str]) -> list[str]:
    names = [string(structure.name) for structure in structures]
    if not names or "" in names or len(set(names)) != len(names) or len(types) != len(names):
        raise StructureError(
            f"the names {names} with the types {list(types)}",
            "structures of different names, and one type for each",
            "rename a structure, or give each its type",
        )
    return names


def _images(paths: Iterable[Path], ct: CtSeries) -> list[Dataset]:
    """Headers of the slices of the CT in their order, no more of them than is needed here."""
    found: dict[str, Dataset] = {}
    for path in paths:
        with reading(path, ImageError):
            if not is_dicom(path):
                continue
            header = dcmread(path, stop_before_pixels=True, specific_tags=list(READ))
            found[text(header, "SOPInstanceUID")] = header
    missing = [uid for uid in ct.instance_uids if uid not in found]
    if missing:
        raise ImageError(
            f"{len(missing)} of {len(ct.instance_uids)} CT slices are not among the source images "
            f"(such as {missing[0]})",
            "all files of the CT",
            "give the folder that the CT was read from",
        )
    return [found[uid] for uid in ct.instance_uids]


def _drawn(structures: Sequence[Structure], ct: CtSeries) -> tuple[list[Frame], bytes]:
    """Frames in the order of the segments and planes, and their pixels, one bit each without a gap.

    A frame may begin within a byte, whose first pixel is the least significant bit (PS3.5 8.1.1, Annex D);
    the last byte, and the even length, are filled with zeros.
    """
    frames: list[Frame] = []
    packed: list[bytes] = []
    rest = np.zeros(0, dtype=np.bool_)
    for segment, structure in enumerate(structures, start=1):
        planes, mask = _voxels(structure, ct)
        frames += [Frame(segment, plane) for plane in planes]
        bits = np.concatenate([rest, *(mask[plane].ravel() for plane in planes)])
        whole = len(bits) // BYTE * BYTE
        packed.append(np.packbits(bits[:whole], bitorder="little").tobytes())
        rest = bits[whole:].copy()
    packed.append(np.packbits(rest, bitorder="little").tobytes())
    length = sum(map(len, packed))
    return frames, b"".join([*packed, bytes(length % 2)])


def _voxels(structure: Structure, ct: CtSeries) -> tuple[list[int], NDArray[np.bool_]]:
    """Planes in which a structure has a voxel, and its mask."""
    grid = ct.volume.grid
    check_inside(structure, ct)
    mask = structure_mask(structure, grid)
    planes: list[int] = np.flatnonzero(mask.reshape(len(mask), -1).any(axis=1)).tolist()
    if not planes:
        raise StructureError(
            f"structure '{structure.name}' ({structure.volume_mm3:.1f} mm3) holds no voxel centre",
            f"one larger than a voxel of the CT ({grid.voxel_volume_mm3:.1f} mm3)",
            "leave it out, or write an RTSTRUCT",
        )
    return planes, mask


def _segment(place: int, name: str, kind: str) -> Dataset:
    code, item = code_of(kind), Dataset()
    item.SegmentNumber, item.SegmentLabel = place + 1, name
    item.SegmentAlgorithmType = "MANUAL"
    item.SegmentedPropertyCategoryCodeSequence = [coded_item(code.category)]
    item.SegmentedPropertyTypeCodeSequence = [coded_item(code.type)]
    item.RecommendedDisplayCIELabValue = cielab(COLOURS[place % len(COLOURS)])
    return item


def _add_pixels(dataset: Dataset, packed: bytes, count: int, grid: VoxelGrid) -> None:
    dataset.ImageType = ["DERIVED", "PRIMARY"]
    dataset.NumberOfFrames = count
    _, dataset.Rows, dataset.Columns = grid.shape
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 1, 1, 0, 0
    dataset.PixelData = packed
    dataset["PixelData"].VR = "OB"


def _add_losses(dataset: Dataset, images: list[Dataset]) -> None:
    """Say so where images have lost something to a compression (PS3.3 C.7.6.1.1.5)."""
    lossy = (image for image in images if text(image, "LossyImageCompression") == "01")
    image = next(lossy, Dataset())
    dataset.LossyImageCompression = "00"
    for keyword in LOSSY:
        if keyword in image:
            dataset[keyword] = image[keyword]


def _add_references(dataset: Dataset, ct: CtSeries) -> None:
    """List the images of the CT; they may be of another study (PS3.3 C.12.2)."""
    series = Dataset()
    series.SeriesInstanceUID = ct.series_uid
    series.ReferencedInstanceSequence = [reference(CTImageStorage, uid) for uid in ct.instance_uids]
    if ct.identity.study_uid in ("", dataset.StudyInstanceUID):
        dataset.ReferencedSeriesSequence = [series]
    else:
        study = Dataset()
        study.StudyInstanceUID, study.ReferencedSeriesSequence = ct.identity.study_uid, [series]
        dataset.StudiesContainingOtherReferencedInstancesSequence = [study]
