"""The propensity of each patient: the chance of each group, given what was known before treatment."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from seedbed.errors import InputError
from seedbed.statistics.counts import FloatArray, IntArray
from seedbed.statistics.samples import covariate_table

if TYPE_CHECKING:
    from statsmodels.discrete.discrete_model import MNLogit

RIDGE = 1.0
"""Weight of the penalty where maximum likelihood has no answer: as one patient's worth (local rule)."""
MOST_STEPS = 35
"""Newton's steps; a likelihood with a maximum needs about ten, one without never ends."""
TOLERANCE = 1e-6
"""Largest slope of the log likelihood, a patient, and largest step, that count as its top."""
ENOUGH = 500
"""Patients of a group who suffice to show that two groups overlap; all are asked where they do not."""


@dataclass(frozen=True, kw_only=True)
class Propensity:
    """A fitted model of the groups.

    Attributes
    ----------
    group_of : ndarray of int, shape (patients,)
        Place of each patient's group, from 0.
    design : ndarray, shape (patients, 1 + covariates)
        Ones, and the covariates with mean 0 and standard deviation 1.
    coefficients : ndarray, shape (1 + covariates, groups)
        Of the design; those of the first group are 0.
    shares : ndarray, shape (patients, groups)
        Chance of each group; rows sum to 1.
    penalty : float
        Weight of the ridge penalty; 0 is maximum likelihood.
    """

    group_of: IntArray
    design: FloatArray
    coefficients: FloatArray
    shares: FloatArray
    penalty: float

    @property
    def groups(self) -> int:
        """How many groups there are."""
        return int(self.shares.shape[1])


def fit_propensity(
    group_of: ArrayLike, covariates: ArrayLike, *, names: Sequence[str] | None = None, ridge: float = RIDGE
) -> Propensity:
    """Fit multinomial logistic regression of the group on covariates.

    Maximum likelihood by statsmodels. Where it has no maximum, as the covariates tell some patients' group
    without doubt (separation), a ridge penalty on the differences of standardised coefficients between
    groups gives one; it does not depend on which group is first.

    Parameters
    ----------
    group_of : array_like of int, shape (patients,)
        Groups from 0 without a gap, two at least.
    covariates : array_like, shape (patients, covariates)
        Finite, none constant, none a sum of others.
    names : sequence of str or None
        How an error calls the groups.
    ridge : float
        Weight of the penalty, above 0; used only where it is needed.

    Raises
    ------
    InputError
        One group, covariates as `seedbed.statistics.cox_regression`; two groups that the covariates tell
        apart in every patient: nobody could have been in either.

    Notes
    -----
    Separation: A. Albert and J. A. Anderson, Biometrika 71 (1984) 1-10, doi 10.1093/biomet/71.1.1.

    Examples
    --------
    >>> found = fit_propensity([0, 0, 0, 1, 1, 0, 1, 1], [0, 0, 0, 0, 1, 1, 1, 1])
    >>> found.shares[:, 1].round(3).tolist(), found.penalty
    ([0.25, 0.25, 0.25, 0.25, 0.75, 0.75, 0.75, 0.75], 0.0)
    """
    places = _read_groups(group_of)
    table = covariate_table(covariates, None, len(places))
    design = np.column_stack([np.ones(len(table)), (table - table.mean(axis=0)) / table.std(axis=0)])
    groups = int(places.max()) + 1
    _refuse_what_never_overlaps(places, design, names or [str(each + 1) for each in range(groups)])
    from statsmodels.discrete.discrete_model import MNLogit

    model = MNLogit(places, design)
    free = _by_maximum_likelihood(model)
    penalty = 0.0
    if free is None:
        penalty = ridge
        free = _with_ridge(model, groups, ridge)
    coefficients = np.column_stack([np.zeros(design.shape[1]), free])
    return Propensity(
        group_of=places,
        design=design,
        coefficients=coefficients,
        shares=softmax(design @ coefficients),
        penalty=penalty,
    )


