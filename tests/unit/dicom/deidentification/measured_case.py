"""A segmentation and a measurement report on a CT, made by highdicom."""

from pathlib import Path

import highdicom as hd
import numpy as np
from highdicom.sr.coding import CodedConcept
from pydicom import Dataset, dcmread
from pydicom.sr.codedict import codes
from pydicom.uid import ExplicitVRLittleEndian

TUMOUR = CodedConcept("108369006", "SCT", "Neoplasm")


def write_segmentation(slices: list[Path], out: Path, label: str, author: str) -> Path:
    images = [dcmread(path) for path in slices]
    mask = np.zeros((len(images), images[0].Rows, images[0].Columns), dtype=np.uint8)
    mask[1:3, 5:9, 5:9] = 1
    described = hd.seg.SegmentDescription(
        1, label, codes.SCT.MorphologicallyAbnormalStructure, TUMOUR,
        hd.seg.SegmentAlgorithmTypeValues.MANUAL,
        tracking_uid=hd.UID(), tracking_id=f"{author} 1",
    )  # fmt: skip
    made = hd.seg.Segmentation(
        images, mask, hd.seg.SegmentationTypeValues.BINARY, [described],
        series_instance_uid=hd.UID(), series_number=2, sop_instance_uid=hd.UID(), instance_number=1,
        manufacturer="Seedbed", manufacturer_model_name="test", software_versions="1",
        device_serial_number="SN99001122", content_creator_name=author, content_description=f"by {author}",
        transfer_syntax_uid=ExplicitVRLittleEndian,
    )  # fmt: skip
    made.save_as(out)
    made._db_con.close()  # highdicom leaves its index open
    return out


def write_report(slices: list[Path], out: Path, author: str) -> Path:
    images = [dcmread(path) for path in slices]
    observer = hd.sr.ObserverContext(
        hd.sr.CodedConcept("121006", "DCM", "Person"),
        hd.sr.PersonObserverIdentifyingAttributes(name=author),
    )
    diameter = hd.sr.Measurement(codes.SCT.Diameter, 12.5, codes.UCUM.Millimeter)
    source = hd.sr.SourceImageForMeasurementGroup.from_source_image(images[1])
    group = hd.sr.MeasurementsAndQualitativeEvaluations(
        hd.sr.TrackingIdentifier(hd.UID(), f"{author} nodule"),
        measurements=[diameter],
        source_images=[source],
    )
    content = hd.sr.MeasurementReport(
        hd.sr.ObservationContext(observer_person_context=observer),
        codes.LN.CTUnspecifiedBodyRegion, imaging_measurements=[group],
    )  # fmt: skip
    made = hd.sr.ComprehensiveSR(
        images, content[0], series_instance_uid=hd.UID(), series_number=3, sop_instance_uid=hd.UID(),
        instance_number=1, manufacturer="Seedbed", is_complete=True, is_verified=True,
        verifying_observer_name=author, verifying_organization=author,
    )  # fmt: skip
    made.save_as(out)
    return out


def numbers_of(report: Dataset) -> list[tuple[str, float, str]]:
    """Concept, value and unit of every number of a report."""
    return [
        (item.ConceptNameCodeSequence[0].CodeValue, float(value.NumericValue), _unit(value))
        for item in _content(report)
        for value in item.get("MeasuredValueSequence") or ()
    ]


def _unit(value: Dataset) -> str:
    return str(value.MeasurementUnitsCodeSequence[0].CodeValue)


def _content(dataset: Dataset) -> list[Dataset]:
    own = list(dataset.get("ContentSequence") or ())
    return own + [deeper for item in own for deeper in _content(item)]
