"""Metrics of a DVH as physicists write them: "D90", "V150%", "D2cc", "V80Gy", "Dmean", "V100%[cc]"."""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from seedbed.dosimetry.dvh import Dvh
from seedbed.errors import DoseError

Unit = Literal["Gy", "%", "cc"]
EXAMPLES = (
    "D90",
    "D95",
    "D100",
    "D0.1cc",
    "D2cc",
    "Dmax",
    "Dmin",
    "Dmean",
    "V90",
    "V100",
    "V150",
    "V200",
    "V80Gy",
)
UNITS: dict[str, Unit] = {"": "%", "%": "%", "cc": "cc", "cm3": "cc", "ml": "cc", "gy": "Gy"}
"""As typed: a bare number is a percentage, of the volume after D, of the prescription after V."""
ALLOWED_IN: dict[str, tuple[Unit, ...]] = {"D": ("%", "cc"), "V": ("%", "Gy")}
ALLOWED_OUT: dict[str, tuple[Unit, ...]] = {"D": ("Gy", "%"), "V": ("%", "cc")}
"""Units of the answer; the first where none is asked for."""
NUMBERED = re.compile(r"([dv])(\d+(?:\.\d+)?|\.\d+)(%|cc|cm3|ml|gy)?(?:\[(%|cc|cm3|ml|gy)\])?")
NAMED = re.compile(r"d(max|min|mean)(?:\[(gy|%)\])?")
PERIPHERAL = re.compile(r"m\W?p\W?d\W?")
ALIKE = str.maketrans({"o": "0", "l": "1", "i": "1", ",": ".", "(": "[", ")": "]"})
"""Typed for one another."""


@dataclass(frozen=True)
class Metric:
    """A question to a DVH.

    Attributes
    ----------
    letter : "D" or "V"
        Dose to a volume, or volume at a dose.
    what : float or "max", "min", "mean"
        The volume after D, the dose after V.
    what_unit : "%", "cc" or "Gy"
        Unit of ``what``; percent of the structure after D, of the prescription after V.
    unit : "Gy", "%" or "cc"
        Unit of the answer; percent of the prescription for D, of the structure for V.

    Examples
    --------
    >>> import numpy as np
    >>> dvh = Dvh.of("GTV", np.array([90.0, 110.0, 130.0, 200.0]), np.full(4, 1.0))
    >>> parse_metric("D90").of(dvh), parse_metric("V100").of(dvh, prescription_gy=100.0)
    (90.0, 75.0)
    """

    letter: Literal["D", "V"]
    what: float | Literal["max", "min", "mean"]
    what_unit: Unit
    unit: Unit

    @property
    def name(self) -> str:
        """The metric as it is usually written."""
        what = self.what if isinstance(self.what, str) else f"{self.what:.12g}"
        unit = "" if self.what_unit == "%" else self.what_unit
        asked = "" if self.unit == ALLOWED_OUT[self.letter][0] else f"[{self.unit}]"
        return f"{self.letter}{what}{unit}{asked}"

    @property
    def needs_prescription(self) -> bool:
        """Whether the answer depends on the prescription dose."""
        return self.unit == "%" if self.letter == "D" else self.what_unit == "%"

    def of(self, dvh: Dvh, prescription_gy: float | None = None) -> float:
        """Answer the question.

        Parameters
        ----------
        dvh : Dvh
        prescription_gy : float, optional
            Needed where `needs_prescription` says so.

        Returns
        -------
        float
            In ``unit``. D of more cc than the structure holds is its least dose.

        Raises
        ------
        DoseError
            No prescription where one is needed, or one that is not positive.
        """
        if not self.needs_prescription:
            return self._answer(dvh, 100.0)
        if prescription_gy is None or not 0 < prescription_gy < float("inf"):
            raise DoseError(
                f"{self.name} of '{dvh.name}' with a prescription of {prescription_gy} Gy",
                "a positive prescription dose, since it is counted in percent of it",
                "state the prescription, or ask for a metric in Gy",
            )
        return self._answer(dvh, prescription_gy)

    def _answer(self, dvh: Dvh, prescription_gy: float) -> float:
        if self.letter == "V":
            dose = float(self.what) * (prescription_gy / 100 if self.what_unit == "%" else 1.0)
            return dvh.volume_cc_at(dose) if self.unit == "cc" else dvh.volume_pct(dose)
        dose = self._dose(dvh)
        return 100 * dose / prescription_gy if self.unit == "%" else dose

    def _dose(self, dvh: Dvh) -> float:
        if isinstance(self.what, str):
            return {"max": dvh.max_gy, "min": dvh.min_gy, "mean": dvh.mean_gy}[self.what]
        return dvh.dose_to_pct(self.what) if self.what_unit == "%" else dvh.dose_to_cc(self.what)


