"""A guide template as a binary STL file, which printers and milling programs read."""

from pathlib import Path
from typing import Final, Literal

import trimesh

from seedbed.errors import OutputError
from seedbed.planning.guide import Guide

Space = Literal["patient", "template"]

HEADER_BYTES: Final = 80
HEADERS: Final[dict[Space, str]] = {
    "patient": "Seedbed guide template, mm, DICOM LPS: x left, y back, z head; for research",
    "template": "Seedbed guide template, mm, own axes u v w: w outwards. Research software.",
}
"""STL itself knows no unit. A binary file does not begin with 'solid'."""


def guide_stl(guide: Guide, *, space: Space = "patient") -> bytes:
    """Return the template as a binary STL.

    Parameters
    ----------
    guide : Guide
    space : {"patient", "template"}
        Coordinates: LPS, which lies on the CT, or the template's own, with its outer face across w, for the
        machine.

    Returns
    -------
    bytes
        Lengths in mm; the header says so and names the axes.

    Examples
    --------
    >>> import numpy as np
    >>> from seedbed.geometry import VoxelGrid
    >>> from seedbed.implant import Needle
    >>> from seedbed.planning.guide import make_guide
    >>> grid = VoxelGrid((-30.0, -30.0, -30.0), (2.0, 2.0, 2.0), (31, 31, 31))
    >>> body = np.zeros(grid.shape, dtype=bool)
    >>> body[:, :, :16] = True
    >>> stl = guide_stl(make_guide([Needle("N1", (1, 0, 0), (-20, 0, 0))], body, grid))
    >>> stl[:30], (len(stl) - 84) % 50
    (b'Seedbed guide template, mm, DI', 0)
    """
    points = guide.vertices_mm if space == "patient" else guide.frame.to_template(guide.vertices_mm)
    mesh = trimesh.Trimesh(points, guide.faces, process=False)
    header = HEADERS[space].encode("ascii")[:HEADER_BYTES].ljust(HEADER_BYTES)
    exported: bytes = trimesh.exchange.stl.export_stl(mesh)
    return header + exported[HEADER_BYTES:]


def write_guide_stl(guide: Guide, path: Path, *, space: Space = "patient") -> None:
    """Write the template as a binary STL file.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    try:
        path.write_bytes(guide_stl(guide, space=space))
    except OSError as error:
        raise OutputError(
            f"'{path}' could not be written ({error.strerror or error})",
            "a folder that can be written, with room",
            "choose another name or folder",
        ) from error