def softmax(scores: FloatArray) -> FloatArray:
    """Return shares that are as the exponentials of scores, row by row.

    Examples
    --------
    >>> softmax(np.array([[0.0, 0.0], [1000.0, 0.0]])).tolist()
    [[0.5, 0.5], [1.0, 0.0]]
    """
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), dtype=np.float64)


def coefficient_influence(model: Propensity) -> FloatArray:
    """Return by how much each patient moves the coefficients, to first order.

    The inverse of the information times the patient's score, shape (patients, (1 + covariates) * (groups -
    1)): group by group, the first group, whose coefficients are 0, left out.

    Examples
    --------
    >>> found = fit_propensity([0, 0, 0, 1, 1, 0, 1, 1], [0, 0, 0, 0, 1, 1, 1, 1])
    >>> bool(np.allclose(coefficient_influence(found).sum(axis=0), 0, atol=1e-9))
    True
    """
    scores = _scores(model)
    information = _all_information(model)
    information += model.penalty * _penalty_matrix(model.design.shape[1], model.groups)
    return np.asarray(np.linalg.solve(information, (scores - scores.mean(axis=0)).T).T, dtype=np.float64)


def refit_without(model: Propensity, patient: int) -> Propensity:
    """Fit a model again without one patient, whose chances under the new model are kept in their row.

    Where maximum likelihood has no answer any more, with the ridge penalty.

    Examples
    --------
    >>> found = fit_propensity([0, 0, 0, 1, 1, 0, 1, 1, 0], [0, 0, 0, 0, 1, 1, 1, 1, 0])
    >>> refit_without(found, 8).shares[:, 1].round(3).tolist()
    [0.25, 0.25, 0.25, 0.25, 0.75, 0.75, 0.75, 0.75, 0.25]
    """
    kept = np.delete(np.arange(len(model.group_of)), patient)
    less = replace(model, group_of=model.group_of[kept], design=model.design[kept], shares=model.shares[kept])
    penalty, coefficients = model.penalty, _newton(less)
    if coefficients is None:
        from statsmodels.discrete.discrete_model import MNLogit

        penalty = model.penalty or RIDGE
        free = _with_ridge(MNLogit(less.group_of, less.design), model.groups, penalty)
        coefficients = np.column_stack([np.zeros(len(free)), free])
    shares = softmax(model.design @ coefficients)
    return replace(model, coefficients=coefficients, shares=shares, penalty=penalty)


def _newton(model: Propensity) -> FloatArray | None:
    """Climb from the coefficients of a model to the top of the likelihood; None where there is none.

    Towards a top the steps become small; where the likelihood rises for ever they do not, flat as it becomes.
    """
    width, groups = model.design.shape[1], model.groups
    penalty = model.penalty * _penalty_matrix(width, groups)
    free = model.coefficients[:, 1:].T.ravel()
    for _ in range(MOST_STEPS):
        scores = _scores(model).sum(axis=0) - penalty @ free
        try:
            step = np.linalg.solve(_all_information(model) + penalty, scores)
        except np.linalg.LinAlgError:
            return None
        free = free + step
        if not np.isfinite(free).all():
            return None
        coefficients = np.column_stack([np.zeros(width), free.reshape(groups - 1, width).T])
        model = replace(model, coefficients=coefficients, shares=softmax(model.design @ coefficients))
        if np.abs(step).max() < TOLERANCE:
            return coefficients
    return None


def _scores(model: Propensity) -> FloatArray:
    """Slopes of each patient's log likelihood, group by group without the first."""
    residuals = [(model.group_of == place) - model.shares[:, place] for place in range(1, model.groups)]
    return np.hstack([model.design * each[:, None] for each in residuals])


def _all_information(model: Propensity) -> FloatArray:
    others = range(1, model.groups)
    return np.asarray(np.block([[_information(model, one, two) for two in others] for one in others]))


