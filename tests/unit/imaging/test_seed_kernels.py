import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import jv

from seedbed.imaging.seed_kernels import harmonics, rod_images, rod_slopes

FRAME = np.array([-4.8, -4.8, -7.5, 0.4, 0.4, 2.5])
BOX = np.array([(x, y, z) for x in range(25) for y in range(25) for z in range(7)], dtype=np.int64)
SIGHT = [3.2, 0.5, 0.4, 0.6, 0.05]


def image(pose, sight=SIGHT, frame=FRAME, box=BOX):
    out = np.empty((1, len(box)))
    rod_images(box, frame, np.array([[*pose, *sight]], dtype=float), out)
    return out[0]


def cube(values):
    return values.reshape(25, 25, 7)


@pytest.mark.parametrize("axis", [(0, 0, 1.0), (0.6, 0, 0.8), (0.48, 0.6, 0.64)])
def test_a_rod_that_starves_nothing_keeps_its_integral(axis):
    whole = image([0.1, -0.2, 0.3, *axis], [3.2, 0.5, 0.4, 0.0, 0.0])
    assert whole.sum() * 0.4 * 0.4 * 2.5 == pytest.approx(1.0, rel=2e-3)


def test_an_upright_rod_starves_no_ray():
    pose = [0.1, -0.2, 0.3, 0, 0, 1.0]
    np.testing.assert_allclose(
        image(pose, [3.2, 0.5, 0.4, 1, 0]), image(pose, [3.2, 0.5, 0.4, 0, 0]), atol=1e-9
    )


def test_a_starved_rod_is_dark_off_its_ends_and_bright_off_its_sides():
    seen = cube(image([0, 0, 0, 1.0, 0, 0], [3.2, 0.5, 0.4, 1.0, 0.0]))
    off_the_end, off_the_side = seen[12 + 9, 12, 3], seen[12, 12 + 9, 3]
    assert off_the_end < 0 < off_the_side


@pytest.mark.parametrize("axis", [(0.48, 0.6, 0.64), (1.0, 0, 0)])
def test_turning_a_rod_by_a_right_angle_turns_its_image(axis):
    here = cube(image([0.3, -0.5, 0.6, *axis]))
    turned = cube(image([0.5, 0.3, 0.6, -axis[1], axis[0], axis[2]]))
    np.testing.assert_allclose(turned, here.transpose(1, 0, 2)[::-1], atol=1e-9)


def test_the_sign_of_an_axis_does_not_matter():
    np.testing.assert_allclose(
        image([0.3, 0.1, 0.2, 0.48, 0.6, 0.64]), image([0.3, 0.1, 0.2, -0.48, -0.6, -0.64]), atol=1e-12
    )


@pytest.mark.parametrize(("x", "y"), [(0.05, 0.02), (0.7, 0.2), (2.0, -1.1)])
def test_a_starved_point_is_the_hankel_transform_of_its_harmonics(x, y):
    """A very short rod along x in one thick slice, against integrals over the Bessel functions J0, J2, J4."""
    zero, two, four = harmonics(1.0)
    sigma, r, t = 0.5, np.hypot(x, y), np.arctan2(y, x)
    order = {
        n: quad(lambda k, n=n: jv(n, k * r) * k * np.exp(-((k * sigma) ** 2) / 2), 0, 30, limit=200)[0]
        for n in (0, 2, 4)
    }
    expected = (zero * order[0] + two * np.cos(2 * t) * order[2] + four * np.cos(4 * t) * order[4]) / (
        2 * np.pi
    )
    frame = np.array([x, y, 0.0, 1.0, 1.0, 50.0])
    seen = image([0, 0, 0, 1.0, 0, 0], [1e-6, sigma, 0.4, 1.0, 0.0], frame, np.zeros((1, 3), dtype=np.int64))
    assert seen[0] * 50.0 == pytest.approx(expected, rel=1e-3, abs=1e-5)


def test_slopes_are_those_of_the_images():
    pose, across = np.array([0.3, -0.5, 0.6, 0.0, 0.6, 0.8]), np.array([[1.0, 0, 0], [0, 0.8, -0.6]])
    out = np.empty((11, len(BOX)))
    rod_slopes(BOX, FRAME, np.array([*pose, *SIGHT]), across, 1e-4, out)
    np.testing.assert_allclose(out[0], image(pose), atol=1e-12)
    ahead, behind = pose.copy(), pose.copy()
    ahead[1] += 1e-3
    behind[1] -= 1e-3
    np.testing.assert_allclose(out[2], (image(ahead) - image(behind)) / 2e-3, atol=2e-4)
    longer = [SIGHT[0] * np.exp(1e-3), *SIGHT[1:]]
    np.testing.assert_allclose(out[6], (image(pose, longer) - image(pose)) / 1e-3, atol=2e-4)
