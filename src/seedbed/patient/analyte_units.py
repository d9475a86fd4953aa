"""Units of laboratory quantities as people and machines write them: what they measure, and how much.

A unit is read without case, blanks and full-width letters: ``10^9/L``, ``x10E9/L``, ``10*9/L``, ``K/uL``,
``G/L``, ``IU/L``, ``µmol/l``, ``mg/dl``, ``毫摩尔/升``. One spelling may mean two things (``G/L`` is giga per
litre in a blood count and gram per litre of albumin): all meanings are returned, and the quantity decides.
"""

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Final

PREFIXES: Final = {
    "": Fraction(1), "d": Fraction(1, 10), "m": Fraction(1, 10**3), "u": Fraction(1, 10**6),
    "n": Fraction(1, 10**9), "p": Fraction(1, 10**12), "f": Fraction(1, 10**15), "k": Fraction(1000),
}  # fmt: skip
"""SI prefixes (BIPM, SI brochure, 9th edition, table 7)."""

LITRES: Final = {
    "l": Fraction(1), "dl": Fraction(1, 10), "100ml": Fraction(1, 10), "ml": Fraction(1, 10**3),
    "ul": Fraction(1, 10**6), "mm3": Fraction(1, 10**6), "cumm": Fraction(1, 10**6),
}  # fmt: skip
THOUSANDS: Final = {"": 1, "k": 10**3, "thou": 10**3, "m": 10**6, "mio": 10**6, "g": 10**9, "t": 10**12}
PER_MICROKATAL: Final = Fraction(60)
"""U in one microkatal: 1 U is 1 umol/min (IUB 1979), 1 kat is 1 mol/s."""

CHINESE: Final = (
    ("国际单位", "iu"), ("毫摩尔", "mmol"), ("微摩尔", "umol"), ("纳摩尔", "nmol"), ("皮摩尔", "pmol"),
    ("毫米汞柱", "mmhg"), ("摄氏度", "c"), ("华氏度", "f"), ("千克", "kg"), ("公斤", "kg"), ("毫克", "mg"),
    ("微克", "ug"), ("纳克", "ng"), ("克", "g"), ("分升", "dl"), ("毫升", "ml"), ("微升", "ul"), ("升", "l"),
    ("小时", "h"), ("毫秒", "ms"), ("秒", "s"), ("单位", "u"), ("每天", "/d"), ("每日", "/d"),
    ("天", "d"), ("日", "d"), ("个", ""),
)  # fmt: skip
SUPERSCRIPTS: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")

COUNT = re.compile(
    r"(?:x?10(?:\^|\*\*|\*|e)?(?P<power>\d{1,2})|1?e(?P<e>\d{1,2})|(?P<word>k|thou|m|mio|g|t)?)"
    r"(?:cells|/?#)?/(?P<volume>l|ul|mm3|ml|cumm)"
)
CONCENTRATION = re.compile(r"(?P<prefix>[munpfk]?)(?P<what>mol|eq|g|iu|u|kat)/(?P<volume>l|dl|100ml|ml|ul)")
DAILY = re.compile(r"(?P<prefix>[mu]?)g/(?:24h(?:rs?|ours?)?|d(?:ay)?)")
WHAT: Final = {
    "mol": "amount per volume",
    "eq": "charge per volume",
    "g": "mass per volume",
    "iu": "activity per volume",
    "u": "activity per volume",
    "kat": "activity per volume",
}


@dataclass(frozen=True)
class UnitMeaning:
    """What a unit means: value x scale, after ``zero`` is taken off, is in the base unit of its dimension.

    Attributes
    ----------
    dimension : str
        Such as ``mass per volume`` (base g/L), ``amount per volume`` (mol/L), ``count per volume`` (1/L).
    scale, zero : Fraction
        Exact; ``zero`` is 32 for Fahrenheit and 0 elsewhere.
    """

    dimension: str
    scale: Fraction
    zero: Fraction = Fraction(0)


