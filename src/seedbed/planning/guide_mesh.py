"""Triangles of a solid: its largest part, whether it is closed, its volume and its holes."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def largest_part(vertices: FloatArray, faces: IntArray) -> tuple[FloatArray, IntArray]:
    """Return the connected part with the most triangles, its vertices numbered anew.

    Examples
    --------
    >>> corners = np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [9, 9, 9], [8, 9, 9], [9, 8, 9]])
    >>> faces = np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3], [4, 5, 6]])
    >>> [len(found) for found in largest_part(corners, faces)]
    [4, 4]
    """
    ends = np.concatenate([faces[:, :2], faces[:, 1:]])
    graph = coo_array(
        (np.ones(len(ends), dtype=np.int8), (ends[:, 0], ends[:, 1])), shape=(len(vertices),) * 2
    )
    _, part = connected_components(graph, directed=False)
    kept = faces[part[faces[:, 0]] == np.bincount(part[faces[:, 0]]).argmax()]
    used, numbers = np.unique(kept, return_inverse=True)
    return vertices[used], np.asarray(numbers.reshape(kept.shape), dtype=np.int64)


def is_closed(faces: IntArray) -> bool:
    """Whether every edge is walked once each way: a closed surface whose triangles all turn alike.

    Examples
    --------
    >>> tetrahedron = np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]])
    >>> is_closed(tetrahedron), is_closed(tetrahedron[:3])
    (True, False)
    """
    ends = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]).astype(np.int64)
    size = int(ends.max()) + 1
    there, back = np.sort(ends[:, 0] * size + ends[:, 1]), np.sort(ends[:, 1] * size + ends[:, 0])
    return bool(
        (there[1:] != there[:-1]).all() and (there == back).all() and (ends[:, 0] != ends[:, 1]).all()
    )


def enclosed_mm3(vertices: FloatArray, faces: IntArray) -> float:
    """Return the volume of a closed surface (divergence theorem); above 0 where triangles face outwards.

    Examples
    --------
    >>> corners = np.array([[0.0, 0, 0], [6, 0, 0], [0, 1, 0], [0, 0, 1]])
    >>> enclosed_mm3(corners, np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]]))
    1.0
    """
    a, b, c = (vertices[faces[:, corner]] for corner in range(3))
    return round(float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6), 9)


def through_holes(vertices: FloatArray, faces: IntArray) -> int:
    """Return the holes through one closed part: half of 2 less Euler's number (vertices - edges + faces).

    Examples
    --------
    >>> through_holes(np.zeros((4, 3)), np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]]))
    0
    """
    euler = len(vertices) - len(faces) * 3 // 2 + len(faces)
    return (2 - euler) // 2
