"""A folder of DICOM files: which series it holds, and the one that was asked for."""

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from pydicom.dataset import FileDataset
from pydicom.misc import is_dicom
from pydicom.tag import Tag
from pydicom.uid import UID

from seedbed.dicom.files import read_dataset, reading, require, text
from seedbed.dicom.plan_values import counted
from seedbed.dicom.slices import ImageKind, Slice, slice_of
from seedbed.errors import ImageError

PIXEL_DATA = Tag("PixelData")
PATIENT = ("PatientID", "PatientBirthDate")
DESCRIBED = ("SeriesNumber", "SeriesDescription", "Modality")
LISTED = 12
"""Series named in a refusal; local rule."""
DICOM_SUFFIXES = (".dcm", ".dicom", ".ima")
"""Files of these names are meant to be DICOM: one that is none is damaged (local rule)."""
SIDE_FILE = "._"
"""So begin the names of files that macOS lays beside others on foreign disks."""


@dataclass(frozen=True)
class _Image:
    """One image file, everything in it but the pixels, and what it is chosen by."""

    path: Path
    dataset: FileDataset
    sop_class: str
    series_uid: str
    instance_uid: str
    words: dict[str, str]


def is_called_dicom(path: Path) -> bool:
    """Whether the name of a file says that it is DICOM.

    Examples
    --------
    >>> is_called_dicom(Path("IM0001.dcm")), is_called_dicom(Path("letter.pdf"))
    (True, False)
    """
    return path.suffix.lower() in DICOM_SUFFIXES and not path.name.startswith(SIDE_FILE)


def find_series(
    folder: Path, kind: ImageKind, series: str | int | None = None
) -> tuple[list[Slice], tuple[str, ...]]:
    """Return the slices of one series in a folder and its subfolders, and notes on what was passed over.

    Parameters
    ----------
    folder : Path
    kind : ImageKind
        Other objects, and localisers, are passed over.
    series : str or int, optional
        Series Instance UID, Series Number, or a part of the Series Description that only one has; may be left
        out where there is only one series.

    Raises
    ------
    ImageError
        No such folder or image, several patients, several series and no word on which, none or several that
        fit the word, an enhanced (multi-frame) object, one image in two versions, an incomplete file, one
        that is named as slices are and is no DICOM file.
    """
    images = _images(folder, kind)
    _check_one_patient(images, kind)
    groups: dict[str, list[_Image]] = defaultdict(list)
    for image in images:
        groups[image.series_uid].append(image)
    chosen = _choose(groups, kind, series, folder)
    for image in chosen:
        _refuse_enhanced(image, kind)
    single, notes = _without_copies(chosen)
    slices = []
    for image in single:
        with reading(image.path, ImageError):
            slices.append(slice_of(image.dataset, image.path, kind))
    return slices, notes


def _images(folder: Path, kind: ImageKind) -> list[_Image]:
    if not folder.is_dir():
        raise ImageError(
            f"there is no folder '{folder}'", f"a folder with a {kind.name} series", "check the path"
        )
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    marked = {path for path in files if _is_marked(path)}
    found = [one for path in files if path in marked and (one := _image(path, kind)) is not None]
    _check_unmarked([path for path in files if path not in marked], found)
    if not found:
        raise ImageError(
            f"folder '{folder}' holds {counted(len(files), 'file')} and no {kind.name} image among them",
            f"a DICOM {kind.name} series",
            f"choose the folder that holds the {kind.name} slices",
        )
    return found


def _is_marked(path: Path) -> bool:
    with reading(path, ImageError):
        return is_dicom(path)


def _check_unmarked(paths: list[Path], images: list[_Image]) -> None:
    """Refuse a file that is no DICOM but is named as DICOM, or as the images beside it: it was a slice."""
    slices = {_pattern(image.path) for image in images}
    lost = [path for path in paths if is_called_dicom(path) or _pattern(path) in slices]
    if lost:
        more = ["", ", nor is 1 other", f", nor are {len(lost) - 1} others"][min(len(lost) - 1, 2)]
        raise ImageError(
            f"file '{lost[0]}' is not a DICOM file{more}",
            "a DICOM file, as its name says or the images beside it are",
            "export it again, or take it out of the folder if it is no image",
        )


def _pattern(path: Path) -> Path:
    """Path with a sign for each number in the name: that of all slices of one export."""
    return path.with_name(re.sub(r"\d+", "#", path.name))


def _image(path: Path, kind: ImageKind) -> _Image | None:
    """Read a file to its end and forget the pixels; None for localisers and what is no such image."""
    with reading(path, ImageError):
        dataset = read_dataset(path)
        sop_class = _sop_class(dataset, path, kind)
        if sop_class is None or "LOCALIZER" in (dataset.get("ImageType") or ()):
            return None
        require(dataset, "PixelData", name=path.name, refusal=ImageError)
        del dataset[PIXEL_DATA]
        series_uid, instance_uid = (
            str(require(dataset, keyword, name=path.name, refusal=ImageError))
            for keyword in ("SeriesInstanceUID", "SOPInstanceUID")
        )
        words = {keyword: text(dataset, keyword).strip() for keyword in (*PATIENT, *DESCRIBED)}
        return _Image(path, dataset, sop_class, series_uid, instance_uid, words)


