"""What every event of Gelombang is: a frozen fact with a subject, safe to store, print and send."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

MAX_RUPIAH = 10**12
"""Upper bound of every amount in an event: far above the programme, far below 2**63."""


class Sealed(str):
    """Personal data under the key of one person (shared/security/vault.py); prints as `•••`.

    Holds base64 text of nonce + AES-256-GCM ciphertext. It is a `str` only so that every
    sink (JSON, BSON, a log) accepts it; nobody can read it without the person's key.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "•••"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return "•••"

    @property
    def ciphertext(self) -> str:
        """The stored text itself, for the vault and for drivers; still unreadable without the key."""
        return str.__getitem__(self, slice(None))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(
            cls,
            core_schema.str_schema(max_length=4096),
            serialization=core_schema.plain_serializer_function_ser_schema(lambda value: value.ciphertext),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "string", "format": "sealed", "maxLength": 4096}


class Event(BaseModel):
    """A fact that one service tells the others. The class name is its `ce_type` and never changes.

    A subclass lists plain fields and overrides `subject` where the key is not the applicant.
    Readers ignore fields they do not know, so fields may be added but never removed.
    """

    model_config = ConfigDict(
        frozen=True, extra="ignore", allow_inf_nan=False, hide_input_in_errors=True, ser_json_bytes="base64"
    )

    source: ClassVar[str]
    """Name of the service that says it; becomes `ce_source = /gelombang/<source>`."""

    @property
    def subject(self) -> str:
        """Record key: who or what this is about. Facts of one subject stay in order."""
        return str(self.applicant_id)  # type: ignore[attr-defined]  # events about a person all have it

    @classmethod
    def type_name(cls) -> str:
        return cls.__name__


class RecordParked(Event):
    """A record could not be taken and waits, with the later records of its key, for staff to look at it.

    Every service may say this. It names the letter and a reason code; the record itself is not in it.
    """

    source: ClassVar[str] = "each"

    letter_id: str
    topic: str
    partition: int
    reason: str

    @property
    def subject(self) -> str:
        return f"letter-{self.letter_id[:32]}"


class RecordReplayed(Event):
    """A parked record was taken after all, in its order."""

    source: ClassVar[str] = "each"

    letter_id: str
    topic: str
    partition: int

    @property
    def subject(self) -> str:
        return f"letter-{self.letter_id[:32]}"
