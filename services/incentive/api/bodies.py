"""What the door accepts: known fields, bounded text, whole numbers; everything else is refused."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Header, Path, Query
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StringConstraints

from services.incentive.domain.codes import Purpose
from shared.contracts.base import MAX_RUPIAH
from shared.web.guard import Day, Instant

ApplicantId = Annotated[str, Path(pattern=r"^[0-9a-f-]{36}$")]
BatchId = Annotated[str, Path(pattern=r"^[A-Z0-9-]{1,40}$")]
Reference = Annotated[str, Path(pattern=r"^[A-Z2-7]{30}$")]
SurveyNumber = Annotated[int, Path(ge=1, le=9)]
ChunkNumber = Annotated[int, Path(ge=1, le=100_000)]
PurchaseNumber = Annotated[int, Path(ge=1, le=99)]
CoursePath = Annotated[str, Path(pattern=r"^[A-Z0-9_-]{1,40}$")]
CourseQuery = Annotated[str, Query(pattern=r"^[A-Z0-9_-]{0,40}$")]
KindPath = Annotated[Literal["post_training", "survey"], Path()]
After = Annotated[str, Query(max_length=64)]
PageNumber = Annotated[int, Query(ge=0, le=2_000)]
PartnerQuery = Annotated[str, Query(pattern=r"^([A-Z][A-Z0-9_]{1,31}|-)?$")]
"""Code of a course platform, `-` for nobody's, empty for all."""
TrackingCode = Annotated[str, Header(alias="Tracking-Code", min_length=8, max_length=40)]
IdempotencyKey = Annotated[str | None, Header(alias="Idempotency-Key", min_length=8, max_length=200)]

Digits = Annotated[str | None, Field(pattern=r"^[0-9]{6}$")]
Plain = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_./-]+$")]
Rupiah = Annotated[StrictInt, Field(ge=1, le=MAX_RUPIAH)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=300)]
"""Blanks around it do not count: three of them are no evidence."""
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Body(BaseModel):
    """Unknown fields are refused, and no error text quotes what was sent."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class CitizenBody(Body):
    """All that spends or changes: the one-time code, or none when signed-in staff act for a person who is present."""

    code: Digits = None


class CodeBody(Body):
    """What the one-time code is for."""

    purpose: Purpose


class PurchaseBody(CitizenBody):
    course_code: Annotated[str, Field(pattern=r"^[A-Z0-9_-]{1,40}$")]
    accept_top_up: StrictBool = False


class ReviewBody(CitizenBody):
    purchase_number: Annotated[StrictInt, Field(ge=1, le=99)]
    rating: Annotated[StrictInt, Field(ge=1, le=5)]
    aspects: Annotated[tuple[Plain, ...], Field(max_length=6)] = ()
    comment: Annotated[str | None, Field(max_length=1000)] = None


class SurveyBody(CitizenBody):
    answers: Annotated[dict[Plain, Plain], Field(max_length=30)]


class AccountBody(CitizenBody):
    bank: Plain
    account_number: Annotated[str, Field(min_length=1, max_length=40)]


class BatchBody(Body):
    """Without `until` the list takes what is due up to today."""

    until: Day | None = None


class ApprovalBody(Body):
    """What the second officer saw."""

    list_hash: Hash
    lines: Annotated[StrictInt, Field(ge=1)]
    amount_rupiah: Rupiah


class PlanBody(Body):
    """A plan of repayment: how many monthly instalments, and the day of the first."""

    instalments: Annotated[StrictInt, Field(ge=1, le=99)]
    first_on: Day


class PlanDecisionBody(Body):
    """The second officer's word on exactly the plan that was shown: its hash with count and sum."""

    agreed: StrictBool
    plan_hash: Hash
    instalments: Annotated[StrictInt, Field(ge=1, le=99)]
    amount_rupiah: Rupiah


class OpeningBody(Body):
    """Why somebody's name and address are opened."""

    reason: Note


class RejectionBody(Body):
    reason: Note


class DepositBody(Body):
    deposit_id: Plain
    amount_rupiah: Rupiah


class DecisionBody(Body):
    paid: StrictBool
    evidence: Note


class RejectBody(Body):
    """A doubted completion that is none; the person is told the reason."""

    purchase_number: Annotated[StrictInt, Field(ge=1, le=99)]
    reason: Note


class CertificateBody(Body):
    purchase_number: Annotated[StrictInt, Field(ge=1, le=99)]
    certificate_number: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9/._-]{3,63}$")]


class RepaymentBody(Body):
    repayment_id: Plain
    amount_rupiah: Rupiah


class RefundBody(Body):
    refund_id: Plain
    amount_rupiah: Rupiah


class ReconciliationBody(Body):
    """Statement lines booked from this instant on are compared."""

    since: Instant


class NoticeBody(Body):
    """A notice of the bank about one reference."""

    reference: Annotated[str, Field(pattern=r"^[A-Z2-7]{30}$")]
    status: Literal["paid", "failed", "returned"]
    code: Annotated[str, Field(pattern=r"^([A-Z][A-Z0-9_]{0,39})?$")] = ""
