"""How well a dose fits a target, in numbers for machines."""

from seedbed.dosimetry import DoseQuality


def quality_numbers(quality: DoseQuality | None) -> dict[str, float | None]:
    """How the isodose of the prescription fits the target; None where a figure has no meaning."""
    if quality is None:
        return {}
    return {
        "v_ref_cc": quality.isodose_cc,
        "cn": quality.conformation_number,
        "ei": quality.external_volume_index,
        "hi": quality.homogeneity_index,
        "minimum_peripheral_dose_gy": quality.minimum_peripheral_gy,
        "matched_peripheral_dose_gy": quality.matched_peripheral_gy,
        "natural_dose_ratio": quality.natural_dose_ratio,
    }
