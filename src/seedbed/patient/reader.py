"""Read the facts of one patient from a TOML file."""

import tomllib
from pathlib import Path

from seedbed.errors import InputError
from seedbed.patient.facts import PatientFacts
from seedbed.tables.reader import read_text


def read_patient_facts(path: Path) -> PatientFacts:
    """Read the facts of one patient from a TOML file of ``fact = value`` lines.

    Parameters
    ----------
    path : Path
        UTF-8 TOML without tables; a fact that is left out is "not stated".

    Raises
    ------
    InputError
        A file that cannot be read, is not TOML, or holds a fact `PatientFacts` refuses.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "synthetic.toml"
    ...     _ = file.write_text("kps = 90  # synthetic", encoding="utf-8")
    ...     read_patient_facts(file).kps
    90
    """
    try:
        given = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise InputError(
            f"file '{path.name}' is not valid TOML: {error}", "lines such as 'kps = 90'", "correct that line"
        ) from error
    return PatientFacts.from_mapping(given, where=f"the facts in '{path.name}'")
