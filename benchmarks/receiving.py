"""How fast objects are received, beside a minimal pynetdicom receiver that writes files, in one run.

Run ``python benchmarks/receiving.py`` in the folder above. 2000 synthetic CT images come over four
associations at once, each from a process of its own: 200 of 512 x 512 and 1800 of 64 x 64 pixels of 16 bits,
120 MB in all. Five receivers in processes of their own take turns: the minimal one, the same that also forces
each file to disk before it answers, ours in both these ways, and ours with the store. Senders are our own,
and DCMTK's ``storescu`` where it is installed; a plain loop of pynetdicom's ``send_c_store`` is not used, as
it now and then loses the answer of a quick receiver. Printed are images a second, images lost, and the peak
memory of the receiver.
"""

import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from shutil import which

import numpy as np
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian
from pynetdicom import AE, AllStoragePresentationContexts, evt

from seedbed.dicom.pacs.receiver import receive
from seedbed.dicom.pacs.settings import Here
from seedbed.journey.filing import filing

SENDERS, SMALL, LARGE = 4, 1800, 200
SMALL_EDGE, LARGE_EDGE = 64, 512
ROOT = "1.2.826.0.1.3680043.8.498.77"
DCMTK = which("storescu", path="/usr/bin:/usr/local/bin:/opt/homebrew/bin")
ROUNDS = 2


def image(path: Path, number: int, edge: int) -> None:
    """Write one image of noise."""
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = CTImageStorage
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"{ROOT}.{number}"
    ds.PatientName, ds.PatientID, ds.Modality = "SYNTHETIC", "SYNTHETIC", "CT"
    ds.StudyInstanceUID, ds.SeriesInstanceUID = f"{ROOT}.0.1", f"{ROOT}.0.1.1"
    ds.Rows = ds.Columns = edge
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = 16, 16, 15
    ds.PixelRepresentation, ds.SamplesPerPixel, ds.PhotometricInterpretation = 0, 1, "MONOCHROME2"
    ds.PixelData = np.random.default_rng(number).integers(0, 4096, edge**2, dtype=np.uint16).tobytes()
    ds.save_as(path, enforce_file_format=True)


def images(folder: Path) -> None:
    """Write them all, each sender's in a folder of its own."""
    for number in range(SMALL + LARGE):
        place = folder / str(number % SENDERS)
        place.mkdir(parents=True, exist_ok=True)
        image(place / f"{number:04}.dcm", number, LARGE_EDGE if number % 10 == 0 else SMALL_EDGE)


class Sink:
    """A folder that takes files, whole or not at all; ``safe`` forces each to disk."""

    def __init__(self, folder: Path, *, safe: bool) -> None:
        self.folder, self.safe, self.lock, self.count = folder, safe, threading.Lock(), 0

    def __call__(self, content: bytes) -> None:
        with self.lock:
            self.count += 1
            number = self.count
        with (self.folder / f"{number}.dcm").open("wb") as file:
            file.write(content)
            if self.safe:
                file.flush()
                os.fsync(file.fileno())


def minimal(folder: Path, line: Connection, *, safe: bool = False) -> None:
    """Receive as the shortest program with pynetdicom does."""
    sink = Sink(folder, safe=safe)

    def store(event: evt.Event) -> int:
        sink(event.encoded_dataset())
        return 0

    entity = AE("SEEDBED")
    entity.supported_contexts = AllStoragePresentationContexts
    server = entity.start_server(("127.0.0.1", 0), block=False, evt_handlers=[(evt.EVT_C_STORE, store)])
    line.send(server.server_address[1])
    line.recv()
    server.shutdown()
    line.send(peak_mb())


def minimal_safe(folder: Path, line: Connection) -> None:
    """Receive as the shortest program with pynetdicom does, each file forced to disk."""
    minimal(folder, line, safe=True)


def received(line: Connection, keep: Callable[[bytes], object]) -> None:
    """Receive as Seedbed does."""
    stop = threading.Event()
    threading.Thread(target=lambda: (line.recv(), stop.set()), daemon=True).start()
    receive(Here(port=0), keep, ready=lambda _, port: line.send(port), stop=stop)
    line.send(peak_mb())


def ours(folder: Path, line: Connection) -> None:
    """Receive as Seedbed does, into plain files."""
    received(line, Sink(folder, safe=False))


def ours_safe(folder: Path, line: Connection) -> None:
    """Receive as Seedbed does, each file forced to disk."""
    received(line, Sink(folder, safe=True))


def with_store(folder: Path, line: Connection) -> None:
    """Receive as Seedbed does, into its store."""
    with filing(folder / "store", origin="sent to SEEDBED") as files:
        received(line, files.keep)


def peak_mb() -> float:
    """Peak memory of this process, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


SEND = """
import sys; from pathlib import Path
from seedbed.dicom.pacs import DimsePeer, Here, send
peer = DimsePeer("x", "SEEDBED", "127.0.0.1", int(sys.argv[1]), retries=0)
sent = send(peer, Here(), sorted(Path(sys.argv[2]).iterdir()))
assert not sent.failed
"""


def own_sender(port: int, folder: Path) -> list[str]:
    """Send as Seedbed does."""
    return [sys.executable, "-c", SEND, str(port), str(folder)]


def dcmtk_sender(port: int, folder: Path) -> list[str]:
    """Send with DCMTK."""
    return [str(DCMTK), "-aec", "SEEDBED", "+sd", "127.0.0.1", str(port), str(folder)]


def run(
    receiver: Callable[[Path, Connection], None], sender: Callable[[int, Path], list[str]], sent: Path
) -> tuple[float, int, float]:
    """Receive all once: images a second, images lost, peak memory in MB."""
    spawn = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as name:
        here, there = spawn.Pipe()
        process = spawn.Process(target=receiver, args=(Path(name), there))
        process.start()
        port, start = here.recv(), time.perf_counter()
        senders = [subprocess.Popen(sender(port, sent / str(each))) for each in range(SENDERS)]
        codes = [each.wait() for each in senders]
        seconds = time.perf_counter() - start
        here.send("stop")
        peak = here.recv()
        process.join()
        came = len(list(Path(name).rglob("*.dcm")))
    assert codes == [0] * SENDERS
    return came / seconds, SMALL + LARGE - came, peak


def main() -> None:
    """Compare receivers, best of some rounds in turn, for each sender."""
    receivers = (minimal, minimal_safe, ours, ours_safe, with_store)
    senders = [own_sender, *([dcmtk_sender] if DCMTK else [])]
    with tempfile.TemporaryDirectory() as name:
        images(Path(name))
        for sender in senders:
            rounds = [{each: run(each, sender, Path(name)) for each in receivers} for _ in range(ROUNDS)]
            base = max(each[minimal][0] for each in rounds)
            for receiver in receivers:
                rate = max(each[receiver][0] for each in rounds)
                lost, peak = (
                    max(each[receiver][1] for each in rounds),
                    max(each[receiver][2] for each in rounds),
                )
                print(
                    f"{sender.__name__:12} to {receiver.__name__:12} {rate:5.0f} images/s, "
                    f"{rate / base:5.2f} of minimal, {lost} lost, {peak:4.0f} MB"
                )


if __name__ == "__main__":
    main()
