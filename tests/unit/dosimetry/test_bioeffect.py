"""Laws of the linear-quadratic model, and refusals."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.dosimetry.bioeffect import (
    BandRow,
    BioEffect,
    ExternalBeam,
    bed_fractions,
    bed_permanent,
    bio_effect,
    effective_days,
    eqd2,
    protraction_factor,
    relative_effectiveness,
)
from seedbed.dosimetry.tissues import load_tissue, tissue_names
from seedbed.errors import DoseError

THYROID, ORGAN = load_tissue("thyroid"), load_tissue("late-organ")
DOSES = st.floats(0, 1000)
HALF_LIVES = st.floats(2, 100)
TIMES = st.floats(0, 2000)
REPAIRS = st.floats(0.1, 3000)


@given(TIMES, st.floats(0, 500), HALF_LIVES, REPAIRS)
def test_protraction_lies_between_complete_decay_and_one_and_falls(
    days: float, more: float, half_life: float, repair: float
) -> None:
    early, late, end = protraction_factor(
        [days, days + more, math.inf], half_life_days=half_life, repair_half_time_hours=repair
    )
    assert end * (1 - 1e-8) <= late <= early * (1 + 1e-8)
    assert early <= 1 + 1e-8


def test_an_instant_is_not_protracted() -> None:
    assert protraction_factor(0.0, half_life_days=59.4, repair_half_time_hours=1.0) == 1.0


@given(HALF_LIVES, st.floats(0.01, 1000))
def test_repair_as_slow_as_the_decay_is_no_hole(half_life: float, days: float) -> None:
    # By hand, mu = lambda: G = 2/(1-e^-x)^2 [ (1-e^-2x)/2 - x e^-2x ] / 2 with x = lambda t.
    x = math.log(2) * days / half_life
    expected = (1 - math.exp(-2 * x) - 2 * x * math.exp(-2 * x)) / (2 * (-math.expm1(-x)) ** 2)
    hours = half_life * 24
    for nearby in (hours, hours * (1 + 1e-9), hours * (1 - 1e-6), hours * (1 + 1e-4)):
        found = protraction_factor(days, half_life_days=half_life, repair_half_time_hours=nearby)
        assert found == pytest.approx(expected, rel=2e-4 if x > 1e-2 else 1e-2)


@given(DOSES, HALF_LIVES, st.sampled_from(tissue_names()))
def test_bed_is_never_negative_and_never_below_what_dose_alone_leaves(
    dose: float, half_life: float, name: str
) -> None:
    tissue = load_tissue(name)
    bed = float(bed_permanent(dose, half_life_days=half_life, tissue=tissue))
    assert 0 <= bed < math.inf
    if dose == 0 or 0 < dose * math.log(2) / half_life <= tissue.loss_gy_per_day:
        assert bed == 0


@given(DOSES, st.floats(0, 100), HALF_LIVES)
def test_more_dose_is_more_effect(dose: float, more: float, half_life: float) -> None:
    low, high = bed_permanent([dose, dose + more], half_life_days=half_life, tissue=THYROID)
    assert high >= low - 1e-9


@given(st.floats(1, 300), st.floats(0.01, 5))
def test_the_effective_time_is_the_best_time(dose: float, share: float) -> None:
    # Of all times to stop counting, T_eff gives the largest dose less repopulation.
    best = float(effective_days(dose, half_life_days=59.4, tissue=THYROID))
    rate, loss = math.log(2) / 59.4, THYROID.loss_gy_per_day

    def net(days: float) -> float:
        return -dose * math.expm1(-rate * days) - loss * days

    assert net(best) >= net(share * best) - 1e-9
    assert net(best) >= net(best + share) - 1e-9


def test_too_weak_an_implant_holds_nothing() -> None:
    assert effective_days(1.0, half_life_days=59.4, tissue=THYROID) == 0
    assert bed_permanent(1.0, half_life_days=59.4, tissue=THYROID) == 0


def test_before_the_kick_off_nothing_is_lost() -> None:
    from dataclasses import replace

    late = replace(THYROID, kick_off_days=30.0)
    weak = float(bed_permanent(1.0, half_life_days=59.4, tissue=late))
    assert effective_days(1.0, half_life_days=59.4, tissue=late) == 30.0
    assert weak >= 1.0 - 2.0 ** (-30 / 59.4)
    strong = bed_permanent(120.0, half_life_days=59.4, tissue=late)
    gained = float(strong - bed_permanent(120.0, half_life_days=59.4, tissue=THYROID))
    assert gained == pytest.approx(30.0 * THYROID.loss_gy_per_day)


def test_without_repopulation_all_dose_counts() -> None:
    assert effective_days(80.0, half_life_days=59.4, tissue=ORGAN) == math.inf


def test_arrays_in_arrays_out() -> None:
    doses = np.linspace(0, 400, 24).reshape(2, 3, 4)
    found = bed_permanent(doses, half_life_days=59.4, tissue=THYROID)
    assert found.shape == doses.shape
    assert found[1, 2, 3] == bed_permanent(400.0, half_life_days=59.4, tissue=THYROID)
    assert relative_effectiveness(doses, days=10.0, half_life_days=59.4, tissue=THYROID).min() >= 1


@given(st.integers(1, 60), st.floats(0.1, 100))
def test_two_gray_fractions_are_their_own_eqd2(fractions: int, alpha_beta: float) -> None:
    tissue = ORGAN.at(alpha_beta)
    bed = bed_fractions(ExternalBeam(fractions, 2.0), tissue=tissue)
    assert eqd2(bed, alpha_beta_gy=alpha_beta) == pytest.approx(2.0 * fractions)


def test_textbook_fractions() -> None:
    # Fowler 1989: 30 x 2 Gy is 72 Gy10 and 100 Gy3.
    assert bed_fractions(ExternalBeam(30, 2.0), tissue=ORGAN.at(10.0)) == pytest.approx(72.0)
    assert bed_fractions(ExternalBeam(30, 2.0), tissue=ORGAN.at(3.0)) == pytest.approx(100.0)


def test_overall_time_costs_external_beam() -> None:
    whole = bed_fractions(ExternalBeam(25, 2.0), tissue=THYROID)
    slow = bed_fractions(ExternalBeam(25, 2.0, 33.0), tissue=THYROID)
    assert whole - slow == pytest.approx(33.0 * math.log(2) / (0.3 * 42.0))
    assert bed_fractions(ExternalBeam(1, 0.1, 3000.0), tissue=THYROID) == 0


def test_implant_and_beam_add_up() -> None:
    beam = ExternalBeam(25, 2.0)
    found = bio_effect(120.0, half_life_days=59.4, tissue=THYROID, external=(beam, beam))
    alone = float(bed_permanent(120.0, half_life_days=59.4, tissue=THYROID))
    assert found.implant_bed_gy == alone
    assert found.external_bed_gy == pytest.approx(120.0)
    assert found.bed_gy == pytest.approx(alone + 120.0)


@pytest.mark.parametrize("name", tissue_names())
def test_no_number_without_its_band(name: str) -> None:
    tissue = load_tissue(name)
    found = bio_effect(100.0, half_life_days=59.4, tissue=tissue)
    assert tuple(row.alpha_beta_gy for row in found.band) == tissue.band_gy
    assert "thyroid cancer" in found.statement
    assert "no sourced alpha/beta" in found.statement.lower()
    assert all(f"alpha/beta {value:g} Gy" in str(found) for value in tissue.band_gy)
    assert found.statement in str(found)
    assert any(row == BandRow(found.alpha_beta_gy, found.bed_gy, found.eqd2_gy) for row in found.band)


def test_an_effect_without_a_band_is_refused() -> None:
    found = bio_effect(100.0, half_life_days=59.4, tissue=THYROID)
    with pytest.raises(DoseError, match="a band of at least two"):
        BioEffect(**{**vars(found), "band": found.band[:1]})
    with pytest.raises(DoseError, match="a statement"):
        BioEffect(**{**vars(found), "statement": " "})


@pytest.mark.parametrize("dose", [-1.0, math.nan, math.inf, [1.0, -2.0]])
def test_a_dose_without_meaning_is_refused(dose: object) -> None:
    with pytest.raises(DoseError, match=r"a dose of .* Gy; expected a finite number of Gy, 0 or more"):
        bed_permanent(dose, half_life_days=59.4, tissue=THYROID)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [0.0, -3.0, math.nan, math.inf])
def test_numbers_that_must_be_positive(value: float) -> None:
    with pytest.raises(DoseError, match="half-life"):
        bed_permanent(1.0, half_life_days=value, tissue=THYROID)
    with pytest.raises(DoseError, match="alpha/beta is"):
        eqd2(1.0, alpha_beta_gy=value)
    with pytest.raises(DoseError, match="alpha/beta is"):
        THYROID.at(value)
    with pytest.raises(DoseError, match="repair half-time"):
        protraction_factor(1.0, half_life_days=59.4, repair_half_time_hours=value)


@pytest.mark.parametrize("days", [-0.1, math.nan, [1.0, -1.0]])
def test_a_time_before_the_implant_is_refused(days: object) -> None:
    with pytest.raises(DoseError, match="0 or more days"):
        protraction_factor(days, half_life_days=59.4, repair_half_time_hours=1.0)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "beam",
    [
        ExternalBeam(0, 2.0),
        ExternalBeam(-1, 2.0),
        ExternalBeam(25, 0.0),
        ExternalBeam(25, math.nan),
        ExternalBeam(25, math.inf),
        ExternalBeam(25, 2.0, -1.0),
        ExternalBeam(25, 2.0, math.nan),
        ExternalBeam(2.5, 2.0),  # type: ignore[arg-type]
        ExternalBeam(True, 2.0),
    ],
)
def test_external_beam_without_meaning_is_refused(beam: ExternalBeam) -> None:
    with pytest.raises(DoseError, match="correct the external beam"):
        bed_fractions(beam, tissue=THYROID)


@given(st.floats(0, 20), st.floats(2, 100))
def test_a_dose_that_does_not_outpace_repopulation_is_remarked_on(dose: float, half_life: float) -> None:
    found = bio_effect(dose, half_life_days=half_life, tissue=THYROID)
    assert bool(found.remark) == (found.effective_days == 0)
    assert found.remark in str(found)


@pytest.mark.parametrize("name", tissue_names())
@pytest.mark.parametrize("half_life", [0.1, 40_000.0])
def test_the_highest_dose_that_is_accepted_has_a_finite_effect(name: str, half_life: float) -> None:
    beam = ExternalBeam(5_000, 2.0)
    tissue = load_tissue(name)
    found = bio_effect(10_000.0, half_life_days=half_life, tissue=tissue, external=(beam,))
    assert all(math.isfinite(row.bed_gy) and math.isfinite(row.eqd2_gy) for row in found.band)
    for dose, beams in ((10_000.1, ()), (1.0, (ExternalBeam(5_001, 2.0),))):
        with pytest.raises(DoseError, match="at most 10000 Gy"):
            bio_effect(dose, half_life_days=half_life, tissue=tissue, external=beams)
