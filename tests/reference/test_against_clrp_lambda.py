"""Dose-rate constants against Safigholi et al., Med Phys 47 (2020) 4656, Table II (CLRP, egs_brachy)."""

import csv
from pathlib import Path

import pytest

from seedbed.dosimetry.dose_rate_constants import published_constants
from seedbed.dosimetry.sources import load_source, source_names

TYPED_AGAIN = {
    "6711": 0.932,
    "9011": 0.929,
    "I25.S06": 1.003,
    "AgX100": 0.923,
    "1251L": 0.994,
    "STM1251": 0.992,
}
S2_CONSENSUS = {"9011": 0.933, "AgX100": 0.952, "130.002": 0.954}  # TG-43U1S2, doi 10.1002/mp.12430
OTHER_NAMES = {
    "EchoSeed 6733 (10 um)": "6733", "EchoSeed 6733 (2 um)": "6733 (2 um)", "I25.S06/.S16": "I25.S06",
    "I25.S18 (18% Pb)": "I25.S18", "I25.S18 (32% Pb)": "I25.S18 (32 % Pb)", "Med3631": "MED3631",
}  # fmt: skip


def test_some_constants_typed_again() -> None:
    assert {name: published_constants()[name].monte_carlo for name in TYPED_AGAIN} == TYPED_AGAIN


def test_every_constant_of_the_table(reference_data: Path) -> None:
    path = reference_data / "tg43" / "clrp_v2_i125_lambda.csv"
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    printed = {
        OTHER_NAMES.get(row["source"], row["source"].split()[-1]): (
            float(row["lambda_egs_brachy"]),
            float(row["lambda_TG43_consensus"] or "nan"),
        )
        for row in csv.DictReader(lines)
    }
    mine = {n: c for n, c in published_constants().items() if c.radionuclide == "I-125"}
    assert set(mine) == set(printed)
    for name, constant in mine.items():
        assert constant.monte_carlo == printed[name][0]
        assert (constant.consensus or float("nan")) == pytest.approx(printed[name][1], nan_ok=True)


@pytest.mark.parametrize("name", source_names())
def test_shipped_models_have_the_newest_consensus(name: str) -> None:
    assert load_source(name).dose_rate_constant == published_constants()[name].consensus


@pytest.mark.parametrize(("name", "constant"), S2_CONSENSUS.items())
def test_supplement_2_is_taken_where_it_exists(name: str, constant: float) -> None:
    source = load_source(name)
    assert source.dose_rate_constant == constant
    assert "10.1002/mp.12430" in source.dose_rate_constant_reference
