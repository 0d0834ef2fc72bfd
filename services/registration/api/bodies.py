"""What the door accepts: known fields, bounded text, strict truth and numbers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import Header, Path
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt

from shared.web.guard import Instant

Line = Annotated[str, Field(min_length=1, max_length=300)]
Short = Annotated[str, Field(min_length=1, max_length=64)]
Note = Annotated[str, Field(min_length=3, max_length=300)]
Hex = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Point = Annotated[str, Field(pattern=r"^0[23][0-9a-f]{64}$")]
Digits = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
Quota = Annotated[StrictInt, Field(ge=0, le=10_000_000)]
WaveNumber = Annotated[int, Path(ge=1, le=9999)]
ApplicantId = Annotated[str, Path(pattern=r"^[0-9a-f-]{36}$")]
Key = Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{1,80}$")]
TrackingCode = Annotated[str, Header(alias="Tracking-Code", min_length=8, max_length=40)]
IdempotencyKey = Annotated[str | None, Header(alias="Idempotency-Key", min_length=8, max_length=200)]


class Body(BaseModel):
    """Unknown fields are refused, and no error text quotes what was sent."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Declarations(Body):
    """Statements of the signed form; one that is not true makes the person not eligible, with a reason."""

    citizen: StrictBool
    not_in_formal_education: StrictBool
    not_an_official: StrictBool


class ApplicationBody(Body):
    """The ten items of Permenaker 17/2020 and ours (paper facts 1-5 and 74)."""

    full_name: Line
    nik: Short
    kk_number: Short
    birth_date: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
    sex: Short
    email: Annotated[str, Field(min_length=3, max_length=254)]
    mobile: Short
    domicile: Line
    district_code: Short | None = None
    last_education: Short
    work_status: Line
    desired_training: Line
    covid_affected: StrictBool | None = None
    group: Short | None = None
    heard_from: Short | None = None
    declarations: Declarations
    consent: StrictBool = False


class CorrectionFields(Body):
    """Only what changes. Statements are not among them: those are an objection, or a visit."""

    full_name: Line | None = None
    nik: Short | None = None
    kk_number: Short | None = None
    birth_date: Annotated[str | None, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")] = None
    sex: Short | None = None
    email: Annotated[str | None, Field(min_length=3, max_length=254)] = None
    mobile: Short | None = None
    domicile: Line | None = None
    district_code: Short | None = None
    last_education: Short | None = None
    work_status: Line | None = None
    desired_training: Line | None = None
    covid_affected: StrictBool | None = None
    consent: StrictBool | None = None


class CorrectionBody(CorrectionFields):
    """A correction by the person, with the one-time code."""

    code: Digits


class CodeBody(Body):
    code: Digits


class CodeRequest(Body):
    purpose: Literal["correction", "withdrawal", "objection", "participation"]


class ObjectionBody(Body):
    code: Digits
    text: Annotated[str, Field(min_length=10, max_length=1500)]


class TestBody(Body):
    """Question code -> code of the chosen answer."""

    __test__ = False
    answers: Annotated[dict[Short, Short], Field(max_length=20)]


class LostCode(Body):
    """What a person knows who lost the tracking code."""

    nik: Short
    kk_number: Short
    birth_date: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]


class LostCodeRenewal(LostCode):
    code: Digits


class VisitBody(Body):
    on: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
    slot: Annotated[str, Field(pattern=r"^[0-2][0-9]:[0-5][0-9]$")]
    topic: Literal["REGISTRATION", "DATA", "SELECTION", "TRAINING", "INCENTIVE", "EMAIL_OR_WALLET"]
    way: Literal["visit", "phone", "whatsapp"] = "visit"


class StratumBody(Body):
    code: Annotated[str, Field(pattern=r"^[A-Z0-9_.]{1,40}$")]
    quota: Quota


class WaveBody(Body):
    """A draft. Without `strata` the priorities of the rule file are taken; an empty list means none."""

    wave: Annotated[StrictInt, Field(ge=1, le=9999)]
    quota: Quota
    opens_at: Instant
    closes_at: Instant
    strata: Annotated[list[StratumBody] | None, Field(max_length=40)] = None


class OpeningBody(Body):
    take_recycled: StrictBool = True


class WaveChangeBody(Body):
    opens_at: Instant | None = None
    closes_at: Instant | None = None
    quota: Quota | None = None
    reason: Note


class OfficialsBody(Body):
    """Names in the order in which their secrets will make the seed; `beacon` is the hash of a drand chain."""

    officials: Annotated[list[Line], Field(min_length=1, max_length=9)]
    threshold: Annotated[StrictInt | None, Field(ge=2, le=8)] = None
    beacon: Hex | None = None


class CommitmentBody(Body):
    """The file `commitment.json` that `gelombang draw secret` writes for an official."""

    official: Line
    points: Annotated[list[Point], Field(min_length=2, max_length=8)]


class AcknowledgementBody(CommitmentBody):
    """The file that `gelombang draw share sign` writes: `holder` checked the share against these points and signed."""

    holder: Line
    signature: Annotated[str, Field(pattern=r"^[0-9a-f]{128}$")]


class AcknowledgementsBody(Body):
    acknowledgements: Annotated[list[AcknowledgementBody], Field(min_length=1, max_length=72)]


class SecretBody(Body):
    official: Line
    secret: Hex


class ShareBody(Body):
    """A share that `holder` keeps of the secret of `official`."""

    official: Line
    holder: Line
    share: Hex


class BeaconBody(Body):
    """The round of the wave's beacon and its signature, as drand publishes them."""

    round: Annotated[StrictInt, Field(ge=1)]
    signature: Annotated[str, Field(pattern=r"^[0-9a-f]{96}$")]


class DrawBody(Body):
    """The officials' secrets, and shares of those that are withheld."""

    secrets: Annotated[list[SecretBody], Field(max_length=9)]
    shares: Annotated[list[ShareBody], Field(max_length=72)] = []
    beacon: BeaconBody | None = None


class JoinBody(Body):
    applicant_id: Annotated[str, Field(pattern=r"^[0-9a-f-]{36}$")]


class CancellationBody(Body):
    reason: Note


class BatchJoinBody(Body):
    """All eligible people of one sheet; their test was taken on paper (recorded) or is waived for a reason."""

    import_id: Short
    test: Literal["recorded", "waived"]
    note: Note


class TestRecordBody(Body):
    __test__ = False
    result: Literal["recorded", "waived"]
    note: Note


class ProposalBody(Body):
    answer: Literal["confirm", "reject"]
    reason: Note


class ErasureBody(Body):
    reason: Literal["REQUEST", "RETENTION_ENDED", "UNLAWFUL"]


class SearchBody(Body):
    nik: Short


def utc(at: datetime) -> datetime:
    """Whole milliseconds in UTC, as everything is stored."""
    whole = at.astimezone(UTC)
    return whole.replace(microsecond=whole.microsecond // 1000 * 1000)
