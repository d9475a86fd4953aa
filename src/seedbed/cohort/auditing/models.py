"""The parts of a typed paper: every key known, every number as text, as printed."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from seedbed.cohort.auditing.findings import Certainty

Statistic = Literal["count", "percent", "mean", "sd", "median", "p25", "p75"]


def _as_printed(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, float):
        raise ValueError(f"the number in quotes, as printed ({value} may have lost a last zero)")
    return value


def _above_0(value: str) -> str:
    if float(value) <= 0:
        raise ValueError("a number above 0")
    return value


Text = Annotated[str, Field(min_length=1)]
Printed = Annotated[str, BeforeValidator(_as_printed), Field(min_length=1)]
Whole = Annotated[str, BeforeValidator(_as_printed), Field(pattern=r"^[0-9]{1,7}$")]
Number = Annotated[str, BeforeValidator(_as_printed), Field(pattern=r"^-?[0-9]+(\.[0-9]+)?$")]
Above0 = Annotated[Number, AfterValidator(_above_0)]


class Part(BaseModel):
    """A part of the file; a key that is not known is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Source(Part):
    """Where everything is typed from."""

    source: Text
    place: Text
    doi: str = ""
    licence: str = ""
    errata: str = ""
    note: str = ""


class StudyFacts(Part):
    """What holds for the whole study; `quartiles` is the definition of its software, where that is known."""

    n: Whole | None = None
    place: Text = "the study"
    significance: Above0 = "0.05"
    quartiles: Text | None = None


class Group(Part):
    """A group of patients, a column of the tables."""

    id: Text
    name: str = ""
    n: Whole


class RateOf(Part):
    """The levels of another variable that a rate counts."""

    variable: Text
    levels: Annotated[list[Text], Field(min_length=1)]


class Variable(Part):
    """A line of a table: its cells by group, or its levels with their cells by group."""

    id: Text
    label: Text
    place: Text
    kind: Literal["counts", "mean_sd", "quartiles", "p_only"]
    scale: Literal["nominal", "ordered", "repeated", "paired"] | None = None
    levels: Literal["one each", "some", "several"] = "one each"
    percent_of: Literal["group", "row", "all"] = "group"
    headed: Literal["mean", "median"] | None = None
    series: str = ""
    time: str = ""
    whole: bool = False
    binary: bool = False
    step: Above0 = "1"
    min: Number | None = None
    max: Number | None = None
    n: dict[str, Whole] = {}
    rows: list[dict[str, Printed]] = []
    cells: dict[str, Printed] = {}
    groups: list[Text] = []
    p: Printed | None = None
    test: str = ""
    rate_of: RateOf | None = None
    note: str = ""


class Survival(Part):
    """Survival times of the groups, as the results print them."""

    id: Text
    label: Text
    place: Text
    statistic: Literal["mean", "median"]
    values: dict[str, Number]
    n: dict[str, Whole] = {}
    events: dict[str, Whole] = {}
    p: Printed | None = None
    test: str = ""
    not_longer_than: str = ""
    note: str = ""


class FollowUp(Part):
    """How long patients were followed."""

    place: Text
    n: Whole
    median: Number
    min: Number | None = None
    max: Number | None = None


class CellOf(Part):
    """Points at one printed number."""

    variable: Text
    group: Text
    statistic: Statistic
    level: str = ""


class Claim(Part):
    """Something the text says."""

    id: Text
    place: Text
    quote: Text
    note: str = ""


class PClaim(Claim):
    """The text gives a p-value or says significant or not; `about` names the lines it speaks of.

    `sure` is how sure it is that it speaks of them: no finding on the claim is surer.
    """

    kind: Literal["p"]
    p: Printed
    about: Annotated[list[Text], Field(min_length=1)]
    groups: list[Text] = []
    sure: Certainty = "certain"


class ValueClaim(Claim):
    """The text repeats a number of a table."""

    kind: Literal["value"]
    value: Number
    of: CellOf


class SurvivalClaim(Claim):
    """The text repeats survival times, and calls them mean or median."""

    kind: Literal["survival"]
    of: Text
    statistic: Literal["mean", "median"]
    values: dict[str, Number]


class ExtremeClaim(Claim):
    """The text says that one group has the lowest or highest number of a line."""

    kind: Literal["extreme"]
    variable: Text
    level: str = ""
    statistic: Statistic
    group: Text
    extreme: Literal["lowest", "highest"]


class WithinClaim(Claim):
    """The text gives a range here and numbers elsewhere that should lie in it."""

    kind: Literal["within"]
    low: Number
    high: Number
    values: Annotated[list[Number], Field(min_length=1)]
    values_place: Text


class TotalClaim(Claim):
    """The text gives a total of whole numbers printed elsewhere."""

    kind: Literal["total"]
    value: Whole
    parts: Annotated[list[Whole], Field(min_length=1)]


AnyClaim = Annotated[
    PClaim | ValueClaim | SurvivalClaim | ExtremeClaim | WithinClaim | TotalClaim,
    Field(discriminator="kind"),
]


class Criterion(Part):
    """A criterion of inclusion or exclusion, word for word."""

    id: Text
    kind: Literal["inclusion", "exclusion"]
    place: Text
    text: Text


class VolumeLink(Part):
    """Joins a volume reduction in percent to the response by diameter at the same visit."""

    reduction: Text
    response: Text
    levels: Annotated[list[Text], Field(min_length=1)]
    diameter_percent: Above0 = "30"
    place: Text


class Typed(Part):
    """A whole typed paper."""

    source: Source
    study: StudyFacts = StudyFacts()
    group: Annotated[list[Group], Field(min_length=1)]
    variable: list[Variable] = []
    survival: list[Survival] = []
    follow_up: FollowUp | None = None
    claim: list[AnyClaim] = []
    criterion: list[Criterion] = []
    volume: list[VolumeLink] = []
