"""The programme's rules as data: amounts, counts and clocks of one rule set, read from its JSON file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


class RulesIncomplete(Exception):
    """The rule file lacks something the service needs; the text names the key. The service must not start."""


@dataclass(frozen=True, slots=True)
class RuleSet:
    """What incentive needs of a rule file. Amounts are whole rupiah, clocks are days unless named otherwise."""

    name: str
    training_balance_rupiah: int
    post_training_rupiah: int
    post_training_count: int
    survey_rupiah: int
    survey_count: int
    total_rupiah: int
    balance_usable_until: date | None
    """Last day (WIB) to use the balance; None: it lives as long as the participation."""
    purchase_reminder_days: tuple[int, ...]
    """Counted like the purchase clock: the day of notice is day 1."""
    incentive_due_days: int
    review_report_days: int
    review_deadline_days: int
    survey_window_days: int
    survey_pay_days: int
    repayment_days: int
    repayment_reminder_days: int
    """Before the last day to repay; also what is left to repay in when an instalment is missed."""
    repayment_instalments: int
    """The most into which a debt may be divided."""
    appeal_days: int
    account_hold_hours: int
    modes: tuple[str, ...]
    top_up_allowed: bool
    platforms: tuple[str, ...]
    payment_partners: tuple[str, ...]
    wallets: tuple[str, ...]
    """Those of them that are electronic wallets; the others are banks."""

    def amount(self, kind: str) -> int:
        """Rupiah of one instalment of a kind (post_training or survey)."""
        return self.post_training_rupiah if kind == "post_training" else self.survey_rupiah

    def count(self, kind: str) -> int:
        """How many instalments of a kind a participant can have."""
        return self.post_training_count if kind == "post_training" else self.survey_count


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rule sets this service knows. A participant keeps the one of their wave for ever."""

    sets: Mapping[str, RuleSet]

    @property
    def payment_partners(self) -> frozenset[str]:
        """Those of any rule set: whom somebody may have chosen."""
        return frozenset(partner for rules in self.sets.values() for partner in rules.payment_partners)

    @property
    def wallets(self) -> frozenset[str]:
        """Those of them that are electronic wallets, whichever rule set says so."""
        return frozenset(partner for rules in self.sets.values() for partner in rules.wallets)

    @classmethod
    def of(cls, rule_sets: Iterable[RuleSet]) -> RuleBook:
        return cls({rules.name: rules for rules in rule_sets})

    def __getitem__(self, name: str) -> RuleSet:
        """The rule set of that name. Raises RulesIncomplete when there is no file for it."""
        try:
            return self.sets[name]
        except KeyError:
            raise RulesIncomplete(f"no rule file for rule set {name}") from None


def read_rules(document: Mapping[str, Any]) -> RuleSet:
    """Rule set of a parsed rule file. Raises RulesIncomplete naming the key that is missing or null.

    Source of the values: the file itself, each with its provenance (paper_facts.md 33, 34, 36, 37).
    """
    rules = RuleSet(
        name=_value(document, "rule_set"),
        training_balance_rupiah=_whole(document, "amounts.training_balance"),
        post_training_rupiah=_whole(document, "amounts.post_training_incentive.amount"),
        post_training_count=_whole(document, "amounts.post_training_incentive.count"),
        survey_rupiah=_whole(document, "amounts.survey_incentive.amount"),
        survey_count=_whole(document, "amounts.survey_incentive.count"),
        total_rupiah=_whole(document, "amounts.total"),
        balance_usable_until=_last_day(document, "clocks.balance_usable_until"),
        purchase_reminder_days=_days(document, "clocks.purchase_reminder_days"),
        incentive_due_days=_whole(document, "clocks.incentive_due_days_after_completion"),
        review_report_days=_whole(document, "clocks.review_report_min_days"),
        review_deadline_days=_whole(document, "clocks.review_deadline_days"),
        survey_window_days=_whole(document, "clocks.survey_window_days"),
        survey_pay_days=_whole(document, "clocks.survey_pay_within_days"),
        repayment_days=_whole(document, "clocks.repayment_days_if_ineligible"),
        repayment_reminder_days=_whole(document, "repayment.reminder_days_before"),
        repayment_instalments=_whole(document, "repayment.max_instalments"),
        appeal_days=_whole(document, "clocks.appeal_days"),
        account_hold_hours=_whole(document, "clocks.account_change_hold_hours"),
        modes=_texts(document, "purchase.mode"),
        top_up_allowed=bool(_value(document, "purchase.course_price_above_balance_allowed")),
        platforms=_texts(document, "purchase.platforms"),
        payment_partners=_texts(document, "payment_partners"),
        wallets=_texts(document, "wallets"),
    )
    _check_total(rules)
    if strangers := set(rules.wallets) - set(rules.payment_partners):
        raise RulesIncomplete(f"{rules.name}: wallets names no payment partner: {', '.join(sorted(strangers))}")
    return rules


def _check_total(rules: RuleSet) -> None:
    parts = rules.training_balance_rupiah + sum(
        rules.amount(kind) * rules.count(kind) for kind in ("post_training", "survey")
    )
    if parts != rules.total_rupiah:
        raise RulesIncomplete(f"{rules.name}: amounts.total is not the sum of its parts")


def _find(document: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path: `{"value": ...}` is unwrapped; None when it is missing."""
    node: Any = document
    for key in path.split("."):
        node = node.get(key) if isinstance(node, Mapping) else None
    return node.get("value") if isinstance(node, Mapping) else node


def _value(document: Mapping[str, Any], path: str) -> Any:
    value = _find(document, path)
    if value is None:
        raise RulesIncomplete(f"{path} is missing or null in the rule file")
    return value


def _whole(document: Mapping[str, Any], path: str) -> int:
    value = _value(document, path)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise RulesIncomplete(f"{path} must be a whole number of 0 or more")
    return value


def _days(document: Mapping[str, Any], path: str) -> tuple[int, ...]:
    days = tuple(_value(document, path))
    if list(days) != sorted(days):
        raise RulesIncomplete(f"{path} must rise")
    return days


def _texts(document: Mapping[str, Any], path: str) -> tuple[str, ...]:
    value = _value(document, path)
    return (value,) if isinstance(value, str) else tuple(value)


def _last_day(document: Mapping[str, Any], path: str) -> date | None:
    """A date, or None: for this clock a written null means that there is no last day; it must be written."""
    section, key = path.split(".")
    entry = document.get(section, {}).get(key)
    if entry is None:
        raise RulesIncomplete(f"{path} is missing in the rule file")
    return None if entry["value"] is None else date.fromisoformat(entry["value"])
