"""CT pixels: volumes, how metal seeds look in them, and how they are found again."""

from seedbed.imaging.volume import CtVolume

__all__ = ["CtVolume"]
