"""Completion: a platform's signed claim, already verified by the border, is matched with the purchase it names.

Right partner, right course, right time, certificate number once (mission.md, Completion). The first completion
starts the clock of the incentives; TrainingCompleted follows when the certificate is there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from services.incentive.domain.certificates import Badge, Certificate, certificate_key
from services.incentive.domain.days import day_of
from services.incentive.domain.doubts import STATUS_UNKNOWN
from services.incentive.domain.draft import Draft, participating
from services.incentive.domain.entitlements import start_incentives
from services.incentive.domain.participant import Purchase, PurchaseState
from services.incentive.domain.partner_rates import UNUSUAL, Limits, PartnerHour, taken
from services.incentive.domain.redeem_codes import RedeemCode, course_fields, known
from shared.contracts.decision import Decision, Refused
from shared.contracts.incentive import TrainingCompleted


@dataclass(frozen=True, slots=True)
class ClaimSeen:
    """A claim that was taken. Its id, partner and claim id, makes a repeated claim recognisable for ever."""

    collection: ClassVar[str] = "partner_claims"

    claim_key: str
    digest: str
    """SHA-256 of the raw body: the same id with another body is not a repetition."""
    applicant_id: str
    purchase_number: int = 0
    key: str = ""
    """Public key that signed it, in multibase."""
    signed_at: datetime | None = None
    doubted: bool = False
    """The key turned out to be stolen before it signed this (later_findings.py)."""

    @property
    def id(self) -> str:
        return self.claim_key


@dataclass(frozen=True, slots=True)
class RecordCompletion:
    """A claim the border believed. `finished_on` is a WIB date; no certificate yet = None."""

    partner_code: str
    claim_id: str
    digest: str
    redeem_code: str
    course_code: str
    finished_on: date
    certificate_number: str | None
    limits: Limits = field(default_factory=Limits)
    doubts: tuple[str, ...] = ()
    """Why a person must look before money moves on it (doubts.py)."""
    badge: Badge | None = None
    key: str = ""
    signed_at: datetime | None = None
    size: int = 0
    """Bytes of its body."""

    @property
    def claim_key(self) -> str:
        return f"{self.partner_code}/{self.claim_id}"

    @property
    def certificate_key(self) -> str:
        return certificate_key(self.partner_code, self.certificate_number or "")


@dataclass(frozen=True, slots=True)
class ReconcileCertificate:
    """Staff looked at a completion and accept it: the certificate number as it is right, and who says so."""

    applicant_id: str
    purchase_number: int
    certificate_number: str
    by: str


def repeated(seen: ClaimSeen, command: RecordCompletion) -> Decision:
    """The same claim again changes nothing. Raises CLAIM_ID_REUSED when its body differs."""
    if seen.digest != command.digest:
        raise Refused("CLAIM_ID_REUSED")
    return Decision(reply={"status": "known"})


def record(
    draft: Draft,
    command: RecordCompletion,
    code: RedeemCode | None,
    certificate: Certificate | None,
    hour: PartnerHour | None,
) -> dict[str, Any]:
    """Record a completion; `hour` is what its platform has sent in this hour.

    Raises REDEEM_CODE_UNKNOWN, REDEEM_CODE_OF_OTHER_PLATFORM, CLAIM_FOR_OTHER_COURSE, REDEEM_CODE_NOT_USED,
    FINISHED_BEFORE_PURCHASE, FINISHED_IN_FUTURE, CERTIFICATE_USED, CERTIFICATE_DIFFERS, PARTICIPATION_ENDED,
    QUOTA_EXCEEDED.
    """
    code = known(code, command.partner_code)
    person = participating(draft.person)
    purchase = person.purchases[code.purchase_number - 1]
    _check_course(draft, purchase, command)
    _check_certificate(purchase, command, certificate, person.applicant_id)
    doubts = _counted(draft, command, hour)
    draft.add(_seen(command, purchase, person.applicant_id))
    if doubts and not purchase.certificate_reconciled:
        purchase = draft.set_purchase(purchase.number, doubts=tuple(dict.fromkeys((*purchase.doubts, *doubts))))
    if purchase.finished_on is None:
        purchase = draft.set_purchase(
            purchase.number,
            finished_on=command.finished_on,
            review_deadline=draft.today + timedelta(days=draft.rules.review_deadline_days),
        )
        start_incentives(draft, command.finished_on)
    if command.certificate_number and not purchase.certificate_number:
        kept = _certificate(command, purchase, person.applicant_id)
        _keep_certificate(draft, purchase, command.certificate_number, kept, _is_ours(command, purchase))
    return {"status": "taken"}


def _counted(draft: Draft, command: RecordCompletion, hour: PartnerHour | None) -> tuple[str, ...]:
    """Count the claim among those of its platform; returns all doubts about it."""
    count, unusual = taken(hour, command.partner_code, command.limits, command.size, draft.now)
    draft.add(count)
    return (*command.doubts, UNUSUAL) if unusual else command.doubts


def _seen(command: RecordCompletion, purchase: Purchase, applicant_id: str) -> ClaimSeen:
    return ClaimSeen(command.claim_key, command.digest, applicant_id, purchase.number, command.key, command.signed_at)


def _is_ours(command: RecordCompletion, purchase: Purchase) -> bool:
    """A badge was checked already; a number must look like the platform's."""
    number = (command.certificate_number or "").upper()
    return command.badge is not None or number.startswith(f"{purchase.certificate_prefix}-")