def _sop_class(dataset: FileDataset, path: Path, kind: ImageKind) -> str | None:
    """Return the SOP class if it is of this kind; header and content of the file must agree on that."""
    wanted = (kind.sop_class, *kind.enhanced)
    said = [text(dataset, "SOPClassUID"), text(dataset.file_meta, "MediaStorageSOPClassUID")]
    found = {uid for uid in said if uid}
    if len(found) > 1 and found & {str(uid) for uid in wanted}:
        raise ImageError(
            f"'{path.name}' has SOPClassUID {said[0]} and MediaStorageSOPClassUID {said[1]}",
            "one and the same",
            "export it again",
        )
    return next((uid for uid in found if uid in wanted), None)


def _check_one_patient(images: list[_Image], kind: ImageKind) -> None:
    """Refuse two Patient IDs, or two birth dates under one; no choice of a series makes that safe."""
    for keyword in PATIENT:
        holders = {image.words[keyword]: image.path.name for image in images}
        holders = {value: name for value, name in holders.items() if value or keyword == "PatientID"}
        if len(holders) > 1:
            listed = ", ".join(f"{value!r} in '{name}'" for value, name in sorted(holders.items())[:4])
            raise ImageError(
                f"the folder holds {kind.name} images of {len(holders)} patients ({keyword} {listed})",
                "one patient",
                "move the images of each patient into a folder of their own",
            )


def _choose(
    groups: dict[str, list[_Image]], kind: ImageKind, series: str | int | None, folder: Path
) -> list[_Image]:
    if series is None and len(groups) == 1:
        return next(iter(groups.values()))
    fitting = groups if series is None else _fitting(groups, str(series).strip())
    if series is not None and len(fitting) == 1:
        return next(iter(fitting.values()))
    listed = "; ".join(_described(group) for group in list(groups.values())[:LISTED])
    more = f"; and {len(groups) - LISTED} more" if len(groups) > LISTED else ""
    asked = "" if series is None else f", {len(fitting) or 'none'} of which fit {series!r}"
    raise ImageError(
        f"folder '{folder}' holds {len(groups)} {kind.name} series{asked}: {listed}{more}",
        "one series that is named by its SeriesInstanceUID, its number or a part of its description that "
        "only it has",
        "name it with --series (--plan-series for that of the planning), or move it into a folder of its own",
    )


def _fitting(groups: dict[str, list[_Image]], word: str) -> dict[str, list[_Image]]:
    """Series that fit a word: by UID, else by number, else by a part of the description."""
    if word in groups:
        return {word: groups[word]}
    numbered = {uid: g for uid, g in groups.items() if g[0].words["SeriesNumber"] == word}
    if numbered or not word:
        return numbered
    folded = word.casefold()
    return {uid: g for uid, g in groups.items() if folded in g[0].words["SeriesDescription"].casefold()}


def _described(group: list[_Image]) -> str:
    number, described, modality = (group[0].words[keyword] for keyword in DESCRIBED)
    images = counted(len(group), "image")
    return f"number {number or '-'} {described!r}, {modality}, {images}, {group[0].series_uid}"


def _refuse_enhanced(image: _Image, kind: ImageKind) -> None:
    if image.sop_class != kind.sop_class:
        raise ImageError(
            f"'{image.path.name}' holds all slices in one file (SOPClassUID {image.sop_class}, "
            f"{UID(image.sop_class).name})",
            f"a {kind.name} series with one slice a file ({kind.sop_class.name})",
            "let the PACS or the scanner export it as a classic series",
        )


def _without_copies(images: list[_Image]) -> tuple[list[_Image], tuple[str, ...]]:
    """Count an image once that lies in several files; two versions of one image are refused."""
    single: dict[str, _Image] = {}
    copies = 0
    for image in images:
        first = single.setdefault(image.instance_uid, image)
        if first is not image:
            _check_copy(image.path, first.path)
            copies += 1
    said = "1 file is a copy of another" if copies == 1 else f"{copies} files are copies of others"
    notes = (f"{said} (same SOPInstanceUID and content): each image counts once",)
    return list(single.values()), notes if copies else ()


def _check_copy(path: Path, other: Path) -> None:
    with reading(path, ImageError):
        same = path.read_bytes() == other.read_bytes() or read_dataset(path) == read_dataset(other)
    if not same:
        raise ImageError(
            f"'{path.name}' and '{other.name}' differ but have the same SOPInstanceUID",
            "one file for each image",
            "remove the one that is not meant, or export the series again",
        )
