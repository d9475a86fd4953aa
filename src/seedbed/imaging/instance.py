"""One DICOM object as a noun: what its header says of patient, study, series and place."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InstanceFacts:
    r"""What the header of one DICOM object says; plain text as it stands there, empty where nothing is said.

    Attributes
    ----------
    instance_uid, class_uid, series_uid, study_uid : str
        Never empty.
    frame_uid : str
        Frame of reference; of a structure set that of the images it was drawn on.
    referenced_uid : str
        Of a plan the structure set it was made on, of a dose its plan.
    patient_id, issuer_of_patient_id, patient_name, patient_birth_date, patient_sex : str
        Names with all their component groups, ``Wang^XiaoDong=王^小东``; dates YYYYMMDD.
    study_date, study_description, accession_number : str
    modality, series_number, series_description, instance_number : str
    image_type, position_mm, orientation : str
        Several values are parted by a backslash: ``-100\-100\32.5``. LPS, mm.
    transfer_syntax_uid : str
        How the object is encoded.
    remark : str
        What is to be said of names that were not encoded as declared.

    Examples
    --------
    >>> ct = InstanceFacts(instance_uid="1.2.3.4", class_uid="1.2", series_uid="1.2.3", study_uid="1.2")
    >>> ct.modality
    ''
    """

    instance_uid: str
    class_uid: str
    series_uid: str
    study_uid: str
    frame_uid: str = ""
    referenced_uid: str = ""
    patient_id: str = ""
    issuer_of_patient_id: str = ""
    patient_name: str = ""
    patient_birth_date: str = ""
    patient_sex: str = ""
    study_date: str = ""
    study_description: str = ""
    accession_number: str = ""
    modality: str = ""
    series_number: str = ""
    series_description: str = ""
    instance_number: str = ""
    image_type: str = ""
    position_mm: str = ""
    orientation: str = ""
    transfer_syntax_uid: str = ""
    remark: str = ""
