"""The civil registry (Dukcapil): asked field by field, answers only match or no match.

Its shape was read in public clients (integration notes 12): POST JSON, answer `{"content": [{...}]}` with HTTP 200 even
for failures, words `Sesuai` / `Tidak Sesuai (0)` in any case. Path and institution come with the agreement.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, Protocol

import httpx

from services.registration.settings import RegistrationSettings

Found = Literal["match", "mismatch", "not_found", "inactive"]

_WORD = re.compile(r"(tidak )?sesuai(?: \((\d+)\))?", re.IGNORECASE)
_FIELDS = {
    "full_name": "NAMA_LGKP",
    "birth_date": "TGL_LHR",
    "sex": "JENIS_KLMIN",
    "kk_number": "NO_KK",
}
"""Our field -> the registry's key in question and answer."""
_NOT_FOUND, _INACTIVE = frozenset({"13"}), frozenset({"12", "14", "15"})
_FAILURE_KEYS = ("RESPONSE_CODE", "RESPON", "RESPONSE", "RESPONSE_DESC")


class RegistryUnavailable(Exception):
    """No answer about the person was given; asking again later is right. Holds no personal data."""

    def __init__(self, reason: str, retry_after_seconds: float = 30.0) -> None:
        super().__init__(reason)
        self.reason, self.retry_after_seconds = reason, retry_after_seconds


@dataclass(frozen=True, slots=True, repr=False)
class Identity:
    """What is asked, in clear: lives only for the length of a call and is never printed."""

    nik: str
    full_name: str
    birth_date: date
    kk_number: str
    sex: str


@dataclass(frozen=True, slots=True)
class Answer:
    """`fields` are ours that do not match; empty unless `found` is mismatch."""

    found: Found
    fields: tuple[str, ...] = ()
    asked_at: datetime | None = field(default=None, compare=False)
    """When the registry said it; a cached answer keeps its time."""


class CivilRegistry(Protocol):
    async def check(self, identity: Identity) -> Answer:
        """Raises RegistryUnavailable."""
        ...


class NoRegistry:
    """No agreement with the civil registry yet: nothing is asked, every identity waits for staff."""

    async def check(self, identity: Identity) -> Answer:
        raise RegistryUnavailable("NO_AGREEMENT", retry_after_seconds=86_400.0)


class HttpCivilRegistry:
    """The check over HTTP. The client is made and closed by whoever composes the service."""

    def __init__(self, client: httpx.AsyncClient, settings: RegistrationSettings) -> None:
        self._client, self._settings = client, settings
        self._password = settings.civil_registry_password()
        # waiting here is cheap; the client's own pool searches all its connections for every waiting request
        self._room = asyncio.Semaphore(settings.civil_registry_connections)

    async def check(self, identity: Identity) -> Answer:
        settings = self._settings
        body = {
            "USER_ID": settings.civil_registry_user,
            "PASSWORD": self._password,
            "IP_USER": settings.civil_registry_client_address,
            "TRESHOLD": str(settings.civil_registry_name_threshold),
            "NIK": identity.nik,
            "NAMA_LGKP": identity.full_name,
            "TGL_LHR": identity.birth_date.strftime("%d-%m-%Y"),
            "JENIS_KLMIN": "Laki-Laki" if identity.sex == "M" else "Perempuan",
            "NO_KK": identity.kk_number,
        }
        try:
            async with self._room:
                response = await self._client.post(settings.civil_registry_url, json=body)
        except httpx.HTTPError as error:
            raise RegistryUnavailable(type(error).__name__) from None
        if response.status_code != 200:
            raise RegistryUnavailable(f"HTTP_{response.status_code}")
        return read_answer(_first(response), settings.civil_registry_name_threshold)


def _first(response: httpx.Response) -> Mapping[str, Any]:
    try:
        content = response.json()["content"][0]
    except (ValueError, KeyError, IndexError, TypeError):
        raise RegistryUnavailable("UNREADABLE") from None
    if not isinstance(content, Mapping):
        raise RegistryUnavailable("UNREADABLE")
    return content


def read_answer(content: Mapping[str, Any], threshold: int) -> Answer:
    """What the registry said about one NIK. Raises RegistryUnavailable for quota, address or anything not understood.

    A failure comes with HTTP 200 too; the score counts against our threshold, not the word beside it.
    """
    answers = {ours: _matches(content.get(theirs), threshold) for ours, theirs in _FIELDS.items()}
    if all(value is None for value in answers.values()):
        return _without_fields(content)
    wrong = tuple(ours for ours, matches in answers.items() if matches is False)
    return Answer("mismatch", wrong) if wrong else Answer("match")


def _matches(value: Any, threshold: int) -> bool | None:
    """True, False, or None when the field was not answered."""
    found = _WORD.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        return None
    if found[1]:
        return False
    return found[2] is None or int(found[2]) >= threshold


def _without_fields(content: Mapping[str, Any]) -> Answer:
    said = " ".join(str(content[key]) for key in _FAILURE_KEYS if key in content)
    codes = set(re.findall(r"\b\d{2}\b", said))
    if codes & _NOT_FOUND or "tidak ditemukan" in said.lower():
        return Answer("not_found")
    if codes & _INACTIVE or "tidak aktif" in said.lower():
        return Answer("inactive")
    raise RegistryUnavailable("REFUSED", retry_after_seconds=3600.0)
