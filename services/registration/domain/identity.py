"""Is this the person? What the civil registry answers, what staff decide, what happens when nobody corrects.

Source: paper facts 18 and 109, integration notes 12: only match / no match comes back; not found is no fraud.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from services.registration.domain import objections, review
from services.registration.domain.applicant import Applicant, NikClaim, Question, TraceLine, Verdict
from services.registration.domain.calendar import end_of_day, wib_date
from services.registration.domain.eligibility import Known, judge, with_verdict
from services.registration.domain.evidence import Evidence
from services.registration.domain.review import ReviewCase
from services.registration.domain.rules import RuleSet
from shared.contracts.base import Event
from shared.contracts.decision import Decision, Refused, Work
from shared.contracts.registration import IdentityConfirmed, IdentityQuestioned

if TYPE_CHECKING:
    from services.registration.domain.watch import Watch

CHECK = "check_identities"
"""Kind of the outside work that asks the civil registry about up to TOGETHER people."""
TOGETHER = 50
"""People of one decision: each changes about seven states, and 500 is the most. While they are compared nobody at the
door is answered: 400 in one round took up to 2.3 s beside a crowd, 50 take 0.3 s."""
ASK_AGAIN = timedelta(minutes=10)

Found = Literal["match", "mismatch", "not_found", "inactive", "unavailable"]


@dataclass(frozen=True, slots=True)
class RegistryAnswer:
    """What the civil registry said about one version of the data. `fields` are those that do not match."""

    found: Found
    fields: tuple[str, ...] = ()
    asked_at: str = ""
    """When it said so (ISO 8601); empty: now."""


@dataclass(frozen=True, slots=True)
class RequestChecks:
    """Schedule: these people wait for the registry. Asking for many together keeps each commit full."""

    applicant_ids: tuple[str, ...]
    watch: Watch | None = None
    """How they are compared with others before anybody asks; None: they were."""


def request_checks(applicants: Sequence[Applicant | None], now: datetime) -> Decision:
    """Ask the registry about those who still wait for it; raises Refused NOTHING_TO_CHECK when nobody does."""
    waiting = [each for each in applicants if each and each.stage == "pending" and each.wake_at and each.wake_at <= now]
    if not waiting:
        raise Refused("NOTHING_TO_CHECK")
    key = f"{waiting[0].applicant_id}/{waiting[0].revision}/{now.isoformat(timespec='milliseconds')}"
    work = Work(CHECK, key, {"people": [_asked_about(each) for each in waiting]})
    return Decision(changes=[replace(each, wake_at=None) for each in waiting], work=(work,))


def _asked_about(applicant: Applicant) -> dict[str, Any]:
    """One person of a check; sealed fields are opened only when calling.

    A shadow application is asked about like any other: its way through the system shows nothing.
    """
    personal = applicant.personal
    return {
        "applicant_id": applicant.applicant_id,
        "revision": applicant.revision,
        "rule_set": applicant.rule_set,
        "nik": personal.nik,
        "full_name": personal.full_name,
        "birth_date": personal.birth_date,
        "kk_number": personal.kk_number,
        "sex": applicant.profile.sex,
    }


def question(
    applicant: Applicant,
    fields: tuple[str, ...],
    reasons: tuple[str, ...],
    rules: RuleSet,
    now: datetime,
    *,
    others: tuple[str, ...] = (),
    wake_at: datetime | None = None,
) -> Decision:
    """Something contradicts: tell the person, open a case for staff with `others` shown beside."""
    asked = Question(fields, reasons, now, rules.correction_deadline(now))
    changed = replace(applicant, stage="questioned", question=asked, wake_at=wake_at or end_of_day(asked.deadline))
    case_id = review.identity_case(applicant.applicant_id)
    case = ReviewCase(case_id, "IDENTITY", (applicant.applicant_id, *others), reasons, now)
    told = IdentityQuestioned(
        applicant_id=applicant.applicant_id,
        questioned_at=now,
        fields=fields,
        reasons=reasons,
        deadline=asked.deadline,
        tracking_code=applicant.personal.tracking_code,
    )
    return Decision(changes=(changed, case), events=(told,))


def registry_answered(
    applicant: Applicant | None,
    claim: NikClaim | None,
    known: Known,
    answer: RegistryAnswer,
    revision: int,
    rules: RuleSet,
    now: datetime,
) -> Decision:
    """Take the registry's answer; one about older data, or that comes when nobody waits, changes nothing."""
    if applicant is None or applicant.stage != "pending" or applicant.revision != revision:
        return Decision()
    if answer.found == "unavailable":
        return Decision(changes=(replace(applicant, wake_at=now + ASK_AGAIN),))
    asked_at = datetime.fromisoformat(answer.asked_at) if answer.asked_at else now
    stamp = Evidence(asked_at, revision, answer.found, differing=answer.fields)
    applicant = replace(applicant, evidence=stamp)
    if answer.found == "match" and not applicant.shadow:
        changed, events = confirmed(applicant, known, rules, now, "civil_registry")
        return Decision(changes=(changed,), events=events)
    fields, reasons = _doubts(answer)
    if applicant.shadow:
        reasons = (*reasons, "NIK_CLAIMED_TWICE")
    others = (claim.holder,) if applicant.shadow and claim and claim.holder else ()
    return question(applicant, fields, reasons, rules, now, others=others)


