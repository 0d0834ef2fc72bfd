"""What the door accepts: known fields, bounded text."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Header, Path
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

ApplicantId = Annotated[str, Path(pattern=r"^[0-9a-f-]{36}$")]
Key = Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{1,64}$")]
ChannelPath = Annotated[str, Path(pattern=r"^[a-z]{1,20}$")]
KecamatanPath = Annotated[str, Path(pattern=r"^[0-9.]{8}$")]
IdempotencyKey = Annotated[str | None, Header(alias="Idempotency-Key", min_length=8, max_length=200)]

Short = Annotated[str, Field(min_length=1, max_length=64)]
Value = Annotated[str, Field(min_length=1, max_length=300)]
Letter = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=600)]
"""What a person complains of, or what the office answers; an answer must fit into ten SMS with its frame."""


class Body(BaseModel):
    """Unknown fields are refused, and no error text quotes what was sent."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class CampaignBody(Body):
    template: Short
    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=120)]
    channels: Annotated[tuple[Short, ...], Field(min_length=1, max_length=10)]
    kecamatan: Annotated[tuple[Short, ...], Field(max_length=100)] = ()
    """Kemendagri codes; none = the whole city."""
    values: Annotated[dict[Short, Value], Field(max_length=20)] = {}


class PreferenceBody(Body):
    channel: Literal["sms", "whatsapp", "email", ""]


class SettlementBody(Body):
    outcome: Literal["sent", "failed"]


class TicketBody(Body):
    applicant_id: Annotated[str, Field(pattern=r"^[0-9a-f-]{36}$")]
    topic: Short
    came_by: Short
    complaint: Letter


class AnswerBody(Body):
    answer: Letter


class ReopenBody(Body):
    complaint: Letter


class ClosingBody(Body):
    reason: Short
