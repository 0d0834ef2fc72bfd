"""A person says that a decision is wrong; a new tracking code for one who lost it; a person's data are erased."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from services.registration.domain.applicant import Applicant, NikClaim, TraceLine
from services.registration.domain.calendar import long_date, wib_date
from services.registration.domain.eligibility import Known, evaluate, with_verdict
from services.registration.domain.likeness import NameBlock, Traces, without
from services.registration.domain.review import ReviewCase
from services.registration.domain.rules import RuleSet
from shared.contracts.base import Event, Sealed
from shared.contracts.decision import Decision, Ref, Refused
from shared.contracts.registration import ApplicantCorrected, IdentityErased, ObjectionDecided


def objection_case(applicant_id: str) -> str:
    return f"objection-{applicant_id}"


@dataclass(frozen=True, slots=True)
class Object:
    """`text` is what the person wrote, sealed by the door."""

    applicant_id: str
    text: Sealed


def object_to_verdict(applicant: Applicant | None, case: ReviewCase | None, command: Object, now: datetime) -> Decision:
    """Open a case that two members of staff decide: about a verdict, or a participation that was revoked.

    Raises Refused APPLICANT_UNKNOWN, NOTHING_TO_OBJECT, TOO_LATE, CASE_OPEN.
    """
    if applicant is None:
        raise Refused("APPLICANT_UNKNOWN")
    found = decided_against(applicant)
    if found is None:
        raise Refused("NOTHING_TO_OBJECT")
    reason, deadline = found
    if not may_object(applicant, wib_date(now)):
        raise Refused("TOO_LATE", until=long_date(deadline))
    if case is not None and case.state != "settled":
        raise Refused("CASE_OPEN")
    opened = ReviewCase(
        objection_case(applicant.applicant_id),
        "OBJECTION",
        (applicant.applicant_id,),
        (reason,),
        now,
        note=command.text,
    )
    return Decision(changes=(opened,))


def decided_against(applicant: Applicant) -> tuple[str, date] | None:
    """Reason code of what the person may object to, and the last day (WIB) for it; None: there is nothing."""
    verdict, revocation = applicant.verdict, applicant.revocation
    if applicant.stage == "ineligible" and verdict and verdict.appeal_deadline:
        return verdict.reason or "", verdict.appeal_deadline
    if applicant.stage == "revoked" and revocation and not revocation.answer:
        return revocation.reason, revocation.appeal_deadline
    return None


def may_object(applicant: Applicant, today: date) -> bool:
    """Whether there is something to object to, and its last day has not passed."""
    found = decided_against(applicant)
    return found is not None and today <= found[1]


def revocation_answered(applicant: Applicant, claim: NikClaim | None, now: datetime, *, upheld: bool) -> Decision:
    """The person is told. Upheld: the NIK is free and no longer blocked, and the person may register anew.

    The seat and its card are gone: somebody else may have them by then.
    """
    if applicant.revocation is None:
        return Decision()
    answer: Literal["upheld", "rejected"] = "upheld" if upheld else "rejected"
    answered = replace(applicant, revocation=replace(applicant.revocation, answer=answer))
    told = ObjectionDecided(applicant_id=applicant.applicant_id, decided_at=now, which=answer)
    free = upheld and claim is not None and claim.holder in (None, applicant.applicant_id)
    freed = (replace(claim, holder=None, blocked=None),) if claim and free else ()
    return Decision(changes=(answered, *freed), events=(told,))


@dataclass(frozen=True, slots=True)
class RenewTracking:
    """A new tracking code, sealed, and its blind index."""

    applicant_id: str
    tracking_code: Sealed
    tracking_index: str


def renew_tracking(applicant: Applicant | None, command: RenewTracking, now: datetime) -> Decision:
    """The old code opens nothing any more. Raises Refused APPLICANT_UNKNOWN."""
    if applicant is None:
        raise Refused("APPLICANT_UNKNOWN")
    personal = replace(applicant.personal, tracking_code=command.tracking_code)
    changed = replace(applicant, personal=personal, tracking_index=command.tracking_index)
    told = ApplicantCorrected(
        applicant_id=applicant.applicant_id,
        corrected_at=now,
        by="applicant",
        fields=("tracking_code",),
        tracking_code=command.tracking_code,
        consent_campaigns=applicant.profile.consent_campaigns,
        **applicant.profile.features(),
    )
    return Decision(
        changes=(changed,),
        events=(told,),
        reply={"applicant_id": applicant.applicant_id, "tracking_code": command.tracking_code},
    )


@dataclass(frozen=True, slots=True)
class EraseIdentity:
    """Destroy the key of a person. `key` says where it lies; `reason` is a code such as REQUEST or RETENTION_ENDED."""

    applicant_id: str
    key: Ref
    reason: str


def erase_identity(
    applicant: Applicant | None,
    claim: NikClaim | None,
    command: EraseIdentity,
    now: datetime,
    names: Sequence[NameBlock | None] = (),
) -> Decision:
    """Everything sealed of the person becomes unreadable for ever, here and in every topic and backup.

    In `names` nobody meets the person any more; that a phone or KK was shared stays, since it is of the others too.
    The blind index of a NIK that holds or held a card stays: once per person is the law. Otherwise it is freed.
    Raises Refused APPLICANT_UNKNOWN.
    """
    if applicant is None:
        raise Refused("APPLICANT_UNKNOWN")
    if applicant.stage == "erased":
        return Decision()
    gone = _forgotten(applicant)
    removed = [command.key]
    if claim and claim.holder == applicant.applicant_id and not applicant.card_number and not claim.blocked:
        removed.append(Ref(NikClaim.collection, claim.id))
    told = IdentityErased(applicant_id=applicant.applicant_id, erased_at=now, reason=command.reason)
    left = tuple(without(each, applicant.applicant_id) for each in names if each)
    return Decision(changes=(gone, *left), events=(told,), removed=tuple(removed))


def _forgotten(applicant: Applicant) -> Applicant:
    """The application without anything by which the person could be found."""
    return replace(
        applicant,
        stage="erased",
        kk_index="",
        tracking_index="",
        name_birth_index="",
        mobile_index=None,
        email_index=None,
        traces=Traces(),
        account=None,
        evidence=None,
        question=None,
        wake_at=None,
        wave=None,
    )


def decided(
    applicant: Applicant, *, upheld: bool, known: Known, rules: RuleSet, now: datetime
) -> tuple[tuple[Applicant, ...], tuple[Event, ...]]:
    """Upheld: eligible whatever the lists say, with the reason kept in the trace. Rejected: the person is told so."""
    if applicant.stage != "ineligible":
        return (), ()
    if not upheld:
        return (), (ObjectionDecided(applicant_id=applicant.applicant_id, decided_at=now, which="rejected"),)
    judged = evaluate(applicant, known, rules, now)
    trace = (*judged.trace, TraceLine("OBJECTION_UPHELD", None))
    verdict = replace(judged, reason=None, trace=trace, appeal_deadline=None, overridden=True)
    changed, events = with_verdict(applicant, verdict, known, rules)
    return (changed,), events
