"""DICOM SEG written: structures as binary segments on the grid of their CT (PS3.3 A.51, C.8.20)."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset, dcmread
from pydicom.datadict import dictionary_description, tag_for_keyword
from pydicom.tag import Tag
from pydicom.uid import UID, CTImageStorage, SegmentationStorage

from seedbed.dicom.ct import CtSeries
from seedbed.dicom.files import decimal, numbers, reading, reference, save, string, text
from seedbed.dicom.identity import Identity, content_uid, new_dataset
from seedbed.dicom.segment_codes import Coded, code_of
from seedbed.dicom.segment_colours import cielab
from seedbed.dicom.segmentations import BINARY, ON_VOXEL
from seedbed.dicom.stack import AXIS_TOLERANCE
from seedbed.dicom.structure_writing import COLOURS
from seedbed.dicom.structures import check_inside
from seedbed.errors import ImageError, StructureError
from seedbed.geometry import Structure, VoxelGrid
from seedbed.geometry.masks import structure_mask

ALONG_AXES = (1, 0, 0, 0, 1, 0)
BYTE = 8
DIMENSIONS = {"ReferencedSegmentNumber": "SegmentIdentification", "ImagePositionPatient": "PlanePosition"}
"""By what frames are sorted, and the functional group that says it."""
SEGMENTATION = Coded("DCM", "113076", "Segmentation")
SOURCE_IMAGE = Coded("DCM", "121322", "Source image for image processing operation")
LOSSY = ("LossyImageCompression", "LossyImageCompressionRatio", "LossyImageCompressionMethod")
READ = ("SOPInstanceUID", "ImagePositionPatient", "ImageOrientationPatient", "Rows", "Columns", *LOSSY)


class _Frame(NamedTuple):
    """Segment and plane of the CT that a frame shows."""

    segment: int
    plane: int


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
        SOP instance UID.

    Raises
    ------
    StructureError
        A structure outside the CT or too small to hold a voxel centre, two of one name, one without a name,
        no structure, or not one type each.
    ImageError
        A CT slice that is not among the source images, or a CT without a frame of reference.
    """
    _check_placed(ct)
    names = _names(structures, types)
    images = _images(source_images, ct)
    frames, packed = _drawn(structures, ct)
    uid = content_uid("SEG", identity.study_uid, ct.series_uid, names, list(types), frames, packed)
    dataset = new_dataset(identity, SegmentationStorage, "SEG", instance_uid=uid, series="Structures")
    dataset.FrameOfReferenceUID = ct.identity.frame_uid
    dataset.DeviceSerialNumber = "0"
    dataset.ContentLabel, dataset.ContentDescription, dataset.ContentCreatorName = "SEEDBED", "", ""
    dataset.ContentDate, dataset.ContentTime = dataset.SeriesDate, dataset.SeriesTime
    dataset.SegmentationType, dataset.SegmentsOverlap = BINARY, "UNDEFINED"
    dataset.SegmentSequence = [_segment(n, *each) for n, each in enumerate(zip(names, types, strict=True))]
    _add_pixels(dataset, packed, len(frames), ct.volume.grid)
    _add_losses(dataset, images)
    _add_references(dataset, ct)
    _add_dimensions(dataset, content_uid(uid, "dimensions"))
    _add_groups(dataset, frames, images, ct.volume.grid)
    save(dataset, path)
    return str(uid)


def _check_placed(ct: CtSeries) -> None:
    if not ct.identity.frame_uid:
        raise ImageError("the CT has no FrameOfReferenceUID", "one, which places segments", "export it again")


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


def _drawn(structures: Sequence[Structure], ct: CtSeries) -> tuple[list[_Frame], bytes]:
    """Frames in the order of the segments and planes, and their pixels, one bit each without a gap.

    A frame may begin within a byte, whose first pixel is the least significant bit (PS3.5 8.1.1, Annex D);
    the last byte, and the even length, are filled with zeros.
    """
    frames: list[_Frame] = []
    packed: list[bytes] = []
    rest = np.zeros(0, dtype=np.bool_)
    for segment, structure in enumerate(structures, start=1):
        planes, mask = _voxels(structure, ct)
        frames += [_Frame(segment, plane) for plane in planes]
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
    item.SegmentedPropertyCategoryCodeSequence = [_coded(code.category)]
    item.SegmentedPropertyTypeCodeSequence = [_coded(code.type)]
    item.RecommendedDisplayCIELabValue = cielab(COLOURS[place % len(COLOURS)])
    return item


