"""The one act that both ways do: take a registration, keep it as a new document, say it, count it per district.

Both ways parse the same body into `Body`, refuse a number that is taken (it is the document's `_id`), store the
same eleven fields and say the same event.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.base import Event
from shared.contracts.decision import Decision, Ref, Refused, World, ref
from shared.engine.marks import Heard
from shared.engine.projector import Projection
from shared.engine.rules import Rule
from shared.engine.service import Definition

DISTRICTS = tuple(f"35.78.{number:02}" for number in range(1, 32))


class Body(BaseModel):
    """What a caller sends."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    nik: str = Field(pattern=r"^\d{16}$")
    full_name: str = Field(min_length=1, max_length=100)
    birth_date: date
    email: str = Field(pattern=r"^[^@\s]{1,64}@[^@\s]{1,255}$")
    mobile: str = Field(pattern=r"^\+62\d{8,12}$")
    kecamatan: str = Field(pattern=r"^\d\d\.\d\d\.\d\d$")
    education: str = Field(max_length=40)
    work_status: str = Field(max_length=40)
    desired_training: str = Field(max_length=80)
    consent_campaigns: bool


class Registered(Event):
    """Somebody registered: all fields of the body, and a number for the answer."""

    source: ClassVar[str] = "bench"
    nik: str
    registration_id: str
    full_name: str
    birth_date: date
    email: str
    mobile: str
    kecamatan: str
    education: str
    work_status: str
    desired_training: str
    consent_campaigns: bool

    @property
    def subject(self) -> str:
        return self.nik


@dataclass(frozen=True, slots=True)
class Registration:
    collection: ClassVar[str] = "registrations"
    nik: str
    registration_id: str
    full_name: str
    birth_date: date
    email: str
    mobile: str
    kecamatan: str
    education: str
    work_status: str
    desired_training: str
    consent_campaigns: bool

    @property
    def id(self) -> str:
        return self.nik


@dataclass(frozen=True, slots=True)
class Register:
    """The command: what came in and the number it got at the door."""

    fields: Mapping[str, Any]
    registration_id: str


def _needs(command: Register, world: World) -> list[Ref]:
    return [ref(Registration, command.fields["nik"])]


def _decide(world: World, command: Register, now: datetime) -> Decision:
    if world.get(Registration, command.fields["nik"]):
        raise Refused("NIK_TAKEN")
    registration = Registration(registration_id=command.registration_id, **command.fields)
    return Decision(changes=(registration,), events=(event_of(command),), reply={"id": command.registration_id})


def event_of(command: Register) -> Registered:
    return Registered(registration_id=command.registration_id, **command.fields)


def definition() -> Definition:
    return Definition(name="bench", aggregates=(Registration,), commands={Register: Rule(_needs, _decide)})


def command_of(body: Body) -> Register:
    return Register(body.model_dump(), str(uuid.uuid4()))


def count(projection: Projection, heard: Heard) -> None:
    """What reporting makes of it: how many registered, per district."""
    if isinstance(heard.event, Registered):
        projection.add("districts", heard.event.kecamatan, registered=1)


def new_body() -> Body:
    """Somebody who has not registered yet."""
    number = secrets.randbelow(10**16)
    return Body(
        nik=f"{number:016}",
        full_name="Siti Rahmawati Kusumaningtyas",
        birth_date=date(1996, 4, 12),
        email=f"siti.{number}@example.id",
        mobile=f"+628{number % 10**10:010}",
        kecamatan=DISTRICTS[number % len(DISTRICTS)],
        education="SMA",
        work_status="pencari_kerja",
        desired_training="Administrasi perkantoran",
        consent_campaigns=True,
    )
