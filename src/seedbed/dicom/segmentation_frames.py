"""What a segmentation says of its frames: how they are sorted, where they lie, which images lie there."""

from typing import NamedTuple

import numpy as np
from pydicom import Dataset
from pydicom.datadict import dictionary_description, tag_for_keyword
from pydicom.tag import Tag
from pydicom.uid import UID, CTImageStorage

from seedbed.dicom.ct import CtSeries
from seedbed.dicom.files import decimal, numbers, reference, text
from seedbed.dicom.segment_codes import Coded, coded_item
from seedbed.dicom.segmentations import ON_VOXEL
from seedbed.dicom.stack import AXIS_TOLERANCE
from seedbed.errors import ImageError
from seedbed.geometry import VoxelGrid

ALONG_AXES = (1, 0, 0, 0, 1, 0)
DIMENSIONS = {"ReferencedSegmentNumber": "SegmentIdentification", "ImagePositionPatient": "PlanePosition"}
"""By what frames are sorted, and the functional group that says it."""
SEGMENTATION = Coded("DCM", "113076", "Segmentation")
SOURCE_IMAGE = Coded("DCM", "121322", "Source image for image processing operation")


class Frame(NamedTuple):
    """Segment and plane of the CT that a frame shows."""

    segment: int
    plane: int


def add_dimensions(dataset: Dataset, uid: UID) -> None:
    """Say that frames are sorted by segment and place (PS3.3 C.7.6.17)."""
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


def add_groups(dataset: Dataset, frames: list[Frame], images: list[Dataset], ct: CtSeries) -> None:
    """Say of each frame what it shows, where it lies and which image lies there (PS3.3 A.51.5).

    Where a frame lies in no image, since the slices run across the frames or were resampled, all images are
    named once for all frames.

    Parameters
    ----------
    dataset : Dataset
        Gets the functional groups.
    frames : list of Frame
    images : list of Dataset
        Headers of the CT with position and orientation.
    ct : CtSeries
        Whose planes the frames are.
    """
    grid = ct.volume.grid
    planes = sorted({frame.plane for frame in frames})
    order = {plane: number for number, plane in enumerate(planes, start=1)}
    shared = _shared(grid)
    headers = {text(image, "SOPInstanceUID"): image for image in images}
    on = {plane: _in_plane(plane, headers[uid], grid) for plane, uid in enumerate(ct.image_of_plane) if uid}
    if not set(planes) <= set(on):
        shared.DerivationImageSequence = [_derivation([_source(image) for image in images])]
        on = {}
    dataset.SharedFunctionalGroupsSequence = [shared]
    dataset.PerFrameFunctionalGroupsSequence = [_groups(frame, order, on, grid) for frame in frames]


def _shared(grid: VoxelGrid) -> Dataset:
    shared, orientation, measures = Dataset(), Dataset(), Dataset()
    dx, dy, dz = map(decimal, grid.spacing_mm)
    orientation.ImageOrientationPatient = list(ALONG_AXES)
    measures.PixelSpacing = [dy, dx]
    measures.SliceThickness = measures.SpacingBetweenSlices = dz
    shared.PlaneOrientationSequence, shared.PixelMeasuresSequence = [orientation], [measures]
    return shared


def _groups(frame: Frame, order: dict[int, int], on: dict[int, Dataset], grid: VoxelGrid) -> Dataset:
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


def _in_plane(plane: int, image: Dataset, grid: VoxelGrid) -> Dataset:
    """Refer to the image of a plane, and say so where its pixels lie as those of the frame."""
    name = text(image, "SOPInstanceUID")
    turn = numbers(image, "ImageOrientationPatient", count=6, name=name, refusal=ImageError)
    corner = numbers(image, "ImagePositionPatient", count=3, name=name, refusal=ImageError)
    off = grid.indices(corner[None])[0] - (plane, 0, 0)
    source = _source(image)
    straight = np.abs(turn - ALONG_AXES).max() <= AXIS_TOLERANCE and np.abs(off).max() <= ON_VOXEL
    if straight and (image.Rows, image.Columns) == grid.shape[1:]:
        source.SpatialLocationsPreserved = "YES"
    return source


def _source(image: Dataset) -> Dataset:
    source = reference(CTImageStorage, image.SOPInstanceUID)
    source.PurposeOfReferenceCodeSequence = [coded_item(SOURCE_IMAGE)]
    return source


def _derivation(sources: list[Dataset]) -> Dataset:
    item = Dataset()
    item.DerivationCodeSequence, item.SourceImageSequence = [coded_item(SEGMENTATION)], sources
    return item