def parse_metric(text: str) -> Metric:
    """Read a metric.

    Parameters
    ----------
    text : str
        Capitals and spaces do not matter. After D comes a volume: a bare number or "%" is percent of the
        structure, "cc" (or "cm3", "ml") is absolute, "max", "min", "mean" are what they say. After V comes a
        dose: a bare number or "%" is percent of the prescription, "Gy" is absolute. The unit of the answer
        may follow in brackets: Gy (usual) or % of the prescription for D, % of the structure (usual) or cc
        for V.

    Raises
    ------
    DoseError
        A text that is no metric; the likely meaning is named. "MPD" means two different things, and is
        refused.

    Examples
    --------
    >>> metric = parse_metric("v 100 % [cc]")
    >>> metric.name, metric.unit, metric.needs_prescription
    ('V100[cc]', 'cc', True)
    >>> parse_metric("D9O")
    Traceback (most recent call last):
    seedbed.errors.DoseError: the metric 'D9O'; expected ... (did you mean 'D90'?); correct the metric.
    """
    typed = "".join(text.split()).casefold()
    if PERIPHERAL.fullmatch(typed):
        raise DoseError(
            f"the metric '{text}'",
            "a word that means one thing: the matched peripheral dose (its isodose holds as much tissue as "
            "the target) and the minimum peripheral dose (the least on the target's surface) are different",
            "ask for D100, the least dose of all, or for both with 'seedbed dvh --target NAME'",
        )
    metric = _read(typed)
    if metric is None:
        meant = _meant(typed)
        hint = f" (did you mean '{meant}'?)" if meant else ""
        raise DoseError(
            f"the metric '{text}'",
            f"D with a volume or V with a dose, such as D90, D2cc, Dmean, V100, V80Gy, V100[cc]{hint}",
            "correct the metric",
        )
    return metric


def _read(typed: str) -> Metric | None:
    if named := NAMED.fullmatch(typed):
        what: Literal["max", "min", "mean"] = named[1]  # type: ignore[assignment]
        return Metric("D", what, "%", "%" if named[2] == "%" else "Gy")
    found = NUMBERED.fullmatch(typed)
    if not found:
        return None
    letter: Literal["D", "V"] = "D" if found[1] == "d" else "V"
    number, unit = float(found[2]), UNITS[found[3] or ""]
    asked = UNITS[found[4]] if found[4] else ALLOWED_OUT[letter][0]
    fits = unit in ALLOWED_IN[letter] and asked in ALLOWED_OUT[letter] and number > 0
    too_much = letter == "D" and unit == "%" and number > 100
    return Metric(letter, number, unit, asked) if fits and not too_much else None


def _volume_or_dose(found: re.Match[str]) -> str:
    """Take a number of cc after V for a volume (D2cc) up to 20, for a dose (V150[cc]) above."""
    number = float(found[1].rstrip(".") or 0)
    return f"d{found[1]}cc" if number <= 20 else f"v{found[1]}[cc]"


def _meant(typed: str) -> str | None:
    """Name of the metric that was likely meant: letters for digits, another order, a unit cut short."""
    plain = typed.replace("_", "").replace("-", "").replace("=", "")
    tried = [plain, plain[:1] + plain[1:].translate(ALIKE)]
    for word in list(tried):
        tried += [
            re.sub(r"c+(?:m[³^]?3?)?$", "cc", word),
            re.sub(r"g+(?:y+|r|ray)?$", "gy", word),
            re.sub(r"(?:%|percent|pct|prozent)+$", "%", word),
            re.sub(r"^([\d.]+)([dv])$", r"\2\1", word),
            re.sub(r"\[.*$", "", word),
            re.sub(r"^d(?:ose)?(max|min|mean)\w*$", r"d\1", word),
            re.sub(r"^v([\d.]+)(?:cc|cm3|ml)$", _volume_or_dose, word),
            re.sub(r"^d([\d.]+)gy$", r"v\1gy", word),
        ]
    metrics = [metric for word in tried if (metric := _read(word))]
    if metrics:
        return metrics[0].name
    if len(typed) < len("d90"):
        return None
    near = get_close_matches(typed, [name.casefold() for name in EXAMPLES], n=1, cutoff=0.5)
    return next((name for name in EXAMPLES if near and name.casefold() == near[0]), None)
