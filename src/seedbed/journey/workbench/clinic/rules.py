"""The rules of screening and prescription as tables: what each asks for, and where it stands."""

from collections.abc import Iterator
from typing import Any

from seedbed.patient import PatientFacts
from seedbed.protocol import Protocol, load_rules
from seedbed.protocol.conditions import Condition, evaluate
from seedbed.protocol.models import Rule


def screening_rules(protocol: Protocol | None = None) -> dict[str, Any]:
    """Return the criteria of inclusion and exclusion.

    Parameters
    ----------
    protocol : Protocol, optional
        The shipped one by default.

    Returns
    -------
    dict
        ``protocol``, its title; ``source``; ``criteria``, each with ``rule_id``, ``kind``, ``text``,
        ``source``, ``arms`` (empty: all), ``facts`` that it asks for, and ``notes``, our readings.

    Examples
    --------
    >>> found = screening_rules()["criteria"]
    >>> found[3]["rule_id"], found[3]["facts"], found[-1]["kind"]
    ('I4', ['kps'], 'exclusion')
    """
    rules = protocol or load_rules()
    asked = [
        *(("inclusion", each) for each in rules.inclusion),
        *(("exclusion", each) for each in rules.exclusion),
    ]
    criteria = [
        {"kind": kind, "arms": [*(each.arms or ())], **_told(each, rules, each.when)} for kind, each in asked
    ]
    return {**_head(rules), "criteria": criteria}


def prescription_rules(protocol: Protocol | None = None) -> dict[str, Any]:
    """Return the doses in the order in which they are tried, and the activities by site.

    Examples
    --------
    >>> found = prescription_rules()
    >>> [each["dose_gy"] for each in found["doses"]], found["doses"][-1]["facts"]
    ([80.0, 100.0, 120.0], [])
    >>> {each["site"]: each["default_mbq"] for each in found["activities"]}
    {'surface': 18.5, 'bone': 33.3, 'other': 25.9}
    """
    rules = protocol or load_rules()
    ordered = sorted(rules.prescription, key=lambda rule: rule.precedence)
    names = ("site", "low_mbq", "high_mbq", "default_mbq")
    return {
        **_head(rules),
        "doses": [{"dose_gy": each.dose_gy, **_told(each, rules, each.when)} for each in ordered],
        "activities": [
            {**{name: getattr(each, name) for name in names}, **_told(each, rules, None)}
            for each in rules.activity
        ],
    }  # fmt: skip


def _head(rules: Protocol) -> dict[str, str]:
    return {"protocol": rules.title, "source": rules.source.source}


def _told(rule: Rule, rules: Protocol, when: Condition | None) -> dict[str, Any]:
    return {
        "rule_id": rule.id,
        "text": rule.text,
        "source": rules.cite(rule.id),
        "facts": [*_facts(when)],
        "notes": [reading.text for reading in rules.readings(rule.id)],
    }


def _facts(when: Condition | None) -> Iterator[str]:
    """Give the facts that a condition asks for: those that lack where nothing is stated."""
    if when is not None:
        yield from evaluate(when, PatientFacts()).missing
