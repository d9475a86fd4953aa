"""Who and when: patient, study and frame of reference that every object of one case shares; UIDs."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO

from pydicom import Dataset
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, generate_uid

from seedbed.dicom.files import SHORT_STRING, lenient, text

MANUFACTURER = "Seedbed"
IMPLEMENTATION_UID = generate_uid(entropy_srcs=["seedbed", "implementation"])
DATED = ("Series", "Acquisition", "Content", "InstanceCreation")
"""Dates and times that an object may state where its study has no date."""


@dataclass(frozen=True)
class Identity:
    """Patient, study and frame of reference that link the objects of one case."""

    patient_id: str
    patient_name: str
    patient_birth_date: str
    patient_sex: str
    study_uid: str
    study_date: str
    study_time: str
    study_id: str
    accession_number: str
    frame_uid: str
    made: datetime
    synthetic: bool = False


def identity_of(dataset: Dataset) -> Identity:
    """Take patient and study from a dataset that was read; new objects are dated as the study is.

    Where the study has no date they get the earliest of series, acquisition, content and creation that the
    dataset states, and only where it states none the time of reading.

    Examples
    --------
    >>> undated = Dataset()
    >>> undated.SeriesDate, undated.AcquisitionDate, undated.AcquisitionTime = "20260302", "20260301", "0930"
    >>> identity_of(undated).made
    datetime.datetime(2026, 3, 1, 9, 30)
    """
    return Identity(
        patient_id=text(dataset, "PatientID"),
        patient_name=text(dataset, "PatientName"),
        patient_birth_date=text(dataset, "PatientBirthDate"),
        patient_sex=text(dataset, "PatientSex"),
        study_uid=text(dataset, "StudyInstanceUID"),
        study_date=text(dataset, "StudyDate"),
        study_time=text(dataset, "StudyTime"),
        study_id=_short(text(dataset, "StudyID")),
        accession_number=_short(text(dataset, "AccessionNumber")),
        frame_uid=text(dataset, "FrameOfReferenceUID"),
        made=_made(dataset),
    )


def with_study(identity: Identity, *parts: object) -> Identity:
    """Return an identity with a study UID: its own, or one that follows from ``parts``.

    Parameters
    ----------
    identity : Identity
    *parts : object
        What the new UID follows from, as in `content_uid`: the UID of the object that names no study.
    """
    if identity.study_uid:
        return identity
    return replace(identity, study_uid=str(content_uid("study", *parts)))


def _short(value: str) -> str:
    return value if len(value) <= SHORT_STRING else ""


def _made(dataset: Dataset) -> datetime:
    study = _moment(dataset, "Study")
    others = [moment for what in DATED if (moment := _moment(dataset, what)) is not None]
    return study or min(others, default=datetime.now().replace(microsecond=0))


def _moment(dataset: Dataset, what: str) -> datetime | None:
    """Read a DICOM date and time, which may stop after the hour or minute; none where there is no date.

    Points in the date and colons in the time are the older way of writing (PS3.5, 6.2).
    """
    day = text(dataset, f"{what}Date").replace(".", "")
    clock = text(dataset, f"{what}Time").replace(":", "").partition(".")[0].ljust(6, "0")
    for moment in (day + clock, day + "000000"):
        try:
            return datetime.strptime(moment, "%Y%m%d%H%M%S")
        except ValueError:
            continue
    return None


def content_uid(*parts: object) -> UID:
    """UID that follows from content: the same content gets the same UID, other content another.

    Parameters
    ----------
    *parts : object
        Bytes, or what ``str`` writes in full: no long NumPy arrays.

    Examples
    --------
    >>> content_uid("plan", 1) == content_uid("plan", 1) != content_uid("plan", 2)
    True
    """
    digest = hashlib.sha256()
    for part in parts:
        content = part if isinstance(part, bytes) else str(part).encode()
        digest.update(b"%d:" % len(content))
        digest.update(content)
    return generate_uid(entropy_srcs=["seedbed", digest.hexdigest()])


@lenient()
def new_dataset(identity: Identity, sop_class: str, modality: str, *, series: str) -> FileDataset:
    """Start a dataset with patient, study, series and equipment filled in; it gets its UIDs by `set_uids`."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = UID(sop_class)
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = IMPLEMENTATION_UID
    meta.ImplementationVersionName = "SEEDBED"
    dataset = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    date, time = identity.made.strftime("%Y%m%d"), identity.made.strftime("%H%M%S")
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.InstanceCreationDate, dataset.InstanceCreationTime = date, time
    dataset.SOPClassUID = UID(sop_class)
    dataset.StudyDate, dataset.StudyTime = identity.study_date, identity.study_time
    dataset.SeriesDate, dataset.SeriesTime = date, time
    dataset.AccessionNumber = identity.accession_number
    dataset.Modality = modality
    dataset.Manufacturer = MANUFACTURER
    dataset.ManufacturerModelName = "Seedbed research software"
    dataset.SoftwareVersions = _version()
    dataset.ReferringPhysicianName = ""
    dataset.OperatorsName = ""
    dataset.SeriesDescription = f"{series}, SYNTHETIC" if identity.synthetic else series
    dataset.PatientName, dataset.PatientID = identity.patient_name, identity.patient_id
    dataset.PatientBirthDate, dataset.PatientSex = identity.patient_birth_date, identity.patient_sex
    dataset.StudyInstanceUID, dataset.StudyID = identity.study_uid, identity.study_id
    dataset.SeriesNumber, dataset.InstanceNumber = 1, 1
    dataset.FrameOfReferenceUID, dataset.PositionReferenceIndicator = identity.frame_uid, ""
    return dataset


@lenient()
def set_uids(dataset: FileDataset) -> UID:
    """Give a complete dataset its SOP Instance UID, which follows from all that stands in it.

    That is the encoded dataset with patient, study, dates and version of Seedbed, so that one UID never names
    two objects that differ (PS3.5, 9). A dataset of no series yet gets one of its own, `series_of`.

    Returns
    -------
    UID
        SOP Instance UID.
    """
    encoded = BytesIO()
    dataset.save_as(encoded)
    uid = content_uid(encoded.getvalue())
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID = uid
    if "SeriesInstanceUID" not in dataset:
        dataset.SeriesInstanceUID = series_of(uid)
    return uid


def series_of(instance_uid: str) -> UID:
    """Series Instance UID of an object alone in its series, as all are but CT slices and pages of a sheet."""
    return content_uid(instance_uid, "series")


def shared_series(identity: Identity, *parts: object) -> UID:
    """Series Instance UID of several objects: it follows from patient, study, version and ``parts``."""
    return content_uid("series", identity, _version(), *parts)


def _version() -> str:
    from importlib.metadata import version

    return version("seedbed")