def _certificate(command: RecordCompletion, purchase: Purchase, applicant_id: str) -> Certificate:
    key = certificate_key(purchase.platform_code, command.certificate_number or "")
    if command.badge is None or command.badge.status_index is None:
        return Certificate(key, applicant_id, purchase.number)
    known = STATUS_UNKNOWN not in command.badge.doubts
    return Certificate(key, applicant_id, purchase.number, command.partner_code, command.badge.status_index, known)


def _check_course(draft: Draft, purchase: Purchase, command: RecordCompletion) -> None:
    if purchase.course_code != command.course_code:
        raise Refused("CLAIM_FOR_OTHER_COURSE")
    if purchase.state != PurchaseState.COMMITTED or purchase.committed_at is None:
        raise Refused("REDEEM_CODE_NOT_USED")
    if command.finished_on < day_of(purchase.committed_at):
        raise Refused("FINISHED_BEFORE_PURCHASE")
    if command.finished_on > draft.today:
        raise Refused("FINISHED_IN_FUTURE")


def _check_certificate(
    purchase: Purchase, command: RecordCompletion, certificate: Certificate | None, applicant_id: str
) -> None:
    _check_unused(certificate, applicant_id, purchase.number)
    recorded, told = purchase.certificate_number, command.certificate_number
    if recorded and told and recorded.upper() != told.upper():
        raise Refused("CERTIFICATE_DIFFERS")


def _check_unused(certificate: Certificate | None, applicant_id: str, purchase_number: int) -> None:
    if certificate and (certificate.applicant_id, certificate.purchase_number) != (applicant_id, purchase_number):
        raise Refused("CERTIFICATE_USED")


def _keep_certificate(draft: Draft, purchase: Purchase, number: str, certificate: Certificate, is_ours: bool) -> None:
    """Whatever is doubted waits for staff, as a number that does not look like the platform's does."""
    person, reconciled = draft.person, is_ours and not purchase.doubts
    first = all(each.certificate_number is None for each in person.purchases)
    purchase = draft.set_purchase(purchase.number, certificate_number=number, certificate_reconciled=reconciled)
    draft.add(certificate)
    draft.tell(
        TrainingCompleted(
            **course_fields(person, purchase),
            finished_on=purchase.finished_on or draft.today,
            certificate_number=number,
            certificate_reconciled=reconciled,
            review_deadline=purchase.review_deadline or draft.today,
            first=first,
        )
    )


def reconcile(draft: Draft, command: ReconcileCertificate, certificate: Certificate | None) -> dict[str, Any]:
    """Accept a completion that was looked at by staff, with the certificate number corrected where it was misspelt.

    Raises COURSE_NOT_FINISHED, CERTIFICATE_USED.
    """
    person = participating(draft.person)
    purchase = person.purchase(command.purchase_number)
    if purchase is None or purchase.finished_on is None:
        raise Refused("COURSE_NOT_FINISHED")
    _check_unused(certificate, person.applicant_id, purchase.number)
    number = command.certificate_number
    key = certificate_key(purchase.platform_code, number)
    kept = certificate or Certificate(key, person.applicant_id, purchase.number)
    purchase = draft.set_purchase(purchase.number, doubts=())
    if purchase.certificate_number is None:
        _keep_certificate(draft, purchase, number, kept, is_ours=True)
    else:
        draft.set_purchase(purchase.number, certificate_number=number, certificate_reconciled=True)
        draft.add(kept)
    return {"certificate_reconciled": True}
