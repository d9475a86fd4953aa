"""Open and save DICOM files; identity that every object of one case shares."""

import hashlib
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydicom import Dataset, dcmread
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.errors import InvalidDicomError
from pydicom.uid import UID, ExplicitVRLittleEndian, generate_uid
from pydicom.valuerep import format_number_as_ds

from seedbed.errors import ImageError, InputError

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


@contextmanager
def lenient() -> Iterator[None]:
    """Read values that break a length rule without a warning; real scanners write them."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=UserWarning, module="pydicom")
        yield


def read_dataset(path: Path) -> FileDataset:
    """Read one DICOM file.

    Raises
    ------
    InputError
        No such file, no DICOM file, or one that ends too early.
    """
    try:
        with lenient():
            return dcmread(path)
    except FileNotFoundError as error:
        raise InputError(f"there is no file '{path}'", "a DICOM file", "check the name") from error
    except IsADirectoryError as error:
        raise InputError(f"'{path}' is a folder", "one DICOM file", "name the file in it") from error
    except InvalidDicomError as error:
        raise InputError(
            f"file '{path}' is not a DICOM file", "a file with the DICM preamble", "choose another file"
        ) from error
    except (OSError, EOFError, ValueError, KeyError, NotImplementedError) as error:
        raise InputError(
            f"file '{path}' cannot be read as DICOM ({type(error).__name__})",
            "a complete DICOM file",
            "export it again",
        ) from error


def require(dataset: Dataset, keyword: str, name: str) -> object:
    """Return the value of an attribute, or say in a sentence that it is missing."""
    with lenient():
        value = dataset.get(keyword)
    if value is None or value == "":
        raise InputError(
            f"'{name}' has no {keyword}",
            f"a DICOM object with {keyword}",
            "export it again with this attribute",
        )
    return value


def identity_of(dataset: Dataset, frame_uid: str) -> Identity:
    """Take patient and study from a dataset that was read; new objects are dated as the study is."""
    with lenient():
        text = {
            keyword: str(dataset.get(keyword, "") or "")
            for keyword in (
                "PatientID", "PatientName", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime",
                "StudyID", "AccessionNumber",
            )
        }  # fmt: skip
    study_uid = dataset.get("StudyInstanceUID")
    if not study_uid:
        raise ImageError("the CT has no StudyInstanceUID", "one study", "export the series again")
    return Identity(
        patient_id=text["PatientID"],
        patient_name=text["PatientName"],
        patient_birth_date=text["PatientBirthDate"],
        patient_sex=text["PatientSex"],
        study_uid=str(study_uid),
        study_date=text["StudyDate"],
        study_time=text["StudyTime"],
        study_id=text["StudyID"] if len(text["StudyID"]) <= 16 else "",
        accession_number=text["AccessionNumber"] if len(text["AccessionNumber"]) <= 16 else "",
        frame_uid=frame_uid,
        made=_moment(text["StudyDate"], text["StudyTime"]),
    )


def _moment(date: str, time: str) -> datetime:
    for pattern, text in (("%Y%m%d%H%M%S", date + time[:6]), ("%Y%m%d", date)):
        try:
            return datetime.strptime(text, pattern)
        except ValueError:
            continue
    return datetime.now().replace(microsecond=0)


def content_uid(*parts: object) -> UID:
    """UID that follows from content: the same content gets the same UID, other content another.

    Examples
    --------
    >>> content_uid("plan", 1) == content_uid("plan", 1) != content_uid("plan", 2)
    True
    """
    digest = hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()
    return generate_uid(entropy_srcs=["seedbed", digest])


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
    dataset.StudyDate, dataset.StudyTime = identity.study_date or date, identity.study_time or time
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


def save(dataset: FileDataset, path: Path) -> Path:
    """Write a dataset as a DICOM file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    dataset.save_as(path, enforce_file_format=True)
    return path


def decimal(value: float) -> str:
    """Write a number as a DICOM decimal string of at most 16 characters."""
    return format_number_as_ds(float(value) + 0.0)


def _version() -> str:
    from importlib.metadata import version

    return version("seedbed")
