"""What was not counted may be one of the seeds that lack, and nothing else."""

from types import SimpleNamespace

import numpy as np
import pytest

from seedbed.imaging.seed_found import RefusedBlob
from seedbed.journey.verification.judging import CANDIDATE, _candidates


def finding(confidences: list[float], *, found: int = 10, edits: object = None) -> SimpleNamespace:
    up = np.array([0.0, 0.0, 1.0])
    refused = tuple(RefusedBlob(10 * n * up, up, each, "little metal") for n, each in enumerate(confidences))
    return SimpleNamespace(
        raw=SimpleNamespace(refused=refused), edits=edits, seeds=SimpleNamespace(count=found)
    )


@pytest.mark.parametrize("count", [None, 10])
def test_none_is_added_where_no_seed_is_known_to_lack(count: int | None) -> None:
    maybe, likely = _candidates(finding([0.45] * 6), count)
    assert maybe == []
    assert likely.size == 0


def test_no_more_are_expected_than_lack() -> None:
    maybe, likely = _candidates(finding([0.45] * 6), 11)
    assert len(maybe) == 6
    assert likely.sum() == pytest.approx(1.0)
    maybe, likely = _candidates(finding([0.45, 0.4]), 15)
    np.testing.assert_allclose(likely, [0.45, 0.4])


def test_what_is_hardly_a_seed_is_none_and_a_settled_list_is_settled() -> None:
    assert _candidates(finding([CANDIDATE - 0.01]), 12)[0] == []
    assert _candidates(finding([0.49], edits=object()), 12)[0] == []
