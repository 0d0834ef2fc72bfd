"""Completion: a platform's signed claim, already verified by the border, is matched with the purchase it names.

Right partner, right course, right time, certificate number once (mission.md, Completion). The first completion
starts the clock of the incentives; TrainingCompleted follows when the certificate is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar

from services.incentive.domain.days import day_of
from services.incentive.domain.draft import Draft, participating
from services.incentive.domain.entitlements import start_incentives
from services.incentive.domain.participant import Purchase, PurchaseState
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

    @property
    def id(self) -> str:
        return self.claim_key


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate number in use, unique within its platform."""

    collection: ClassVar[str] = "certificates"

    certificate_key: str
    applicant_id: str
    purchase_number: int

    @property
    def id(self) -> str:
        return self.certificate_key


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

    @property
    def claim_key(self) -> str:
        return f"{self.partner_code}/{self.claim_id}"

    @property
    def certificate_key(self) -> str:
        return certificate_key(self.partner_code, self.certificate_number or "")


@dataclass(frozen=True, slots=True)
class ReconcileCertificate:
    """Staff matched a certificate by hand: the number as it is right, and who says so."""

    applicant_id: str
    purchase_number: int
    certificate_number: str
    by: str


def certificate_key(platform_code: str, number: str) -> str:
    """Numbers that differ only in case are the same certificate."""
    return f"{platform_code}/{number.upper()}"


def repeated(seen: ClaimSeen, command: RecordCompletion) -> Decision:
    """The same claim again changes nothing. Raises CLAIM_ID_REUSED when its body differs."""
    if seen.digest != command.digest:
        raise Refused("CLAIM_ID_REUSED")
    return Decision(reply={"status": "known"})


def record(
    draft: Draft, command: RecordCompletion, code: RedeemCode | None, certificate: Certificate | None
) -> dict[str, Any]:
    """Record a completion.

    Raises REDEEM_CODE_UNKNOWN, REDEEM_CODE_OF_OTHER_PLATFORM, CLAIM_FOR_OTHER_COURSE, REDEEM_CODE_NOT_USED,
    FINISHED_BEFORE_PURCHASE, FINISHED_IN_FUTURE, CERTIFICATE_USED, CERTIFICATE_DIFFERS, PARTICIPATION_ENDED.
    """
    code = known(code, command.partner_code)
    person = participating(draft.person)
    purchase = person.purchases[code.purchase_number - 1]
    _check_course(draft, purchase, command)
    _check_certificate(purchase, command, certificate, person.applicant_id)
    draft.add(ClaimSeen(command.claim_key, command.digest, person.applicant_id))
    if purchase.finished_on is None:
        purchase = draft.set_purchase(
            purchase.number,
            finished_on=command.finished_on,
            review_deadline=draft.today + timedelta(days=draft.rules.review_deadline_days),
        )
        start_incentives(draft, command.finished_on)
    if command.certificate_number and not purchase.certificate_number:
        is_ours = command.certificate_number.upper().startswith(f"{purchase.certificate_prefix}-")
        _keep_certificate(draft, purchase, command.certificate_number, is_ours)
    return {"status": "taken"}


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


def _keep_certificate(draft: Draft, purchase: Purchase, number: str, reconciled: bool) -> None:
    person = draft.person
    first = all(each.certificate_number is None for each in person.purchases)
    purchase = draft.set_purchase(purchase.number, certificate_number=number, certificate_reconciled=reconciled)
    draft.add(Certificate(certificate_key(purchase.platform_code, number), person.applicant_id, purchase.number))
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
    """Accept a certificate that was looked at by staff, with its number corrected where it was misspelt.

    Raises COURSE_NOT_FINISHED, CERTIFICATE_USED.
    """
    person = participating(draft.person)
    purchase = person.purchase(command.purchase_number)
    if purchase is None or purchase.finished_on is None:
        raise Refused("COURSE_NOT_FINISHED")
    _check_unused(certificate, person.applicant_id, purchase.number)
    if purchase.certificate_number is None:
        _keep_certificate(draft, purchase, command.certificate_number, reconciled=True)
    else:
        number = command.certificate_number
        draft.set_purchase(purchase.number, certificate_number=number, certificate_reconciled=True)
        draft.add(Certificate(certificate_key(purchase.platform_code, number), person.applicant_id, purchase.number))
    return {"certificate_reconciled": True}
