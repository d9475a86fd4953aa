"""The mixed model without values beyond limits against statsmodels' MixedLM, by maximum likelihood."""

import numpy as np
import pytest
from statsmodels.regression.mixed_linear_model import MixedLM

from seedbed.statistics.mixed_model import mixed_model


@pytest.mark.parametrize("patients", [25, 400])
def test_coefficients_errors_spreads_and_likelihood(patients: int) -> None:
    rng = np.random.default_rng(patients)
    group = rng.integers(0, 3, patients)
    cells = group[:, None] * 4 + np.arange(4)
    values = 3.0 - 0.4 * cells + 1.3 * rng.normal(size=(patients, 1)) + 0.7 * rng.normal(size=(patients, 4))
    values[rng.random(values.shape) < 0.15] = np.nan
    design = np.eye(12)
    found = mixed_model(values, np.zeros(values.shape), cells=cells, design=design)
    known = ~np.isnan(values)
    rows = np.nonzero(known)[0]
    wanted = MixedLM(values[known], design[cells[known]], rows).fit(reml=False, gtol=1e-10)
    errors = np.sqrt(np.diag(found.covariance))
    assert found.coefficients == pytest.approx(wanted.fe_params, abs=1e-4)
    assert errors == pytest.approx(wanted.bse_fe, rel=1e-3)
    assert found.residual_sd == pytest.approx(np.sqrt(wanted.scale), rel=1e-4)
    assert found.intercept_sd == pytest.approx(np.sqrt(wanted.cov_re[0, 0]), rel=1e-3)
    assert found.log_likelihood == pytest.approx(wanted.llf, abs=1e-4)
