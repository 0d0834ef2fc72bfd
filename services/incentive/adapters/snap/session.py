"""One conversation with a SNAP bank: the token, and one signed HTTP attempt after another."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from services.incentive.adapters.snap.codes import RENEW, case_of
from services.incentive.adapters.snap.profile import TOKEN, Service, SnapProfile
from services.incentive.adapters.snap.signing import body_bytes, external_id, signature, timestamp, token_signature

RENEW_AT = 0.8
"""Part of a token's life after which a new one is fetched: it must not end while a request is under way."""

LONGEST_ANSWER = 1_000_000
"""Bytes of an answer that are read as JSON; a larger one is not an answer of this interface."""


class NothingSent(Exception):
    """The request surely never arrived: no connection, or no token to send it with."""


class NoAnswer(Exception):
    """It was sent and what came back says nothing: nobody knows whether it was carried out."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of the bank: its case (codes.py), empty when it is none, and its fields."""

    case: str
    body: Mapping[str, Any] = field(repr=False)

    def text(self, name: str) -> str:
        value = self.body.get(name)
        return value if isinstance(value, str) else ""


class Session:
    """Signs and sends. `now` is real time: a bank refuses a timestamp that is far from its own."""

    def __init__(self, profile: SnapProfile, client: httpx.AsyncClient, now: Callable[[], datetime]) -> None:
        self._profile, self._client, self._now = profile, client, now
        self._token, self._renew_at = "", datetime.min.replace(tzinfo=UTC)
        self._fetching = asyncio.Lock()

    async def ask(self, service: Service, body: Mapping[str, Any]) -> Reply:
        """One request, and a second one with a new token when the first one's was not taken.

        Raises NothingSent or NoAnswer.
        """
        raw = body_bytes(body)
        used = await self._valid_token("")
        reply = await self._attempt(service, raw, used)
        if reply.case in RENEW:
            reply = await self._attempt(service, raw, await self._valid_token(used))
        return reply

    async def _attempt(self, service: Service, raw: bytes, token: str) -> Reply:
        profile, now = self._profile, self._now()
        at = timestamp(now)
        path = profile.signed_path(service)
        headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {token}",
            "X-TIMESTAMP": at,
            "X-SIGNATURE": signature(profile.client_secret, "POST", path, token, raw, at, profile.encoding),
            "X-PARTNER-ID": profile.partner_id,
            "X-EXTERNAL-ID": external_id(now),
            "CHANNEL-ID": profile.channel_id,
        }
        return await self._post(service, raw, headers)

    async def _post(self, service: Service, raw: bytes, headers: Mapping[str, str]) -> Reply:
        try:
            response = await self._client.post(self._profile.path(service), content=raw, headers=headers)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise NothingSent(type(error).__name__) from error
        except (httpx.HTTPError, httpx.InvalidURL, RuntimeError) as error:  # a client that is closed: RuntimeError
            raise NoAnswer(type(error).__name__) from error
        body = _fields(response)
        return Reply(case_of(response.status_code, body.get("responseCode"), service.code), body)

    async def _valid_token(self, refused: str) -> str:
        """The token in use, or a new one when it is old or was just refused. Raises NothingSent."""
        async with self._fetching:
            is_old = self._now() >= self._renew_at
            if not self._token or is_old or self._token == refused:
                await self._fetch()
            return self._token

    async def _fetch(self) -> None:
        profile, now = self._profile, self._now()
        at = timestamp(now)
        headers = {
            "Content-Type": "application/json",
            "X-TIMESTAMP": at,
            "X-CLIENT-KEY": profile.client_id,
            "X-SIGNATURE": token_signature(profile.private_key, profile.client_id, at, profile.token_encoding),
        }
        try:
            raw = body_bytes({"grantType": "client_credentials", "additionalInfo": {}})
            reply = await self._post(TOKEN, raw, headers)
        except NoAnswer as error:
            raise NothingSent("TOKEN") from error
        token, seconds = reply.text("accessToken"), str(reply.body.get("expiresIn", ""))
        if reply.case != "20000" or not token or not (seconds.isascii() and seconds.isdigit()):
            raise NothingSent("TOKEN")
        self._token = token
        self._renew_at = now + timedelta(seconds=min(int(seconds), 86_400) * RENEW_AT)


def _fields(response: httpx.Response) -> Mapping[str, Any]:
    """The answer's fields with their names stripped: a sample of the standard has a blank behind one.

    Raises NoAnswer.
    """
    try:
        found = json.loads(response.content) if len(response.content) <= LONGEST_ANSWER else None
    except (ValueError, RecursionError) as error:
        raise NoAnswer("NOT_JSON") from error
    if not isinstance(found, dict):
        raise NoAnswer("NOT_AN_OBJECT")
    return {name.strip(): value for name, value in found.items()}
