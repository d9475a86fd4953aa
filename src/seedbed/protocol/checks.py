"""What a rules file must fulfil beyond the types of its values: ids, facts, units, order."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from seedbed.errors import RulesError, one_of
from seedbed.patient import FACTS
from seedbed.protocol.conditions import OPERATORS_OF_KIND, Condition
from seedbed.protocol.models import Drug, Protocol


def check_rules(protocol: Protocol, name: str) -> None:
    """Refuse rules that name what does not exist or contradict each other.

    Parameters
    ----------
    protocol : Protocol
        As read.
    name : str
        Name of the file, for messages.

    Raises
    ------
    RulesError
        The first fault found.
    """
    where = f"rules file '{name}'"
    _check_ids(protocol, where)
    _check_references(protocol, where)
    for path, condition in _conditions(protocol):
        _check_condition(condition, f"{where}, {path}")
    _check_prescription(protocol, where)
    _check_activity(protocol, where)
    _check_drug(protocol.drug, where)
    months = protocol.visits.months
    if any(later <= earlier for earlier, later in pairwise(months)):
        raise RulesError(
            f"{where} has 'visits.months' = {list(months)}", "months that rise", "put them in order"
        )


def _check_ids(protocol: Protocol, where: str) -> None:
    ids = [rule.id for rule in protocol.rules] + [arm.id for arm in protocol.arm]
    for rule_id, count in Counter(ids + [reading.id for reading in protocol.reading]).items():
        if count > 1:
            raise RulesError(
                f"{where} gives the id '{rule_id}' to {count} rules", "one id for one rule", "rename one"
            )


def _check_references(protocol: Protocol, where: str) -> None:
    rule_ids, arm_ids = [rule.id for rule in protocol.rules], [arm.id for arm in protocol.arm]
    asked = [
        (f"reading {reading.id}", rule_id, rule_ids)
        for reading in protocol.reading
        for rule_id in reading.about
    ]
    for criterion in (*protocol.inclusion, *protocol.exclusion):
        asked += [(f"criterion {criterion.id}", arm, arm_ids) for arm in criterion.arms or ()]
    for asker, wanted, known in asked:
        if wanted not in known:
            raise RulesError(f"{where}, {asker} names '{wanted}'", one_of(known, wanted), "correct the id")


def _conditions(protocol: Protocol) -> Iterator[tuple[str, Condition]]:
    for section in ("inclusion", "exclusion", "prescription"):
        for number, rule in enumerate(getattr(protocol, section)):
            if rule.when is not None:
                yield f"rule {rule.id}, '{section}[{number}].when", rule.when


def _check_condition(condition: Condition, path: str) -> None:
    parts = {
        "fact": condition.fact,
        "all": condition.all,
        "any": condition.any,
        "not": condition.not_,
    }
    given = [key for key, part in parts.items() if part is not None]
    if len(given) != 1:
        raise RulesError(
            f"{path}' has {' and '.join(repr(key) for key in given) or 'none of them'}",
            "exactly one of 'fact', 'all', 'any', 'not'",
            "split the condition or complete it",
        )
    if condition.not_ is not None:
        _check_condition(condition.not_, f"{path}.not")
    for key in ("all", "any"):
        branches = parts[key]
        if isinstance(branches, tuple):
            _check_branches(branches, f"{path}.{key}")
    if condition.fact is not None:
        _check_comparison(condition, path)


def _check_branches(branches: tuple[Condition, ...], path: str) -> None:
    if not branches:
        raise RulesError(f"{path}' is empty", "at least one condition", "fill it or remove it")
    for number, branch in enumerate(branches):
        _check_condition(branch, f"{path}[{number}]")


def _check_comparison(condition: Condition, path: str) -> None:
    name = condition.fact or ""
    if name not in FACTS:
        raise RulesError(f"{path}.fact' is '{name}'", one_of(FACTS, name), "correct the name of the fact")
    fact = FACTS[name]
    operators = OPERATORS_OF_KIND[fact.kind]
    if condition.op not in operators:
        came = "is missing" if condition.op is None else f"is '{condition.op}'"
        raise RulesError(
            f"{path}.op' {came}", f"{one_of(operators)} for the {fact.kind} '{name}'", "correct the operator"
        )
    if isinstance(condition.value, bool) is not (fact.kind == "yes or no") or condition.value is None:
        wanted = "true or false" if fact.kind == "yes or no" else "a number"
        raise RulesError(
            f"{path}.value' is {str(condition.value).lower()}", f"{wanted} for '{name}'", "correct the value"
        )
    _check_range(condition, path)
    _check_unit(condition, path)


def _check_range(condition: Condition, path: str) -> None:
    """Refuse a limit that no value of the fact can pass, as one in another unit would be."""
    fact = FACTS[condition.fact or ""]
    if fact.low is None or fact.high is None or isinstance(condition.value, bool):
        return
    if not fact.low <= float(condition.value or 0.0) <= fact.high:
        raise RulesError(
            f"{path}.value' is {condition.value}",
            f"a number from {fact.low:g} to {fact.high:g} {fact.unit}".rstrip() + f" for '{fact.name}'",
            "correct the value or its unit",
        )


def _check_unit(condition: Condition, path: str) -> None:
    fact = FACTS[condition.fact or ""]
    wanted = "months" if fact.kind == "date" else fact.unit
    if condition.unit != wanted:
        raise RulesError(
            f"{path}.unit' is '{condition.unit}'",
            f"'{wanted}', the unit of '{fact.name}'",
            "write the value in that unit",
        )
    dates = [name for name, each in FACTS.items() if each.kind == "date"]
    if fact.kind == "date" and (
        condition.before not in dates or condition.value != int(condition.value or 0)
    ):
        raise RulesError(
            f"{path}' compares '{fact.name}' with '{condition.before}' and {condition.value} months",
            f"'before' {one_of(dates, condition.before)}, and whole months",
            "correct the condition",
        )
    if fact.kind != "date" and condition.before is not None:
        raise RulesError(
            f"{path}.before' is '{condition.before}'", "nothing: no dates are compared", "remove it"
        )


def _check_prescription(protocol: Protocol, where: str) -> None:
    rules = sorted(protocol.prescription, key=lambda rule: rule.precedence)
    for first, second in pairwise(rules):
        if first.precedence == second.precedence:
            raise RulesError(
                f"{where} gives the precedence {first.precedence} to {first.id} and {second.id}",
                "another precedence for each prescription",
                "say which of the two wins",
            )
    for_all = [rule.id for rule in rules if rule.when is None]
    if for_all != [rules[-1].id]:
        raise RulesError(
            f"{where} has no condition 'when' in {' and '.join(for_all) or 'no prescription at all'}",
            "exactly one prescription without 'when', of the last precedence, for all other patients",
            "add or correct it",
        )


def _check_activity(protocol: Protocol, where: str) -> None:
    sites = Counter(rule.site for rule in protocol.activity)
    for rule in protocol.activity:
        if not rule.low_mbq <= rule.default_mbq <= rule.high_mbq or sites[rule.site] > 1:
            raise RulesError(
                f"{where}, rule {rule.id} gives {rule.low_mbq} to {rule.high_mbq} MBq and by default "
                f"{rule.default_mbq} MBq; rules for the site '{rule.site}': {sites[rule.site]}",
                "one rule for each site, with a default inside its range",
                "correct the rule",
            )


def _check_drug(drug: Drug, where: str) -> None:
    steps = drug.reduction.steps_mg
    if any(later >= earlier for earlier, later in pairwise(steps)) or drug.schedule.dose_mg != steps[0]:
        raise RulesError(
            f"{where} has 'drug.reduction.steps_mg' = {list(steps)} and starts at {drug.schedule.dose_mg} mg",
            "steps that fall, the first of them the dose at the start",
            "correct the steps",
        )
    if drug.schedule.days_on > drug.schedule.cycle_days:
        raise RulesError(
            f"{where} has {drug.schedule.days_on} days of drug in a cycle of {drug.schedule.cycle_days} days",
            "not more days of drug than days of the cycle",
            "correct 'drug.schedule'",
        )
    events = Counter([*drug.reduction.events, *drug.stop.events, *drug.continuation.events])
    for event, count in events.items():
        if count > 1:
            raise RulesError(
                f"{where} gives the drug event '{event}' {count} consequences",
                "one: reduction, stop or continuation",
                "keep one of them",
            )
