"""One picture at a time: settings and fonts of the drawing library belong to the whole process."""

from threading import Lock
from typing import Final

DRAWING: Final = Lock()
"""Held by whoever draws in a process that has several threads."""
