"""Local control of many lesions at once is that of each alone, image by image."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.cohort.lesion_rules import lesion_rules
from seedbed.journey.analysis.lesion_growth import Looks, local_control

SIZES = st.lists(st.integers(0, 40), min_size=1, max_size=7)


def plainly(sizes: list[int], is_node: bool) -> tuple[int, bool]:
    """Return the place of the last look and whether it has grown, by the words of the rules."""
    last = 0
    for at in range(1, len(sizes)):
        last, smallest = at, min(sizes[:at])
        larger = 10 * sizes[at] >= 12 * smallest and sizes[at] >= smallest + 5
        back = sizes[at - 1] == 0 and sizes[at] > 0
        if (larger or back) and not (is_node and sizes[at] < 10):
            return at, True
    return last, False


@settings(deadline=None, max_examples=80)
@given(st.lists(st.tuples(SIZES, st.booleans()), min_size=1, max_size=6))
def test_each_lesion_by_the_words_of_the_rules(lesions: list[tuple[list[int], bool]]) -> None:
    rows = [
        (at, 100 * place, size) for at, (sizes, _) in enumerate(lesions) for place, size in enumerate(sizes)
    ]
    own, days, sizes = (np.array(each) for each in zip(*rows, strict=True))
    first = np.searchsorted(own, np.arange(len(lesions)))
    looks = Looks(
        lesions=own, days=days, diameters_mm=sizes.astype(float), states=np.full(len(rows), "measured")
    )
    nodes = np.array([is_node for _, is_node in lesions])
    found = local_control(looks, np.full(len(lesions), 3), nodes=nodes, baseline=first, rules=lesion_rules())
    for at, (mine, is_node) in enumerate(lesions):
        last, grown = plainly(mine, is_node)
        assert found.grown[at] == grown
        if last:
            assert found.days[at] == 100 * last - 3
        else:
            assert np.isnan(found.days[at])


def test_no_image_at_all() -> None:
    none = np.zeros(0, dtype=np.int64)
    looks = Looks(lesions=none, days=none, diameters_mm=none.astype(float), states=np.zeros(0, dtype=np.str_))
    found = local_control(
        looks, np.array([0]), nodes=np.array([False]), baseline=np.array([-1]), rules=lesion_rules()
    )
    assert np.isnan(found.days).all()
    assert not found.grown.any()
