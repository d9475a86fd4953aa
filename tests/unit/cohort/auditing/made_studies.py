"""Synthetic studies: random patients, their tables printed by rounding, as text of the audit's format."""

import json
from dataclasses import dataclass, field

import numpy as np
from lifelines import KaplanMeierFitter
from scipy import stats

from seedbed.statistics.exact import fisher_exact
from seedbed.statistics.ranks import kruskal_wallis_from_counts

METHODS = (
    "averaged_inverted_cdf",
    "weibull",
    "linear",
    "hazen",
    "median_unbiased",
    "normal_unbiased",
    "interpolated_inverted_cdf",
    "inverted_cdf",
)
"""NumPy's names of Hyndman and Fan's definitions 2, 6, 7, 5, 8, 9, 4 and 1."""
HEAD = '[source]\nsource = "a synthetic study"\nplace = "Table 1"\n'


def value(one):
    """Write a value as TOML: text, list, inline table."""
    if isinstance(one, bool):
        return "true" if one else "false"
    if isinstance(one, dict):
        return "{ " + ", ".join(f"{key} = {value(each)}" for key, each in one.items()) + " }"
    if isinstance(one, list | tuple):
        return "[" + ", ".join(map(value, one)) + "]"
    return json.dumps(str(one), ensure_ascii=False)


def part(name, facts, *, many=True):
    head = f"[[{name}]]" if many else f"[{name}]"
    return head + "\n" + "\n".join(f"{key} = {value(one)}" for key, one in facts.items()) + "\n"


@dataclass
class Made:
    """A synthetic study: groups with their sizes, and the parts of its file."""

    sizes: dict
    parts: list = field(default_factory=list)

    def add(self, name, **facts):
        self.parts.append((name, facts))

    @property
    def text(self):
        study = part("study", {"n": sum(self.sizes.values())}, many=False)
        groups = [part("group", {"id": group, "n": n}) for group, n in self.sizes.items()]
        follow = [part(name, facts, many=name != "follow_up") for name, facts in self.parts]
        return "\n".join([HEAD, study, *groups, *follow])


def made_study(seed):
    """Make one study with every kind of line; all that it prints follows from its patients."""
    rng = np.random.default_rng(seed)
    groups = "ABC"[: rng.integers(2, 4)]
    made = Made({group: int(rng.integers(4, 45)) for group in groups})
    for number in range(3):
        add_counts(made, rng, f"counts_{number}")
    add_means(made, rng, "means")
    add_scores(made, rng, "scores")
    add_answers(made, rng, "answers")
    for number in range(2):
        add_quartiles(made, rng, f"quartiles_{number}")
    add_response(made, rng)
    add_survival(made, rng)
    return made


def printed_p(p, rng):
    return "<0.001" if p < 0.001 and rng.random() < 0.5 else f"{p:.3f}"


def table_p(table, rng):
    """Return a p-value and the words for its test."""
    kept = np.array(table)[:, np.sum(table, axis=0) > 0]
    if kept.shape[1] < 2:
        return None
    choice = rng.integers(3)
    if choice == 0:
        return fisher_exact(kept).p_value, "Fisher's exact test"
    if choice == 1:
        return stats.chi2_contingency(kept, correction=False).pvalue, "Pearson chi-square test"
    return kruskal_wallis_from_counts(kept).p_value, "Kruskal-Wallis test"


def add_counts(made, rng, name):
    levels, digits = int(rng.integers(2, 5)), int(rng.integers(0, 3))
    table = [rng.multinomial(n, rng.dirichlet(np.ones(levels))) for n in made.sizes.values()]
    rows = [
        {
            "level": f"level {level}",
            **{
                group: f"{counts[level]} ({100 * counts[level] / n:.{digits}f}%)"
                for (group, n), counts in zip(made.sizes.items(), table, strict=True)
            },
        }
        for level in range(levels)
    ]
    tested = table_p(table, rng)
    p = {} if tested is None else {"p": printed_p(tested[0], rng), "test": tested[1]}
    made.add("variable", id=name, label=name, place="Table 1", kind="counts", rows=rows, **p)
    if tested is not None:
        said = "<0.05" if tested[0] < 0.05 else "not significant"
        made.add("claim", id=f"{name}_p", kind="p", place="text", quote="q", p=said, about=[name])
    group, percent = next((g, cell.partition("(")[2][:-2]) for g, cell in rows[0].items() if g != "level")
    of = {"variable": name, "level": "level 0", "group": group, "statistic": "percent"}
    coarser = f"{100 * table[0][0] / made.sizes[group]:.0f}" if rng.random() < 0.5 else percent
    made.add("claim", id=f"{name}_v", kind="value", place="text", quote="q", value=coarser, of=of)


