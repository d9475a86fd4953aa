"""DCMTK rewrites an object as archives do: it stays the same object, and its facts stay the same."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.unit.dicom.test_instance_facts import nested, private

from seedbed.dicom.instance_facts import instance_facts, same_object

REWRITINGS = [
    ("dcmconv", "+ti"),  # implicit VR
    ("dcmconv", "+te", "+g=", "+e"),  # group lengths, sequences of defined length
    ("dcmconv", "+te", "-e"),  # sequences of undefined length
    ("dcmconv", "+te", "-p", "+p", "128", "64"),  # padding behind the data set
    ("dcmcjpeg", "+e1"),  # JPEG lossless
    ("dcmcjpls", "+el"),  # JPEG-LS lossless
    ("dcmcrle",),
]


@pytest.mark.parametrize("command", REWRITINGS, ids=" ".join)
def test_a_rewritten_object_is_the_same(tmp_path: Path, command: tuple[str, ...]) -> None:
    if shutil.which(command[0]) is None:
        pytest.skip(f"DCMTK's {command[0]} is not installed")
    pixels = np.random.default_rng(1).integers(0, 4000, (32, 32))
    plain, rewritten, changed = (tmp_path / name for name in ("plain.dcm", "rewritten.dcm", "changed.dcm"))
    dataset = private(nested())
    dataset.Rows = dataset.Columns = 32
    dataset.PixelData = pixels.astype("<i2").tobytes()
    dataset.save_as(plain, enforce_file_format=True)
    subprocess.run([*command, plain, rewritten], check=True, capture_output=True)
    one, other = plain.read_bytes(), rewritten.read_bytes()
    assert one != other
    assert same_object(one, other)
    assert same_object(other, one)
    facts = instance_facts(other, "rewritten")
    assert replace(facts, transfer_syntax_uid="1.2.840.10008.1.2.1") == instance_facts(one, "plain")
    dataset.PixelData = (pixels + (np.arange(32) == 7)).astype("<i2").tobytes()
    dataset.save_as(changed, enforce_file_format=True)
    assert not same_object(changed.read_bytes(), other)
