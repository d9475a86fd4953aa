import numpy as np
import pytest

from seedbed.imaging.seed_lines import in_a_line

ROW = np.array([[4.6 * number, 0.1 * (-1) ** number, 0.0] for number in range(7)])


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_a_few_seeds_end_to_end_are_no_needle(count):
    assert not in_a_line(ROW[:count]).any()


def test_a_long_unbroken_line_is_a_needle_in_any_direction_and_order():
    turn = np.linalg.qr(np.random.default_rng(2).normal(size=(3, 3)))[0]
    places = np.random.default_rng(3).permutation(ROW @ turn)
    assert in_a_line(places).all()


def test_seeds_beside_a_needle_are_spared():
    beside = np.array([[10.0, 6.0, 0.0], [3.0, -7.0, 2.0]])
    np.testing.assert_array_equal(in_a_line(np.vstack([ROW, beside])), [True] * 7 + [False] * 2)


def test_a_row_of_seeds_with_spacers_is_no_needle():
    assert not in_a_line(ROW * [2.2, 1, 1], bright=lambda _: False).any()


def test_a_needle_with_a_piece_not_seen_is_one_where_the_image_stays_bright():
    broken = np.delete(ROW, 3, axis=0)
    assert in_a_line(broken, bright=lambda _: True).all()
    assert not in_a_line(broken, bright=lambda _: False).any()


def test_a_curved_row_is_no_needle():
    angle = np.linspace(0, np.pi, 8)
    assert not in_a_line(np.column_stack([10 * np.cos(angle), 10 * np.sin(angle), 0 * angle])).any()


def test_pieces_that_overlap_are_linked_though_the_image_is_dark_between_them():
    """Pieces of a needle in lung may be fitted a little off its bright middle."""
    close = ROW * [3.5 / 4.6, 1, 1]
    assert in_a_line(close, bright=lambda _: False).all()
