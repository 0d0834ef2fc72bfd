"""Who may take part: one function per condition, a trace per decision, rules and lists by version.

Source: paper facts 18-27 (conditions a-d), domain notes 5.2 [K27 II]; order of the filters [K15 K17].
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from services.registration.domain.applicant import Applicant, Profile, TraceLine, Verdict
from services.registration.domain.lists import ListBook, Listing, codes_of
from services.registration.domain.reasons import ineligible_text
from services.registration.domain.rules import RuleSet
from shared.contracts.base import Event
from shared.contracts.registration import ApplicantEligible, ApplicantIneligible


@dataclass(frozen=True, slots=True)
class Household:
    """Who of one KK already has a card, by blind index of the KK. Only kept where the rules have a limit."""

    collection: ClassVar[str] = "households"

    kk_index: str
    recipients: tuple[str, ...]

    @property
    def id(self) -> str:
        return self.kk_index


@dataclass(frozen=True, slots=True)
class Known:
    """What else a decision on eligibility looks at besides the application itself."""

    listing: Listing | None = None
    book: ListBook | None = None
    household: Household | None = None


@dataclass(frozen=True, slots=True)
class _Case:
    profile: Profile
    listed: frozenset[str]
    rules: RuleSet
    recipients: int
    """Cards in the same KK, the applicant's own not counted."""


def _citizenship(case: _Case) -> str | None:
    return None if case.profile.citizen else "NOT_A_CITIZEN"


def _minimum_age(case: _Case) -> str | None:
    return "AGE_BELOW_MINIMUM" if case.profile.age_years < case.rules.min_age else None


def _maximum_age(case: _Case) -> str | None:
    limit = case.rules.max_age
    return "AGE_ABOVE_MAXIMUM" if limit is not None and case.profile.age_years > limit else None


def _formal_education(case: _Case) -> str | None:
    learns = not case.profile.not_in_formal_education or "STUDENT" in case.listed
    return "IN_FORMAL_EDUCATION" if learns and not case.rules.formal_education_allowed else None


def _declared_official(case: _Case) -> str | None:
    return None if case.profile.not_an_official else "DECLARED_OFFICIAL"


def _listed_official(case: _Case) -> str | None:
    kinds = [kind for kind in case.rules.officials if kind in case.listed]
    return f"OFFICIAL_{kinds[0]}" if kinds else None


def _other_aid(case: _Case) -> str | None:
    return "OTHER_AID" if case.rules.other_aid_excluded and "OTHER_AID" in case.listed else None


def _previous_recipient(case: _Case) -> str | None:
    excluded = case.rules.previous_recipient_excluded and "PREVIOUS_RECIPIENT" in case.listed
    return "PREVIOUS_RECIPIENT" if excluded else None


def _target_group(case: _Case) -> str | None:
    return None if case.profile.work_status in case.rules.target_groups else "OUTSIDE_TARGET_GROUPS"


def _household(case: _Case) -> str | None:
    limit = case.rules.max_per_kk
    return "KK_LIMIT" if limit is not None and case.recipients >= limit else None


CONDITIONS: tuple[tuple[str, Callable[[_Case], str | None]], ...] = (
    ("CITIZENSHIP", _citizenship),
    ("MINIMUM_AGE", _minimum_age),
    ("MAXIMUM_AGE", _maximum_age),
    ("FORMAL_EDUCATION", _formal_education),
    ("DECLARED_OFFICIAL", _declared_official),
    ("LISTED_OFFICIAL", _listed_official),
    ("OTHER_AID", _other_aid),
    ("PREVIOUS_RECIPIENT", _previous_recipient),
    ("TARGET_GROUP", _target_group),
    ("HOUSEHOLD_LIMIT", _household),
)
"""Every condition is applied, also after the first that fails, so that the trace is complete."""

_SCREENED = ("eligible", "joined", "selected", "ineligible")


def evaluate(applicant: Applicant, known: Known, rules: RuleSet, now: datetime) -> Verdict:
    """The verdict of the rule set on an application; its reason is the first condition that does not hold."""
    others = set(known.household.recipients if known.household else ()) - {applicant.applicant_id}
    case = _Case(applicant.profile, codes_of(known.listing, known.book), rules, len(others))
    trace = tuple(TraceLine(name, condition(case)) for name, condition in CONDITIONS)
    reason = next((line.reason for line in trace if line.reason), None)
    deadline = rules.appeal_deadline(now) if reason else None
    return Verdict(reason, trace, rules.version, known.book.label() if known.book else "", now, deadline)


def judge(applicant: Applicant, known: Known, rules: RuleSet, now: datetime) -> tuple[Applicant, tuple[Event, ...]]:
    """Decide on a confirmed identity and say it."""
    return with_verdict(applicant, evaluate(applicant, known, rules, now), known, rules)


def with_verdict(
    applicant: Applicant, verdict: Verdict, known: Known, rules: RuleSet
) -> tuple[Applicant, tuple[Event, ...]]:
    """The application after a verdict, and the fact that tells it."""
    listed = "LAID_OFF" in codes_of(known.listing, known.book)
    decided = replace(
        applicant,
        stage="eligible" if verdict.eligible else "ineligible",
        verdict=verdict,
        laid_off_listed=listed,
        wave=None,
        joined_at=None,
    )
    return decided, (_told(decided, verdict, rules),)


def _told(applicant: Applicant, verdict: Verdict, rules: RuleSet) -> Event:
    if verdict.reason is None or verdict.appeal_deadline is None:
        return ApplicantEligible(
            applicant_id=applicant.applicant_id,
            decided_at=verdict.decided_at,
            rule_set=rules.rule_set,
            rule_version=verdict.rule_version,
        )
    return ApplicantIneligible(
        applicant_id=applicant.applicant_id,
        decided_at=verdict.decided_at,
        reason=verdict.reason,
        reason_text=ineligible_text(verdict.reason, dict(rules.officials)),
        rule_ref=rules.legal_basis,
        appeal_deadline=verdict.appeal_deadline,
        rule_set=rules.rule_set,
        rule_version=verdict.rule_version,
        tracking_code=applicant.personal.tracking_code,
        # Nobody else is written to: where other people live stays here.
        domicile=applicant.personal.domicile if applicant.card_number else None,
    )


def rescreen(
    applicant: Applicant, known: Known, rules: RuleSet, now: datetime
) -> tuple[Applicant, tuple[Event, ...]] | None:
    """Look again at somebody already judged, because a list changed. None when nothing changes for them.

    What two people decided (an objection upheld) stands, and who lost a card is not given it back here.
    """
    old = applicant.verdict
    if old is None or old.overridden or old.reason == "IDENTITY_NOT_CONFIRMED" or applicant.stage not in _SCREENED:
        return None
    verdict = evaluate(applicant, known, rules, now)
    if verdict.reason != old.reason and not (verdict.eligible and applicant.card_number):
        return with_verdict(applicant, verdict, known, rules)
    listed = "LAID_OFF" in codes_of(known.listing, known.book)
    return (replace(applicant, laid_off_listed=listed), ()) if listed != applicant.laid_off_listed else None