PERCENT, RATIO = UnitMeaning("percent", Fraction(1)), UnitMeaning("ratio", Fraction(1))
SECOND, MILLISECOND = UnitMeaning("time", Fraction(1)), UnitMeaning("time", Fraction(1, 1000))
CELSIUS = UnitMeaning("temperature", Fraction(1))
FAHRENHEIT = UnitMeaning("temperature", Fraction(5, 9), Fraction(32))
CLEARANCE = UnitMeaning("clearance", Fraction(1))
DIFFUSING = UnitMeaning("diffusing capacity", Fraction(1))
PLAIN: Final = {
    **dict.fromkeys(("%", "percent", "pct", "%predicted", "%pred"), PERCENT),
    **dict.fromkeys(("", "1", "ratio", "inr", "ph"), RATIO),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), SECOND),
    **dict.fromkeys(("ms", "msec", "msecs"), MILLISECOND),
    "mmhg": UnitMeaning("pressure", Fraction(1)),
    "kpa": UnitMeaning("pressure", 1000 / Fraction("133.322387415")),
    "kg": UnitMeaning("mass", Fraction(1)),
    "g": UnitMeaning("mass", Fraction(1, 1000)),
    **dict.fromkeys(("lb", "lbs"), UnitMeaning("mass", Fraction("0.45359237"))),
    **dict.fromkeys(("c", "degc", "degreesc", "celsius"), CELSIUS),
    **dict.fromkeys(("f", "degf", "degreesf", "fahrenheit"), FAHRENHEIT),
    **dict.fromkeys(("ml/min/1.73m2", "ml/min", "ml/(min*1.73m2)", "ml/min*1.73m2"), CLEARANCE),
    **dict.fromkeys(("ml/(min.1.73m2)", "ml/min.1.73m2", "ml/min1.73m2"), CLEARANCE),
    **dict.fromkeys(("ml/min/mmhg", "ml/(min*mmhg)", "ml/mmhg/min"), DIFFUSING),
    **dict.fromkeys(("kg/m2", "kg/sqm"), UnitMeaning("mass per area", Fraction(1))),
}
"""mmHg: 133.322387415 Pa; lb: 0.45359237 kg (NIST SP 811, appendix B)."""


@lru_cache(maxsize=1024)
def unit_meanings(text: str) -> tuple[UnitMeaning, ...]:
    """Return everything that a unit may mean; empty where it is none.

    Parameters
    ----------
    text : str
        As written by a person or a laboratory.

    Examples
    --------
    >>> [meaning.dimension for meaning in unit_meanings("G/L")]
    ['count per volume', 'mass per volume']
    >>> unit_meanings("x10E9/L") == unit_meanings("K/uL")
    True
    >>> unit_meanings("furlong")
    ()
    """
    unit = fold_unit(text)
    plain = (PLAIN[unit],) if unit in PLAIN else ()
    return (*plain, *_counts(unit), *_concentrations(unit), *_daily(unit))


def fold_unit(text: str) -> str:
    """Return a unit in one spelling: small letters, no blanks, plain digits and signs.

    Examples
    --------
    >>> fold_unit("× 10⁹／Ｌ"), fold_unit("µmol/L"), fold_unit("毫摩尔/升"), fold_unit("℃")
    ('x10^9/l', 'umol/l', 'mmol/l', 'c')
    """
    raised = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda found: "^" + found[0].translate(SUPERSCRIPTS), text)
    unit = unicodedata.normalize("NFKC", raised).casefold()
    unit = re.sub(r"[\s_°\[\]{}]", "", unit).replace("μ", "u").replace("×", "x").replace("·", "*")
    unit = unit.replace("⋅", "*").replace("per", "/").removeprefix("*")
    for chinese, letters in CHINESE:
        unit = unit.replace(chinese, letters)
    unit = re.sub(r"lit(?:re|er)s?", "l", unit).replace("mcg", "ug").replace("mcl", "ul")
    return re.sub(r"(?<=m)\^(?=[23]\b)", "", unit).replace("liter", "l")


def _counts(unit: str) -> tuple[UnitMeaning, ...]:
    found = COUNT.fullmatch(unit)
    if found is None:
        return ()
    power = found["power"] or found["e"]
    number = Fraction(10 ** int(power)) if power else Fraction(THOUSANDS[found["word"] or ""])
    return (UnitMeaning("count per volume", number / LITRES[found["volume"]]),)


def _concentrations(unit: str) -> tuple[UnitMeaning, ...]:
    found = CONCENTRATION.fullmatch(unit)
    if found is None:
        return ()
    scale = PREFIXES[found["prefix"]] / LITRES[found["volume"]]
    if found["what"] == "kat":
        scale *= PER_MICROKATAL * 10**6
    return (UnitMeaning(WHAT[found["what"]], scale),)


def _daily(unit: str) -> tuple[UnitMeaning, ...]:
    found = DAILY.fullmatch(unit)
    return (UnitMeaning("mass per day", Fraction(PREFIXES[found["prefix"]])),) if found else ()
