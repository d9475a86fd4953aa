import base64
import re
from datetime import date, timedelta
from xml.etree import ElementTree

import numpy as np
import pytest

from seedbed.dosimetry import Dvh
from seedbed.geometry import PlanarContour, Structure, VoxelGrid
from seedbed.imaging import CtVolume
from seedbed.implant import SeedImplant
from seedbed.report.figures import SliceView, dvh_figure, slice_figure, timeline_figure

GRID = VoxelGrid((-20.0, -20.0, -4.0), (2.0, 2.0, 2.0), (5, 21, 21))


def dvh(name: str = "GTV", scale: float = 1.0) -> Dvh:
    return Dvh.of(name, scale * np.linspace(20, 250, 100), np.ones(100))


def box(half: float, name: str) -> Structure:
    square = np.array([[-half, -half], [half, -half], [half, half], [-half, half]])
    return Structure(name, tuple(PlanarContour(z, square) for z in (-2.0, 0.0, 2.0)), 2.0)


def timeline() -> str:
    start = date(2026, 3, 1)
    cycles = [
        (start + timedelta(days=21 * k), start + timedelta(days=21 * k + 13), "12 mg") for k in range(6)
    ]
    return timeline_figure(
        start, cycles, [(date(2026, 5, 1), "2 months", "PR"), (date(2026, 7, 1), "4 months", "")]
    )


def assert_self_contained(svg: str) -> None:
    ElementTree.fromstring(svg)  # noqa: S314
    shown = re.findall(r"""(?:href|src)\s*=\s*["']([^"']*)""", svg) + re.findall(r"url\(([^)]*)\)", svg)
    assert all(address.strip("'\"").startswith(("#", "data:")) for address in shown)
    assert "<script" not in svg
    assert svg.startswith("<svg")


def test_curves_hold_no_address_outside_themselves() -> None:
    assert_self_contained(dvh_figure([(dvh(), dvh(scale=0.9), "#ff3344")], prescription_gy=100.0))


def test_the_timeline_holds_no_address_outside_itself() -> None:
    assert_self_contained(timeline())


def test_the_same_figure_is_the_same_text() -> None:
    pairs = [(dvh(), dvh(scale=0.9), "#ff3344")]
    assert dvh_figure(pairs, prescription_gy=100.0) == dvh_figure(pairs, prescription_gy=100.0)


@pytest.mark.parametrize("name", ["GTV $5", "$GTV_$", "_GTV", "a^b_c\\d", "<b>GTV</b> & co", "甲状腺癌靶区"])
def test_any_name_of_a_structure_can_be_drawn(name: str) -> None:
    assert_self_contained(dvh_figure([(dvh(name), dvh(name), "#ff3344")], prescription_gy=80.0))


def test_every_structure_stands_in_the_legend() -> None:
    names = ("GTV", "_GTV2", "Cord")
    svg = dvh_figure([(dvh(n), dvh(n), "#ff3344") for n in names], prescription_gy=80.0)
    for name in names:
        assert f">{name}</text>" in svg


@pytest.mark.parametrize("oriented", [True, False])
@pytest.mark.parametrize("gray", [0.0, 50.0, 1000.0])
def test_slices_are_a_picture_in_the_page(oriented: bool, gray: float) -> None:
    axes = np.array([[1.0, 0, 0]]) if oriented else None
    implant = SeedImplant("6711", np.zeros((1, 3)), axes, np.ones(1))
    ct = CtVolume(GRID, np.zeros(GRID.shape, dtype=np.float32))
    view = SliceView("Plan", ct, implant, lambda p: gray * np.exp(-np.linalg.norm(p, axis=1) / 20))
    address = slice_figure(view, box(8, "GTV"), [box(3, "Cord")], prescription_gy=100.0, z_mm=[-2.0, 0.0])
    kind, _, content = address.partition(",")
    assert kind == "data:image/png;base64"
    assert base64.b64decode(content, validate=True).startswith(b"\x89PNG\r\n")
