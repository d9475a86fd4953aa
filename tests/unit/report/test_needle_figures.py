"""Planes through needles, and pictures that can be put into a page."""

import base64

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from seedbed.errors import InputError, NoPlanError
from seedbed.geometry import PlanarContour, Structure, VoxelGrid
from seedbed.imaging import CtVolume
from seedbed.implant import Needle, SeedImplant
from seedbed.report import needle_figures as needle_figures_module
from seedbed.report.needle_figures import (
    NeedleView,
    needle_figure,
    needle_figures,
)

GRID = VoxelGrid((-30.0, -30.0, -20.0), (2.0, 2.0, 2.0), (21, 31, 31))
NEEDLES = (Needle("N1", (24.0, 3.0, 2.0), (-4.0, 3.0, 2.0)), Needle("", (0.0, -24.0, 0.0), (0.0, 5.0, 4.0)))


def box(half: float, name: str) -> Structure:
    square = np.array([[-half, -half], [half, -half], [half, half], [-half, half]])
    return Structure(name, tuple(PlanarContour(z, square) for z in (-4.0, -2.0, 0.0, 2.0, 4.0)), 2.0)


def view(**changes) -> NeedleView:
    positions = np.array([[-1.0, 3.0, 2.0], [0.0, 0.0, 3.3]])
    axes = np.array([needle.direction for needle in NEEDLES])
    implant = SeedImplant("6711", positions, axes, np.ones(2), NEEDLES, np.array([0, 1]))
    ct = CtVolume(GRID, np.zeros(GRID.shape, dtype=np.float32))
    made = {"ct": ct, "implant": implant, "target": box(8, "GTV"), "organs": (box(3, "Cord"), box(90, "far"))}
    return NeedleView(**{**made, **changes})


def dose(points: np.ndarray) -> np.ndarray:
    return 300 * np.exp(-np.linalg.norm(points, axis=1) / 20)


@pytest.mark.parametrize("changes", [{}, {"dose_at": dose, "prescription_gy": 120.0}, {"organs": ()}])
def test_every_needle_has_a_picture(changes) -> None:
    pictures = needle_figures(view(**changes))
    assert list(pictures) == ["N1", "N2"]
    for address in pictures.values():
        kind, _, content = address.partition(",")
        assert kind == "data:image/png;base64"
        assert base64.b64decode(content, validate=True).startswith(b"\x89PNG\r\n")


def test_the_same_needle_is_the_same_picture() -> None:
    assert needle_figure(view(), 0) == needle_figure(view(), 0)


def test_a_dose_adds_lines() -> None:
    assert needle_figure(view(dose_at=dose, prescription_gy=120.0), 0) != needle_figure(view(), 0)


def test_seeds_without_axes_lie_along_their_needle() -> None:
    implant = SeedImplant("6711", np.array([[-1.0, 3.0, 2.0]]), None, np.ones(1), NEEDLES[:1], np.array([0]))
    assert needle_figure(view(implant=implant), 0).startswith("data:image/png")


@pytest.mark.parametrize("depth", [30.0, 60.0, 120.0, 180.0])
@pytest.mark.parametrize("aside", [-60.0, 0.0, 60.0])
def test_no_label_leaves_the_picture(monkeypatch: pytest.MonkeyPatch, depth: float, aside: float) -> None:
    """Measured by the renderer that draws it."""
    drawn: list[Figure] = []
    monkeypatch.setattr(needle_figures_module, "_png", lambda figure: drawn.append(figure) or "")
    needle = Needle("N1", (0.0, -20.0 - depth, 0.0), (0.0, -20.0, 0.0))
    seeds = np.array([[0.0, -25.0, 0.0]])
    implant = SeedImplant("6711", seeds, None, np.ones(1), (needle,), np.array([0]))
    square = np.array([[aside + x, y] for x, y in ((-8, -28), (8, -28), (8, -12), (-8, -12))])
    target = Structure("GTV", tuple(PlanarContour(z, square) for z in (-2.0, 0.0, 2.0)), 2.0)
    seen = view(implant=implant, target=target, organs=(), skin_unseen=frozenset({"N1"}))
    needle_figure(seen, 0)
    (axes,) = drawn[0].axes
    renderer = FigureCanvasAgg(drawn[0]).get_renderer()
    frame = axes.get_window_extent(renderer)
    labels = {each.get_text(): each.get_window_extent(renderer) for each in axes.texts}
    assert {"edge of the image 0", f"tip {depth:.1f} mm"} <= set(labels)
    for text, box in labels.items():
        assert frame.x0 <= box.x0 < box.x1 <= frame.x1, text
        assert frame.y0 <= box.y0 < box.y1 <= frame.y1, text


def test_the_centroid_of_a_box_is_its_middle() -> None:
    np.testing.assert_allclose(view().centre_mm, 0.0, atol=1e-9)


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(NoPlanError, match="without needles"):
        needle_figure(view(implant=SeedImplant("6711", np.zeros((1, 3)), None, np.ones(1))), 0)
    with pytest.raises(InputError, match="needle number 2"):
        needle_figure(view(), 2)
    with pytest.raises(InputError, match="without a prescription"):
        needle_figure(view(dose_at=dose), 0)
