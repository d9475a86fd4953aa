"""On which CT an object lies: the user's word, then the series it names, then its frame."""

from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest

from seedbed.dicom import CtSeries, Identity
from seedbed.errors import InputError
from seedbed.geometry import VoxelGrid
from seedbed.imaging import CtVolume
from seedbed.journey.verification.frames import Scans

GRID = VoxelGrid((0, 0, 0), (1, 1, 2), (2, 3, 3))


def series(uid: str, frame: str) -> CtSeries:
    who = Identity("P", "", "", "", "1.2", "", "", "", "", frame, datetime(2026, 1, 5))
    ct = CtVolume(GRID, np.zeros(GRID.shape, dtype=np.float32))
    return CtSeries(ct, who, uid, (), np.empty(0))


AFTER, BEFORE = series("1.1", "9.1"), series("1.2", "9.2")
APART = Scans(AFTER, BEFORE)
SHARED = Scans(AFTER, replace(BEFORE, identity=replace(BEFORE.identity, frame_uid="9.1")))


@pytest.mark.parametrize(
    ("scans", "frame", "named", "said", "before", "unsure"),
    [
        (Scans(AFTER), "9.1", (), None, False, False),
        (APART, "9.1", (), None, False, False),
        (APART, "9.2", (), None, True, False),
        (SHARED, "9.1", (), None, True, True),
        (SHARED, "9.1", ("1.1",), None, False, False),
        (SHARED, "9.1", ("1.2",), None, True, False),
        (SHARED, "9.1", ("1.1", "1.2"), None, True, True),
        (SHARED, "9.1", ("1.2",), "ct", False, False),
        (SHARED, "9.1", ("1.1",), "plan-ct", True, False),
    ],
)
def test_on_which_ct_an_object_lies(scans, frame, named, said, before, unsure):
    assert scans.lies_before(frame, "it", series_uids=named, said=said) is before
    assert scans.undecided(frame, named, said) is unsure


@pytest.mark.parametrize(
    ("scans", "frame", "named", "said"),
    [
        (Scans(AFTER), "9.2", (), None),
        (Scans(AFTER), "", (), None),
        (APART, "9.3", (), None),
        (APART, "9.1", (), "plan-ct"),
        (APART, "9.2", (), "ct"),
        (APART, "9.2", ("1.1",), None),
    ],
    ids=["other frame", "no frame", "neither", "said before", "said after", "named another"],
)
def test_a_frame_that_does_not_fit_is_refused(scans, frame, named, said):
    with pytest.raises(InputError, match="it has the frame of reference"):
        scans.lies_before(frame, "it", series_uids=named, said=said)


def test_two_cts_without_a_frame_share_none():
    nameless = replace(AFTER, identity=replace(AFTER.identity, frame_uid=""))
    with pytest.raises(InputError, match=r"\(none\)"):
        Scans(nameless).lies_before("", "it")