def _doubts(answer: RegistryAnswer) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if answer.found == "mismatch":
        return answer.fields, ("REGISTRY_MISMATCH",)
    reasons = {"not_found": ("NOT_IN_REGISTRY",), "inactive": ("REGISTRY_INACTIVE",)}
    return ("nik",), reasons.get(answer.found, ())


def confirmed(
    applicant: Applicant, known: Known, rules: RuleSet, now: datetime, method: Literal["civil_registry", "staff"]
) -> tuple[Applicant, tuple[Event, ...]]:
    """The identity stands: say so and decide on eligibility at once."""
    certain = replace(applicant, confirmed_at=now, question=None, wake_at=None)
    told = IdentityConfirmed(applicant_id=applicant.applicant_id, confirmed_at=now, method=method)
    judged, verdict = judge(certain, known, rules, now)
    return judged, (told, *verdict)


@dataclass(frozen=True, slots=True)
class LapseQuestion:
    """Schedule: the last day for a correction is over."""

    applicant_id: str
    rules: RuleSet


@dataclass(frozen=True, slots=True)
class SettleCase:
    """The second eye agrees with the proposal on a case."""

    case_id: str
    by: str
    rules: RuleSet


def settle_identity(
    case: ReviewCase | None,
    applicant: Applicant | None,
    claim: NikClaim | None,
    known: Known,
    rules: RuleSet,
    *,
    by: str,
    now: datetime,
) -> Decision:
    """The second eye agrees with the proposal on an identity or an objection.

    Raises Refused as `review.settle`; CASE_SETTLED when the question went away meanwhile;
    NIK_STILL_HELD when a shadow is confirmed while the holder of its NIK is not yet rejected.
    """
    settled = review.settle(case, by=by, now=now)
    if applicant is None or settled.proposal is None:
        raise Refused("CASE_SETTLED")
    if settled.kind == "OBJECTION":
        upheld = settled.proposal.answer == "confirm"
        if applicant.stage == "revoked":
            return Decision(changes=(settled,)) + objections.revocation_answered(applicant, claim, now, upheld=upheld)
        changed, events = objections.decided(applicant, upheld=upheld, known=known, rules=rules, now=now)
        return Decision(changes=(settled, *changed), events=events)
    if applicant.stage != "questioned":
        raise Refused("CASE_SETTLED")
    if settled.proposal.answer == "reject":
        return Decision(changes=(settled,)) + reject(applicant, claim, rules, now)
    return Decision(changes=(settled,)) + _confirm_by_staff(applicant, claim, known, rules, now)


def _confirm_by_staff(
    applicant: Applicant, claim: NikClaim | None, known: Known, rules: RuleSet, now: datetime
) -> Decision:
    if applicant.question and "RING_SUSPECTED" in applicant.question.reasons:
        raise Refused("RING_OPEN")
    held_by_other = claim is not None and claim.holder not in (None, applicant.applicant_id)
    if held_by_other:
        raise Refused("NIK_STILL_HELD")
    shadows = claim.shadows if claim else ()
    others = tuple(each for each in shadows if each.applicant_id != applicant.applicant_id)
    blocked = claim.blocked if claim else None
    own = NikClaim(applicant.nik_index, applicant.applicant_id, applicant.proof_index, others, blocked)
    changed, events = confirmed(replace(applicant, shadow=False), known, rules, now, "staff")
    return Decision(changes=(changed, own), events=events)


def reject(applicant: Applicant, claim: NikClaim | None, rules: RuleSet, now: datetime) -> Decision:
    """The identity is not confirmed: not eligible, with the right to object; the NIK is free for its owner."""
    verdict = Verdict(
        "IDENTITY_NOT_CONFIRMED",
        (TraceLine("IDENTITY", "IDENTITY_NOT_CONFIRMED"),),
        rules.version,
        "",
        now,
        rules.appeal_deadline(now),
    )
    changed, events = with_verdict(replace(applicant, question=None, wake_at=None), verdict, Known(), rules)
    freed = (replace(claim, holder=None),) if claim and claim.holder == applicant.applicant_id else ()
    return Decision(changes=(changed, *freed), events=events)


def lapse(
    applicant: Applicant | None, case: ReviewCase | None, claim: NikClaim | None, rules: RuleSet, now: datetime
) -> Decision:
    """Nobody corrected in time: closed, with the right to object. It waits another day while staff have a proposal,
    and always where staff alone are asked (a near duplicate, a ring): nobody is refused because they did not look.

    Raises Refused NOTHING_TO_LAPSE when the person corrected, or the last day is not over.
    """
    if applicant is None or applicant.stage != "questioned" or applicant.question is None:
        raise Refused("NOTHING_TO_LAPSE")
    if wib_date(now) <= applicant.question.deadline:
        raise Refused("NOTHING_TO_LAPSE")
    staff_decide = not set(applicant.question.reasons) - {"NEAR_DUPLICATE", "RING_SUSPECTED"}
    if staff_decide or (case is not None and case.state == "proposed"):
        return Decision(changes=(replace(applicant, wake_at=now + timedelta(days=1)),))
    return Decision(changes=review.close_without_answer(case, now)) + reject(applicant, claim, rules, now)
