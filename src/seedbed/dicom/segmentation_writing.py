"""DICOM SEG written: structures as binary segments on the grid of their CT.

This module loads highdicom, which takes a second; import it where a segmentation is written only.
"""

import warnings
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np
from highdicom import Volume
from highdicom.color import CIELabColor
from highdicom.seg import SegmentAlgorithmTypeValues, Segmentation, SegmentationTypeValues, SegmentDescription
from highdicom.sr import CodedConcept
from numpy.typing import NDArray
from pydicom import Dataset, dcmread

from seedbed.dicom.ct import CtSeries
from seedbed.dicom.files import lenient, reading, string, text
from seedbed.dicom.identity import MANUFACTURER, Identity, content_uid
from seedbed.dicom.segment_codes import Coded, code_of
from seedbed.dicom.structure_writing import COLOURS
from seedbed.dicom.structures import check_inside
from seedbed.errors import ImageError, StructureError
from seedbed.geometry import Structure, VoxelGrid
from seedbed.geometry.masks import structure_mask


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
    type is MANUAL, as contours are drawn.

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
        A structure outside the CT or too small to hold a voxel centre, two of one name, no structure, or not
        one type each.
    ImageError
        A CT slice that is not among the source images.
    """
    names = [string(structure.name) for structure in structures]
    if not names or len(set(names)) != len(names) or len(types) != len(names):
        raise StructureError(
            f"the names {names} with the types {list(types)}",
            "structures of different names, and one type for each",
            "rename a structure, or give each its type",
        )
    images = _images(source_images, ct, identity)
    voxels, first = _voxels(structures, ct)
    uid = content_uid("SEG", identity.study_uid, ct.series_uid, names, list(types), first, voxels.tobytes())
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=UserWarning, module="(pydicom|highdicom)")
        made = Segmentation(
            source_images=images,
            pixel_array=_volume(voxels, ct.volume.grid, first, ct.identity.frame_uid),
            segmentation_type=SegmentationTypeValues.BINARY,
            segment_descriptions=[
                _description(n, *each) for n, each in enumerate(zip(names, types, strict=True))
            ],
            series_instance_uid=content_uid(uid, "series"),
            series_number=1,
            sop_instance_uid=uid,
            instance_number=1,
            manufacturer=MANUFACTURER,
            manufacturer_model_name="Seedbed research software",
            software_versions=version("seedbed"),
            device_serial_number="0",
            content_label="SEEDBED",
            specific_character_set="ISO_IR 192",
        )
        _settle(made, identity)
        path.parent.mkdir(parents=True, exist_ok=True)
        made.save_as(path, enforce_file_format=True)
    return str(uid)


def _images(paths: Iterable[Path], ct: CtSeries, identity: Identity) -> list[Dataset]:
    """Headers of the CT slices in their order, with patient and study as the segmentation shall name them."""
    found: dict[str, Dataset] = {}
    for path in paths:
        with reading(path, ImageError):
            header = dcmread(path, stop_before_pixels=True)
            found[text(header, "SOPInstanceUID")] = header
    missing = [uid for uid in ct.instance_uids if uid not in found]
    if missing:
        raise ImageError(
            f"{len(missing)} of {len(ct.instance_uids)} CT slices are not among the source images "
            f"(such as {missing[0]})",
            "all files of the CT",
            "give the folder that the CT was read from",
        )
    return [_as_case(found[uid], identity) for uid in ct.instance_uids]


@lenient()
def _as_case(header: Dataset, identity: Identity) -> Dataset:
    header.PatientName, header.PatientID = identity.patient_name, identity.patient_id
    header.PatientBirthDate, header.PatientSex = identity.patient_birth_date, identity.patient_sex
    header.StudyInstanceUID, header.StudyID = identity.study_uid, identity.study_id
    header.StudyDate, header.StudyTime = identity.study_date, identity.study_time
    header.AccessionNumber = identity.accession_number
    return header


def _voxels(structures: Sequence[Structure], ct: CtSeries) -> tuple[NDArray[np.uint8], int]:
    """Masks of all structures, shape (planes, ny, nx, structures), and the first plane that they touch."""
    grid = ct.volume.grid
    z = [bound for structure in structures for slab in structure.slabs for bound in slab[1:]]
    first, last = np.searchsorted(grid.axis_mm(2), [min(z), max(z)])
    part = VoxelGrid(
        (*grid.origin_mm[:2], float(grid.axis_mm(2)[min(first, grid.shape[0] - 1)])),
        grid.spacing_mm,
        (max(int(last - first), 1), *grid.shape[1:]),
    )
    voxels = np.zeros((*part.shape, len(structures)), dtype=np.uint8)
    for number, structure in enumerate(structures):
        check_inside(structure, ct)
        voxels[..., number] = structure_mask(structure, part)
        if not voxels[..., number].any():
            raise StructureError(
                f"structure '{structure.name}' ({structure.volume_mm3:.1f} mm3) holds no voxel centre",
                f"one larger than a voxel of the CT ({grid.voxel_volume_mm3:.1f} mm3)",
                "leave it out, or write an RTSTRUCT",
            )
    return voxels, int(first)


def _volume(voxels: NDArray[np.uint8], grid: VoxelGrid, first: int, frame_uid: str) -> Volume:
    """Place voxels in the patient: array indices are plane, row and column."""
    dx, dy, dz = grid.spacing_mm
    x, y, z = *grid.origin_mm[:2], float(grid.axis_mm(2)[first])
    return Volume(
        array=voxels,
        affine=np.array([[0, 0, dx, x], [0, dy, 0, y], [dz, 0, 0, z], [0, 0, 0, 1]], dtype=float),
        coordinate_system="PATIENT",
        frame_of_reference_uid=frame_uid,
        channels={"SegmentNumber": list(range(1, voxels.shape[-1] + 1))},
    )


def _description(place: int, name: str, kind: str) -> SegmentDescription:
    code = code_of(kind)
    return SegmentDescription(
        segment_number=place + 1,
        segment_label=name,
        segmented_property_category=_concept(code.category),
        segmented_property_type=_concept(code.type),
        algorithm_type=SegmentAlgorithmTypeValues.MANUAL,
        display_color=CIELabColor.from_rgb(*COLOURS[place % len(COLOURS)]),
    )


def _concept(coded: Coded) -> CodedConcept:
    return CodedConcept(coded.code, coded.scheme, coded.meaning)


def _settle(made: Dataset, identity: Identity) -> None:
    """Date it as others of the case and derive its last UID: the same content is the same file."""
    date, time = identity.made.strftime("%Y%m%d"), identity.made.strftime("%H%M%S")
    for what in ("InstanceCreation", "Series", "Content"):
        setattr(made, f"{what}Date", date)
        setattr(made, f"{what}Time", time)
    for item in made.ContributingEquipmentSequence:
        item.ContributionDateTime = date + time
    for item in (*made.DimensionOrganizationSequence, *made.DimensionIndexSequence):
        item.DimensionOrganizationUID = content_uid(made.SOPInstanceUID, "dimensions")
    made.SeriesDescription = "Structures, SYNTHETIC" if identity.synthetic else "Structures"
