"""A sphere as it is typed."""

from seedbed.errors import InputError

FAR_MM = 10_000.0


def read_sphere(text: str | None) -> tuple[float, float, float, float] | None:
    """Read ``x,y,z,r``."""
    if text is None:
        return None
    try:
        x, y, z, radius = (float(part) for part in text.split(","))
    except ValueError:
        x = y = z = radius = float("nan")
    if not (radius > 0 and all(abs(value) < FAR_MM for value in (x, y, z, radius))):
        raise InputError(
            f"the sphere '{text}'",
            f"four numbers x,y,z,r in mm within {FAR_MM:g}, with r above 0",
            "write it like 12.5,-30,140,20",
        )
    return x, y, z, radius
