"""Uploads: files come one by one, straight to the disk, and are imported together as a job.

A file that broke off is sent again; nothing is in the store before the job has looked at all of them.
"""

import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from fastapi import Path as InPath
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from seedbed.errors import InputError, OutputError
from seedbed.journey.counted_notes import noted
from seedbed.journey.workbench.jobs import job_as_dict
from seedbed.journey.workbench.refusals import ChangedElsewhereError, NotFoundError
from seedbed.journey.workbench.upload_names import NAMES, check_name, keep_name
from seedbed.web.addresses import decoded
from seedbed.web.visit import Admitted, Visit

router = APIRouter(tags=["imports"])
UPLOADS = True
TOKEN = re.compile(r"[0-9a-f]{32}")
OWNER, PART, ZIP = "owner.txt", ".part", b"PK\x03\x04"
MOST_FILES = 100_000
FileName = Annotated[str, Header(max_length=6000, alias="X-File-Name")]
Upload = Annotated[str, InPath(max_length=64)]


@router.post("/imports", status_code=201)
def new_upload(visit: Admitted) -> dict[str, Any]:
    """Begin an upload."""
    token = secrets.token_hex(16)
    with on_disk():
        folder = visit.workplace.uploads / token
        folder.mkdir(mode=0o700)
        (folder / OWNER).write_text(visit.person.name, encoding="utf-8")
    return {"upload": token}


@router.put("/imports/{upload}/files/{number}")
async def one_file(
    visit: Admitted,
    upload: Upload,
    number: Annotated[int, InPath(ge=0, lt=MOST_FILES)],
    request: Request,
    x_file_name: FileName = "",
) -> dict[str, Any]:
    """Take one file; the same number again replaces it.

    ``X-File-Name`` says, percent-encoded, what sentences are to call it, with its folders if any; nothing is
    ever stored under that name.
    """
    folder = await run_in_threadpool(_folder, visit, upload)
    if x_file_name:
        name = decoded(x_file_name)
        check_name(name)
        with on_disk():
            await run_in_threadpool(keep_name, folder, number, name)
    part = folder / f"{number:06d}-{secrets.token_hex(4)}{PART}"
    try:
        with on_disk():
            size, first = await _taken(request, part, folder)
            part.replace(folder / f"{number:06d}{'.zip' if first == ZIP else '.bin'}")
    except ClientDisconnect as gone:
        raise InputError("a file that broke off", "all of it", "send the file again") from gone
    finally:
        part.unlink(missing_ok=True)
    return {"number": number, "size_bytes": size}


async def _taken(request: Request, part: Path, folder: Path) -> tuple[int, bytes]:
    """Write what comes, and return its length and its beginning; not where the import has begun."""
    size, first = 0, b""
    with part.open("wb") as out:
        if not (folder / OWNER).is_file():
            raise _begun()
        async for chunk in request.stream():
            first = (first + chunk[:4])[:4]
            size += len(chunk)
            await run_in_threadpool(out.write, chunk)
    return size, first


@router.post("/imports/{upload}")
def start_import(visit: Admitted, upload: Upload) -> dict[str, Any]:
    """Import what was uploaded, as a job; not while a file is still arriving."""
    folder = _folder(visit, upload)
    (folder / OWNER).unlink()  # what comes from now on is refused, so that none is missed below
    if arriving := len([*folder.glob(f"*{PART}")]):
        (folder / OWNER).write_text(visit.person.name, encoding="utf-8")
        raise _arriving(arriving)
    if all(file.name == NAMES for file in folder.iterdir()):
        shutil.rmtree(folder, ignore_errors=True)
        raise InputError("an upload without a file", "at least one", "choose files or a folder")
    asked = {"folder": upload, "by": visit.person.name}
    return job_as_dict(visit.jobs.start("import", asked, by=visit.person.name))


@router.delete("/imports/{upload}")
def drop_upload(visit: Admitted, upload: Upload) -> dict[str, Any]:
    """Drop what was uploaded."""
    shutil.rmtree(_folder(visit, upload), ignore_errors=True)
    return {"dropped": upload}


def _folder(visit: Visit, upload: str) -> Path:
    """Return the folder of one's own upload that has not been started."""
    folder = visit.workplace.uploads / upload
    owner = folder / OWNER
    known = TOKEN.fullmatch(upload) is not None and owner.is_file()
    if not known or owner.read_text(encoding="utf-8") != visit.person.name:
        raise NotFoundError(f"no upload '{upload[:40]}'", "one that you began", "begin it again")
    return folder


def _begun() -> NotFoundError:
    return NotFoundError("an upload that has been started", "one that you began", "begin it again")


def _arriving(count: int) -> ChangedElsewhereError:
    (came,) = noted(count, "file of the upload is still arriving", "files of the upload are still arriving")
    return ChangedElsewhereError(
        came, "files that have all arrived", "wait for them, and start the import again"
    )


@contextmanager
def on_disk() -> Iterator[None]:
    """Have a full disk, or one that cannot be written, told in a sentence."""
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"an upload could not be written ({error.strerror or error})",
            "room on the disk of the workplace",
            "make room, and send the file again",
        ) from error