def mean_cells(values, digits):
    return {g: f"{np.mean(x):.{digits}f} ± {np.std(x, ddof=1):.{digits}f}" for g, x in values.items()}


def add_means(made, rng, name):
    values = {g: rng.normal(rng.uniform(20, 60), rng.uniform(5, 20), n) for g, n in made.sizes.items()}
    p, test = stats.f_oneway(*values.values()).pvalue, "one-way ANOVA"
    if len(values) == 2:
        p, test = stats.ttest_ind(*values.values(), equal_var=rng.random() < 0.5).pvalue, "t-test"
    facts = {
        "kind": "mean_sd",
        "cells": mean_cells(values, 2),
        "p": printed_p(p, rng),
        "test": test,
    }
    made.add("variable", id=name, label=name, place="Table 1", headed="mean", **facts)
    lowest = min(values, key=lambda g: np.mean(values[g]))
    facts = {"kind": "extreme", "variable": name, "statistic": "mean", "group": lowest, "extreme": "lowest"}
    made.add("claim", id=f"{name}_x", place="text", quote="q", **facts)


def add_scores(made, rng, name):
    values = {g: rng.integers(0, rng.integers(3, 12), n) for g, n in made.sizes.items()}
    facts = {"kind": "mean_sd", "whole": True, "min": "0", "max": "11", "cells": mean_cells(values, 2)}
    made.add("variable", id=name, label=name, place="Table 1", **facts)


def add_answers(made, rng, name):
    values = {g: rng.integers(0, 2, n) for g, n in made.sizes.items()}
    facts = {"kind": "mean_sd", "binary": True, "cells": mean_cells(values, int(rng.integers(2, 4)))}
    made.add("variable", id=name, label=name, place="Table 1", **facts)


def add_quartiles(made, rng, name, methods=METHODS):
    method, top = str(rng.choice(methods)), int(rng.integers(3, 60))
    cells = {}
    for group, n in made.sizes.items():
        scores = rng.integers(0, top, n)
        low, high = (float(np.quantile(scores, q, method=method)) for q in (0.25, 0.75))
        cells[group] = f"{np.median(scores):.2f} ({low:.2f}, {high:.2f})"
    facts = {"kind": "quartiles", "whole": True, "min": "0", "max": str(top), "cells": cells}
    made.add("variable", id=name, label=name, place="Table 2", **facts)


def add_response(made, rng):
    for time in ("6 months", "12 months"):
        sizes = {
            g: n if time[0] == "6" else int(rng.integers(max(1, n - 4), n + 1)) for g, n in made.sizes.items()
        }
        counts = {g: rng.multinomial(n, (0.1, 0.3, 0.4, 0.2)) for g, n in sizes.items()}
        levels = ("CR", "PR", "SD", "PD")
        rows = [
            {
                "level": level,
                **{g: f"{counts[g][i]} ({100 * counts[g][i] / n:.1f}%)" for g, n in sizes.items()},
            }
            for i, level in enumerate(levels)
        ]
        common = {"place": "Table 3", "kind": "counts", "time": time, "n": sizes}
        made.add("variable", id=f"response {time}", label=time, scale="ordered", rows=rows, **common)
        good = {g: sum(counts[g][:2]) for g in sizes}
        row = {"level": "ORR", **{g: f"{100 * good[g] / n:.0f}% ({good[g]}/{n})" for g, n in sizes.items()}}
        rate = {"variable": f"response {time}", "levels": ["CR", "PR"]}
        made.add("variable", id=f"orr {time}", label="ORR", rows=[row], rate_of=rate, **common)


def add_survival(made, rng):
    medians, events, every = {}, {}, []
    for group, n in made.sizes.items():
        death, lost = rng.exponential(rng.uniform(5, 60), n), rng.uniform(3, 80, n)
        time, died = np.minimum(death, lost), death <= lost
        every.extend(time)
        median = KaplanMeierFitter().fit(time, died).median_survival_time_
        if np.isfinite(median):
            medians[group], events[group] = f"{median:.1f}", int(died.sum())
    if medians:
        facts = {"statistic": "median", "values": medians, "events": events}
        made.add("survival", id="OS", label="OS", place="section 3", **facts)
        said = {g: f"{float(text):.0f}" for g, text in medians.items()}
        facts = {"kind": "survival", "of": "OS", "statistic": "median", "values": said}
        made.add("claim", id="os", place="abstract", quote="q", **facts)
    times = {"median": f"{np.median(every):.1f}", "min": f"{min(every):.1f}", "max": f"{max(every):.1f}"}
    made.add("follow_up", place="section 3", n=len(every), **times)
