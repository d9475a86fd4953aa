"""Colours of segments: the fixed points of CIELab, and those of LittleCMS."""

import pytest
from PIL import Image, ImageCms

from seedbed.dicom.segment_colours import cielab
from seedbed.dicom.structure_writing import COLOURS

MIDDLE = 0x8080


def test_black_white_and_grey_have_no_hue() -> None:
    """PS3.3 C.10.7.1.1: L* from 0 to 100 is 0 to 65535; zero of a* and b* is 0x8080."""
    assert cielab((0, 0, 0)) == [0, MIDDLE, MIDDLE]
    assert cielab((255, 255, 255)) == [0xFFFF, MIDDLE, MIDDLE]
    for level in (1, 10, 119):
        assert cielab((level, level, level))[1:] == [MIDDLE, MIDDLE]


@pytest.mark.parametrize("rgb", [*COLOURS, (255, 0, 0), (0, 255, 0), (0, 0, 255)])
def test_colours_are_those_of_a_colour_management_system(rgb: tuple[int, int, int]) -> None:
    """LittleCMS takes sRGB to CIELab under D50, hues with 128 as zero: one of 8 bits is 257 of 16 bits."""
    to_lab = ImageCms.buildTransform(
        ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB"
    )
    eight = ImageCms.applyTransform(Image.new("RGB", (1, 1), rgb), to_lab).getpixel((0, 0))
    assert cielab(rgb) == pytest.approx([257 * value for value in eight], abs=1.1 * 257)
