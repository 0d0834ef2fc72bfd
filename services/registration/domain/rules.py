"""The programme's rules as data: one RuleSet per rule file (programme_rules_2020.json, _2023.json)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from services.registration.domain.calendar import wib_date
from services.registration.domain.rings import Limits


class RuleMissing(ValueError):
    """A value that the rules need is absent or null: the service must not start. Names the key."""


@dataclass(frozen=True, slots=True)
class RuleSet:
    """What registration needs of one rule file. Days are calendar days in WIB."""

    rule_set: str
    version: str
    """Name and content digest, such as `prakerja-2020@1f3ac09b22d1`; stored with every decision."""
    legal_basis: str
    min_age: int
    max_age: int | None
    formal_education_allowed: bool
    target_groups: Mapping[str, str]
    officials: Mapping[str, str]
    """Code of a kind of official -> Indonesian name (the seven codes of `eligibility.exclusions`)."""
    other_aid_excluded: bool
    previous_recipient_excluded: bool
    max_per_kk: int | None
    categories: tuple[str, ...]
    covid_first: tuple[str, ...]
    """Target groups in which people affected by Covid-19 come first; empty where the rule does not exist."""
    laid_off_share_percent: int
    test_required: bool
    training_balance_rupiah: int
    first_purchase_days: int
    notice_is_day_1: bool
    correction_days: int
    appeal_days: int
    limits: Limits = field(default_factory=Limits)
    """How many NIKs may share a phone, a device or a KK before staff look."""

    def first_purchase_deadline(self, notice: datetime) -> date:
        """Last day to buy the first course, that day included."""
        days = self.first_purchase_days - (1 if self.notice_is_day_1 else 0)
        return wib_date(notice) + timedelta(days=days)

    def correction_deadline(self, questioned: datetime) -> date:
        return wib_date(questioned) + timedelta(days=self.correction_days)

    def appeal_deadline(self, decided: datetime) -> date:
        return wib_date(decided) + timedelta(days=self.appeal_days)


def rule_set(file: Mapping[str, Any], digest: str) -> RuleSet:
    """Read a parsed rule file; `digest` is the SHA-256 of its bytes. Raises RuleMissing with the key's name."""
    eligibility = file["eligibility"]
    priority = {each["code"]: each for each in eligibility.get("priority", ())}
    return RuleSet(
        rule_set=file["rule_set"],
        version=f"{file['rule_set']}@{digest[:12]}",
        legal_basis=_basis(file),
        min_age=_number(file, "eligibility.min_age_years"),
        max_age=eligibility["max_age_years"]["value"],
        formal_education_allowed=eligibility["in_formal_education_allowed"]["value"],
        target_groups={each["code"]: each.get("text_id", each["code"]) for each in eligibility["target_groups"]},
        officials={each["code"]: each.get("text_id", each["code"]) for each in eligibility["exclusions"]},
        other_aid_excluded=eligibility["other_aid_recipient_excluded"]["value"],
        previous_recipient_excluded=eligibility["previous_recipient_excluded"]["value"],
        max_per_kk=eligibility["max_recipients_per_kk"]["value"],
        categories=tuple(each["code"] for each in eligibility["categories"]["value"]),
        covid_first=tuple(priority.get("COVID_AFFECTED_FIRST", {}).get("applies_to", ())),
        laid_off_share_percent=round(100 * priority.get("LAID_OFF_WHITELIST_SHARE", {}).get("value", 0)),
        test_required=file["intake"]["motivation_and_basic_skills_test"]["value"],
        training_balance_rupiah=_number(file, "amounts.training_balance"),
        first_purchase_days=_number(file, "clocks.first_purchase_days"),
        notice_is_day_1=file["clocks"]["first_purchase_day_of_notice_counts_as_day_1"]["value"],
        correction_days=_number(file, "clocks.identity_correction_days"),
        appeal_days=_number(file, "clocks.appeal_days"),
        limits=_limits(file),
    )


def _number(file: Mapping[str, Any], path: str) -> int:
    value: Any = file
    for part in path.split("."):
        value = value.get(part) or {}
    number = value.get("value")
    if not isinstance(number, int):
        raise RuleMissing(path)
    return number


def _limits(file: Mapping[str, Any]) -> Limits:
    return Limits(
        mobile=_number(file, "identity_review.niks_per_mobile"),
        device=_number(file, "identity_review.niks_per_device"),
        kk=_number(file, "identity_review.niks_per_kk"),
        chain=_number(file, "identity_review.people_joined"),
    )


def _basis(file: Mapping[str, Any]) -> str:
    """Regulations as people quote them, without the notes in brackets; the rule file's name where none is known."""
    named = file["legal_basis"]["value"] or ()
    basis = [re.sub(r" \(.*\)", "", each) for each in named if each.startswith(("Perpres", "Permenko"))]
    return ", ".join(basis) or f"aturan program {file['rule_set']}"
