"""Who and when: patient, study and frame of reference that every object of one case shares; UIDs."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from pydicom import Dataset
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, generate_uid

from seedbed.dicom.files import SHORT_STRING, lenient, text

MANUFACTURER = "Seedbed"
IMPLEMENTATION_UID = generate_uid(entropy_srcs=["seedbed", "implementation"])


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
    """Take patient and study from a dataset that was read; new objects are dated as the study is."""
    date, time = text(dataset, "StudyDate"), text(dataset, "StudyTime")
    return Identity(
        patient_id=text(dataset, "PatientID"),
        patient_name=text(dataset, "PatientName"),
        patient_birth_date=text(dataset, "PatientBirthDate"),
        patient_sex=text(dataset, "PatientSex"),
        study_uid=text(dataset, "StudyInstanceUID"),
        study_date=date,
        study_time=time,
        study_id=_short(text(dataset, "StudyID")),
        accession_number=_short(text(dataset, "AccessionNumber")),
        frame_uid=text(dataset, "FrameOfReferenceUID"),
        made=_moment(date, time),
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


def _moment(date: str, time: str) -> datetime:
    """Read a DICOM date and time, which may stop after the hour or minute; now where there is no date.

    Points in the date and colons in the time are the older way of writing (PS3.5, 6.2).
    """
    day, clock = date.replace(".", ""), time.replace(":", "").partition(".")[0].ljust(6, "0")
    for moment in (day + clock, day + "000000"):
        try:
            return datetime.strptime(moment, "%Y%m%d%H%M%S")
        except ValueError:
            continue
    return datetime.now().replace(microsecond=0)


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
        digest.update(b"%d:" % len(content) + content)
    return generate_uid(entropy_srcs=["seedbed", digest.hexdigest()])


@lenient()
def new_dataset(
    identity: Identity, sop_class: str, modality: str, *, instance_uid: UID, series: str
) -> FileDataset:
    """Start a dataset with patient, study, series and equipment filled in."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = UID(sop_class)
    meta.MediaStorageSOPInstanceUID = instance_uid
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = IMPLEMENTATION_UID
    meta.ImplementationVersionName = "SEEDBED"
    dataset = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    date, time = identity.made.strftime("%Y%m%d"), identity.made.strftime("%H%M%S")
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.InstanceCreationDate, dataset.InstanceCreationTime = date, time
    dataset.SOPClassUID, dataset.SOPInstanceUID = UID(sop_class), instance_uid
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
    dataset.SeriesInstanceUID = content_uid(identity.study_uid, modality, series, instance_uid)
    dataset.SeriesNumber, dataset.InstanceNumber = 1, 1
    dataset.FrameOfReferenceUID, dataset.PositionReferenceIndicator = identity.frame_uid, ""
    return dataset


def _version() -> str:
    from importlib.metadata import version

    return version("seedbed")
