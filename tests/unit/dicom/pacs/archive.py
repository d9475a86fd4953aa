"""A small complete archive for tests, DCMTK's dcmqrscp, on loopback; and objects to put into it."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian

from seedbed.dicom.pacs.settings import DimsePeer, Here

STUDY = "1.2.826.0.1.3680043.8.498.71"
PLACES = "/usr/bin:/usr/local/bin:/opt/homebrew/bin"
"""Where packages of systems put DCMTK; other programs of the same names are no judges."""


def dcmtk(name: str) -> str:
    """Return the path of a program of DCMTK."""
    program = shutil.which(name, path=PLACES)
    if program is None:
        pytest.skip(f"DCMTK's {name} is not installed")
    return program


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def image(
    path: Path,
    number: int = 1,
    *,
    study: str = STUDY,
    series: int = 1,
    name: str = "SYNTHETIC^王",
    edge: int = 16,
) -> Path:
    """Write a small CT image of noise."""
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = CTImageStorage
    ds.StudyInstanceUID, ds.SeriesInstanceUID = study, f"{study}.{series}"
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = UID(f"{study}.{series}.{number}")
    ds.PatientName, ds.PatientID, ds.PatientBirthDate, ds.PatientSex = name, "SYNTHETIC", "", "O"
    ds.StudyDate, ds.StudyTime, ds.StudyID, ds.AccessionNumber = "20260102", "101010", "1", "A1"
    ds.ReferringPhysicianName, ds.Modality, ds.SeriesNumber, ds.InstanceNumber = "", "CT", series, number
    ds.Rows = ds.Columns = edge
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 16, 15, 0
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.PixelData = np.random.default_rng(number).integers(0, 4096, edge**2, dtype=np.uint16).tobytes()
    ds.save_as(path, enforce_file_format=True)
    return path


def images(folder: Path, count: int, *, series: int = 1) -> list[Path]:
    return [
        image(folder / f"{series}-{number:03}.dcm", number, series=series) for number in range(1, count + 1)
    ]


def data_set(file: bytes) -> bytes:
    """Return what follows the file meta information (PS3.10, 7.1)."""
    length = int.from_bytes(file[140:144], "little")  # of (0002,0000), an explicit UL at byte 132
    return file[144 + length :]


@contextmanager
def archive(folder: Path, here: Here, options: Sequence[str] = ()) -> Iterator[DimsePeer]:
    """Run dcmqrscp, which knows us by our AE title and port."""
    program, port, store = dcmtk("dcmqrscp"), free_port(), folder / "archive"
    store.mkdir()
    settings = folder / "dcmqrscp.cfg"
    settings.write_text(
        f"NetworkTCPPort = {port}\nMaxPDUSize = 131072\nMaxAssociations = 16\n"
        f"HostTable BEGIN\nus = ({here.ae_title}, localhost, {here.port})\nHostTable END\n"
        "VendorTable BEGIN\nVendorTable END\n"
        f"AETable BEGIN\nARCHIVE {store} RW (200, 1024mb) ANY\nAETable END\n"
    )
    process = subprocess.Popen([program, "-q", *options, "-c", str(settings)], stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield DimsePeer("archive", "ARCHIVE", "127.0.0.1", port, timeout_s=10, retries=1)
    finally:
        process.terminate()
        process.wait(timeout=10)


def wait_for(port: int) -> None:
    """Wait until somebody listens."""
    end = time.monotonic() + 10
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert time.monotonic() < end, f"nobody listens at port {port}"
            time.sleep(0.05)
