"""Models of the public transcriptions that are not shipped: the checks find why."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from seedbed.dosimetry.source_checks import check_source
from seedbed.dosimetry.sources import Source, source_names

REFUSED = {
    "Best2301": {
        "phi_an": "up to 4.99 %, at r = 1 cm",
        "F from radius to radius": "0.454 at 2 cm, 0.922 at 3 cm",
    },
    "ImagynIS12501": {"phi_an": "up to 2.41 %, at r = 7 cm"},
    "NASIMED3631": {"g_L falls": "0.170 per cm from cell to cell, at r = 1.5 cm"},
}
CONSENSUS_NAME = {"Best2301": "2301", "ImagynIS12501": "IS-12501", "NASIMED3631": "MED3631"}


@pytest.fixture(scope="module")
def published(reference_data: Path) -> dict[str, Any]:
    text = (reference_data / "tg43" / "tg43_seeds.json").read_text(encoding="utf-8")
    seeds: dict[str, Any] = json.loads(text)["seeds"]
    return seeds


def source_of(name: str, table: dict[str, Any]) -> Source:
    phi = table.get("phi_an_consensus", {"r_cm": [1.0], "phi_an": [1.0]})
    return Source(
        name=name,
        title=table["name"],
        radionuclide=table["isotope"],
        reference=table["dataset"],
        half_life_days=59.40,
        dose_rate_constant=table["dose_rate_constant_cGy_per_h_U"],
        active_length_mm=10 * table["active_length_cm"],
        capsule_length_mm=5.0,
        capsule_diameter_mm=0.8,
        g_r_cm=np.array(table["g_L"]["r_cm"]),
        g=np.array(table["g_L"]["value"]),
        f_r_cm=np.array(table["F"]["r_cm"]),
        f_theta_deg=np.array(table["F"]["theta_deg"]),
        f=np.array(table["F"]["value_by_r"]).T,
        phi_r_cm=np.array(phi["r_cm"], dtype=float),
        phi=np.array(phi["phi_an"]),
        dose_rate_constant_reference=table["dataset"],
        derived=() if "phi_an_consensus" in table else ("phi_an",),
    )


@pytest.mark.parametrize("key", REFUSED)
def test_a_table_that_does_not_hold_together_is_refused_and_not_shipped(
    key: str, published: dict[str, Any]
) -> None:
    name = CONSENSUS_NAME[key]
    found = {f.check: f.text for f in check_source(source_of(name, published[key])).failures}
    assert set(found) == set(REFUSED[key])
    for check, text in REFUSED[key].items():
        assert text in found[check]
    assert name not in source_names()