def _coded(coded: Coded) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = coded.code, coded.scheme, coded.meaning
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


def _add_dimensions(dataset: Dataset, uid: UID) -> None:
    organization = Dataset()
    organization.DimensionOrganizationUID = uid
    dataset.DimensionOrganizationSequence = [organization]
    dataset.DimensionIndexSequence = [_dimension(uid, *each) for each in DIMENSIONS.items()]


def _dimension(uid: UID, keyword: str, group: str) -> Dataset:
    item = Dataset()
    item.DimensionOrganizationUID = uid
    item.DimensionIndexPointer = tag_for_keyword(keyword)
    item.FunctionalGroupPointer = tag_for_keyword(f"{group}Sequence")
    item.DimensionDescriptionLabel = dictionary_description(Tag(keyword))
    return item


def _add_groups(dataset: Dataset, frames: list[_Frame], images: list[Dataset], grid: VoxelGrid) -> None:
    """Say of each frame what it shows, where it lies and which image lies there (PS3.3 A.51.5)."""
    planes = sorted({frame.plane for frame in frames})
    on = dict(place for image in images if (place := _on_plane(image, grid)) is not None)
    shared = Dataset()
    shared.PlaneOrientationSequence, shared.PixelMeasuresSequence = [Dataset()], [Dataset()]
    shared.PlaneOrientationSequence[0].ImageOrientationPatient = list(ALONG_AXES)
    measures, (dx, dy, dz) = shared.PixelMeasuresSequence[0], map(decimal, grid.spacing_mm)
    measures.PixelSpacing = [dy, dx]
    measures.SliceThickness = measures.SpacingBetweenSlices = dz
    if not set(planes) <= set(on):
        shared.DerivationImageSequence = [_derivation([_source(image) for image in images])]
        on = {}
    order = {plane: number for number, plane in enumerate(planes, start=1)}
    dataset.SharedFunctionalGroupsSequence = [shared]
    dataset.PerFrameFunctionalGroupsSequence = [_groups(frame, order, on, grid) for frame in frames]


def _groups(frame: _Frame, order: dict[int, int], on: dict[int, Dataset], grid: VoxelGrid) -> Dataset:
    groups, content, position, segment = Dataset(), Dataset(), Dataset(), Dataset()
    content.DimensionIndexValues = [frame.segment, order[frame.plane]]
    corner = (*grid.origin_mm[:2], grid.axis_mm(2)[frame.plane])
    position.ImagePositionPatient = [decimal(float(value)) for value in corner]
    segment.ReferencedSegmentNumber = frame.segment
    groups.FrameContentSequence, groups.PlanePositionSequence = [content], [position]
    groups.SegmentIdentificationSequence = [segment]
    if frame.plane in on:
        groups.DerivationImageSequence = [_derivation([on[frame.plane]])]
    return groups


def _on_plane(image: Dataset, grid: VoxelGrid) -> tuple[int, Dataset] | None:
    """Plane of the grid in which an image lies, and the reference to it; none where it lies in no one."""
    name = text(image, "SOPInstanceUID")
    turn = numbers(image, "ImageOrientationPatient", count=6, name=name, refusal=ImageError)
    corner = numbers(image, "ImagePositionPatient", count=3, name=name, refusal=ImageError)
    where = grid.indices(corner[None])[0]
    plane = round(float(where[0]))
    if np.abs(turn[[2, 5]]).max() > AXIS_TOLERANCE or abs(where[0] - plane) > ON_VOXEL:
        return None
    source = _source(image)
    straight = np.abs(turn - ALONG_AXES).max() <= AXIS_TOLERANCE and np.abs(where[1:]).max() <= ON_VOXEL
    if straight and (image.Rows, image.Columns) == grid.shape[1:]:
        source.SpatialLocationsPreserved = "YES"
    return plane, source


def _source(image: Dataset) -> Dataset:
    source = reference(CTImageStorage, image.SOPInstanceUID)
    source.PurposeOfReferenceCodeSequence = [_coded(SOURCE_IMAGE)]
    return source


def _derivation(sources: list[Dataset]) -> Dataset:
    item = Dataset()
    item.DerivationCodeSequence, item.SourceImageSequence = [_coded(SEGMENTATION)], sources
    return item
