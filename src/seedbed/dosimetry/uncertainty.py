"""What dose the patient may get when seeds, strengths and contours are not quite as planned.

Monte Carlo: each trial moves needles and seeds, changes strengths and contours at random, and calculates the
dose of the displaced implant by TG-43. All random numbers come from one seed, which the result keeps.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from seedbed.dosimetry.displacement import displace, displacing
from seedbed.dosimetry.placement_errors import Breathing, PlacementErrors
from seedbed.dosimetry.sources import Source
from seedbed.dosimetry.tg43 import Progress
from seedbed.dosimetry.trials import Question, Spread, outlines_of, question_of, spread_of, spreads_in_trials
from seedbed.errors import DoseError
from seedbed.geometry import Structure
from seedbed.implant import SeedImplant

__all__ = [
    "Question", "Spread", "Uncertainty", "check_simulation", "displace", "simulate_uncertainty", "spreads_of",
]  # fmt: skip

MOST_TRIALS = 100_000
TARGET_METRICS, ORGAN_METRICS = ("D90", "V100"), ("D2cc",)


@dataclass(frozen=True)
class Uncertainty:
    """Result of a simulation.

    Attributes
    ----------
    spreads : tuple of Spread
        D90 and V100 of the target and what else was asked of it, then D2cc of each organ and what else was
        asked.
    errors : PlacementErrors
    prescription_gy : float
    trials, random_seed : int
        The same seed, plan and version give the same numbers.
    breathing : Breathing or None
    """

    spreads: tuple[Spread, ...]
    errors: PlacementErrors
    prescription_gy: float
    trials: int
    random_seed: int
    breathing: Breathing | None = None

    def of(self, structure: str, metric: str) -> Spread:
        """Return one spread by the names of structure and metric."""
        return spread_of(self.spreads, structure, metric)


def simulate_uncertainty(
    source: Source,
    implant: SeedImplant,
    target: Structure,
    organs: Sequence[Structure] = (),
    *,
    prescription_gy: float,
    errors: PlacementErrors,
    breathing: Breathing | None = None,
    asked: Mapping[str, Sequence[str]] | None = None,
    trials: int = 200,
    random_seed: int = 0,
    progress: Progress | None = None,
) -> Uncertainty:
    """Simulate random displacement of seeds, and errors of strengths and contours.

    Parameters
    ----------
    source : Source
    implant : SeedImplant
        As planned. Seeds of one needle move with it; seeds without a needle move alone, as far as a needle.
    target : Structure
    organs : sequence of Structure
    prescription_gy : float
        For V100; positive.
    errors : PlacementErrors
        See `seedbed.dosimetry.placement_errors.load_errors`.
    breathing : Breathing, optional
        See `seedbed.dosimetry.placement_errors.load_breathing`; without it nobody breathes.
    asked : mapping of str to sequence of str, optional
        Further metrics of structures, by their names.
    trials : int
        2 to `MOST_TRIALS`.
    random_seed : int
        Not negative; kept in the result.
    progress : callable, optional
        Called with trials done and trials in all.

    Raises
    ------
    DoseError
        A number without meaning, an implant without seeds, a structure without volume.

    Examples
    --------
    >>> from seedbed.dosimetry.placement_errors import load_errors
    >>> from seedbed.dosimetry.sources import load_source
    >>> from seedbed.geometry import PlanarContour
    >>> square = 5.0 * np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
    >>> box = Structure("box", (PlanarContour(-2.5, square), PlanarContour(2.5, square)), 5.0)
    >>> implant = SeedImplant("6711", np.zeros((1, 3)), None, np.ones(1))
    >>> found = simulate_uncertainty(load_source("6711"), implant, box, prescription_gy=40.0,
    ...                              errors=load_errors(), trials=50, random_seed=1)
    >>> d90 = found.of("box", "D90")
    >>> d90.unit, found.random_seed, d90.mean < d90.planned
    ('Gy', 1, True)
    """
    check_simulation(implant, prescription_gy=prescription_gy, trials=trials, random_seed=random_seed)
    more = asked or {}
    structures = [(target, TARGET_METRICS), *((organ, ORGAN_METRICS) for organ in organs)]
    questions = [question_of(part, (*usual, *more.get(part.name, ()))) for part, usual in structures]
    spreads = spreads_of(
        source,
        implant,
        questions,
        prescription_gy=prescription_gy,
        errors=errors,
        breathing=breathing,
        trials=trials,
        rng=np.random.default_rng(random_seed),
        progress=progress,
    )
    return Uncertainty(spreads, errors, prescription_gy, trials, random_seed, breathing)


def spreads_of(
    source: Source,
    implant: SeedImplant,
    questions: Sequence[Question],
    *,
    prescription_gy: float,
    errors: PlacementErrors,
    breathing: Breathing | None,
    trials: int,
    rng: np.random.Generator,
    progress: Progress | None = None,
) -> tuple[Spread, ...]:
    """Ask questions of displaced implants: the work of `simulate_uncertainty`, at any points.

    Parameters
    ----------
    source, implant, prescription_gy, errors, breathing, trials, progress
        As for `simulate_uncertainty`.
    questions : sequence of Question
        The target, whose outline grows and shrinks, then organs, whose outlines shift.
    rng : numpy.random.Generator

    Returns
    -------
    tuple of Spread
        One for each metric of each question, in their order.
    """
    displaced = displacing(implant, errors, breathing=breathing)
    return spreads_in_trials(
        source,
        implant,
        questions,
        prescription_gy=prescription_gy,
        draw=lambda own: outlines_of(displaced(own), errors, structures=len(questions), rng=own),
        trials=trials,
        rng=rng,
        progress=progress,
    )


def check_simulation(implant: SeedImplant, *, prescription_gy: float, trials: int, random_seed: int) -> None:
    """Refuse what cannot be simulated.

    Raises
    ------
    DoseError
        No seeds; a prescription, number of trials or random seed without meaning.

    Examples
    --------
    >>> one = SeedImplant("6711", np.zeros((1, 3)), None, np.ones(1))
    >>> check_simulation(one, prescription_gy=100.0, trials=200, random_seed=0)
    """
    if not implant.count:
        raise DoseError("an implant without seeds", "at least one seed", "choose the plan with its seeds")
    if not 0 < prescription_gy < np.inf:
        raise DoseError(
            f"a prescription of {prescription_gy} Gy", "a positive dose", "state the prescription"
        )
    if not 2 <= trials <= MOST_TRIALS:
        raise DoseError(f"{trials} trials", f"2 to {MOST_TRIALS}", "choose 200, for example")
    if random_seed < 0:
        raise DoseError(f"the random seed {random_seed}", "zero or more", "choose another")
