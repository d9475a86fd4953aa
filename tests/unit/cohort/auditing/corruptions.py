"""One wrong number in an honest synthetic table, of each kind that the audit looks for."""

import re

import numpy as np
from tests.unit.cohort.auditing.made_studies import (
    Made,
    add_answers,
    add_counts,
    add_means,
    add_quartiles,
    add_response,
    add_scores,
)


def made(rng, add):
    study = Made({group: int(rng.integers(8, 45)) for group in "AB"})
    if add is add_response:
        add(study, rng)
    elif add is add_quartiles:
        add(study, rng, "line", methods=("weibull", "linear"))
    else:
        add(study, rng, "line")
    return study


def change(text, place, rng, *, least=1, most=9):
    """Change the number at a place of a cell by some units of its last digit."""
    numbers = list(re.finditer(r"\d+(?:\.\d+)?", text))
    found = numbers[place]
    unit = 10.0 ** -len(found[0].partition(".")[2])
    old, digits = float(found[0]), len(found[0].partition(".")[2])
    moved = old + unit * rng.integers(least, most + 1) * (
        1 if old < unit * most or rng.random() < 0.5 else -1
    )
    return text[: found.start()] + f"{moved:.{digits}f}" + text[found.end() :]


def facts_of(study, name):
    return next(facts for kind, facts in study.parts if kind == "variable" and facts["id"] == name)


def percent(rng):
    study = made(rng, add_counts)
    row = facts_of(study, "line")["rows"][0]
    row["A"] = change(row["A"], 1, rng)
    return study


def count(rng):
    study = made(rng, add_counts)
    row = facts_of(study, "line")["rows"][0]
    row["A"] = change(row["A"], 0, rng, most=2)
    return study


def p_value(rng):
    study = made(rng, add_counts)
    facts = facts_of(study, "line")
    if "p" in facts:
        old = float(facts["p"].strip("<"))
        facts["p"] = f"{(old + rng.uniform(0.02, 0.9)) % 1:.3f}"
    return study


def anova_p(rng):
    study = made(rng, add_means)
    facts = facts_of(study, "line")
    facts["p"] = f"{(float(facts['p'].strip('<')) + rng.uniform(0.02, 0.9)) % 1:.3f}"
    return study


def whole_mean(rng):
    study = made(rng, add_scores)
    cells = facts_of(study, "line")["cells"]
    cells["A"] = change(cells["A"], 0, rng)
    return study


def whole_sd(rng):
    study = made(rng, add_scores)
    cells = facts_of(study, "line")["cells"]
    cells["A"] = change(cells["A"], 1, rng)
    return study


def binary_sd(rng):
    study = made(rng, add_answers)
    cells = facts_of(study, "line")["cells"]
    cells["A"] = change(cells["A"], 1, rng)
    return study


def quartile(rng):
    study = made(rng, add_quartiles)
    cells = facts_of(study, "line")["cells"]
    cells["A"] = change(cells["A"], 1, rng)
    return study


def exchanged(rng):
    study = made(rng, add_quartiles)
    cells = facts_of(study, "line")["cells"]
    median, low, high = re.findall(r"\d+\.\d+", cells["A"])
    cells["A"] = f"{low} ({median}, {high})"
    return study


def rate(rng):
    study = made(rng, add_response)
    row = facts_of(study, "orr 6 months")["rows"][0]
    row["A"] = change(row["A"], 1, rng, most=2)
    return study


KINDS = {
    one.__name__: one
    for one in (percent, count, p_value, anova_p, whole_mean, whole_sd, binary_sd, quartile, exchanged, rate)
}
"""Corruptions by name."""


def corrupted(kind, seed):
    return KINDS[kind](np.random.default_rng(seed))