def _information(model: Propensity, one: int, two: int) -> FloatArray:
    share, other = model.shares[:, one], model.shares[:, two]
    weight = share * ((one == two) - other)
    return np.asarray(model.design.T @ (model.design * weight[:, None]), dtype=np.float64)


def _read_groups(group_of: ArrayLike) -> IntArray:
    places = np.asarray(group_of, dtype=np.int64)
    if places.ndim != 1 or len(np.unique(places)) < 2 or (np.bincount(places) == 0).any():
        raise InputError(
            "groups that are fewer than two or leave a number out",
            "groups from 0 without a gap, two at least",
            "leave empty groups out",
        )
    return places


def _by_maximum_likelihood(model: "MNLogit") -> FloatArray | None:
    """Return the coefficients; None where the likelihood has no maximum."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            found = model.fit(method="newton", maxiter=MOST_STEPS, disp=0, warn_convergence=False)
        except np.linalg.LinAlgError:
            return None
        slope = np.abs(model.score(found.params)).max() / len(model.endog)
    free = np.asarray(found.params, dtype=np.float64)
    sound = found.mle_retvals["converged"] and np.isfinite(free).all() and slope < TOLERANCE
    return free if sound else None


def _with_ridge(model: "MNLogit", groups: int, ridge: float) -> FloatArray:
    from scipy.optimize import minimize

    width = model.exog.shape[1]
    penalty = ridge * _penalty_matrix(width, groups)
    found = minimize(
        lambda beta: -model.loglike(beta) + beta @ penalty @ beta / 2,
        np.zeros(len(penalty)),
        jac=lambda beta: -model.score(beta) + penalty @ beta,
        hess=lambda beta: -model.hessian(beta) + penalty,
        method="trust-exact",
        options={"gtol": TOLERANCE, "maxiter": 500},
    )
    if not found.success:
        raise InputError(
            "a penalised likelihood whose top was not found", "covariates that differ", "use fewer covariates"
        )
    return np.asarray(found.x.reshape(groups - 1, width).T, dtype=np.float64)


def _penalty_matrix(width: int, groups: int) -> FloatArray:
    """Half its form is half the sum of squares of the slopes around their mean over all groups."""
    between = np.eye(groups - 1) - 1 / groups
    return np.asarray(np.kron(between, np.diag([0.0] + [1.0] * (width - 1))), dtype=np.float64)


def _refuse_what_never_overlaps(places: IntArray, design: FloatArray, names: Sequence[str]) -> None:
    for one, two in combinations(range(len(names)), 2):
        parts = (design[places == one], design[places == two])
        some = (part[:: max(1, len(part) // ENOUGH)] for part in parts)
        if are_told_apart(*some) and are_told_apart(*parts):
            raise InputError(
                f"covariates that tell groups {names[one]} and {names[two]} apart in every patient",
                "patients who could have been in either",
                "compare other groups, or use fewer covariates",
            )


def are_told_apart(one: FloatArray, two: FloatArray) -> bool:
    """Return whether a plane parts two sets of points, shape (points, columns), with none on it.

    By linear programming. The columns hold a constant.

    Examples
    --------
    >>> ones = np.ones((3, 1))
    >>> low, high = np.hstack([ones, [[1], [2], [3]]]), np.hstack([ones, [[3.5], [4], [5]]])
    >>> are_told_apart(low, high), are_told_apart(low, np.hstack([ones, [[2.5], [4], [5]]]))
    (True, False)
    """
    from scipy.optimize import linprog

    rows = np.unique(np.vstack([one, -two]), axis=0)
    width = rows.shape[1]
    found = linprog(
        np.r_[np.zeros(width), -1.0],
        A_ub=np.column_stack([-rows, np.ones(len(rows))]),
        b_ub=np.zeros(len(rows)),
        bounds=[(-1, 1)] * width + [(0, 1)],
        method="highs",
    )
    return bool(found.status == 0 and -found.fun > TOLERANCE)
