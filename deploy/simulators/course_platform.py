"""The eight course platforms in one program: they take redeem codes through our interface and claim completions.

A person hands in a code; the platform asks `status`, then `commit`, both signed. When the course is over it publishes
a signed claim, or a forged one where the script says so. `journal` is what it knows to have done.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any, Literal

import httpx
from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from deploy.simulators.badges import badge_document, list_document, secured
from deploy.simulators.claims import FORGERIES, Claim, Platform, make_claim
from shared.contracts.partner import TOPIC
from shared.engine.journal import partition_of
from shared.engine.ports import Broker, Clock, Record

PATH = "/api/v1/integration/payment/redeem-code"

Sink = Callable[[Claim], Awaitable[None]]
"""Where claims go."""
Badge = Literal["", "genuine", "withdrawn"]
"""Whether an Open Badge stands for the certificate number, and one that its platform has withdrawn."""
WITHDRAWN = 0
"""Place of withdrawn badges in every platform's list; real ones are drawn at random, here they count up."""


def signature(sign_key: str, client_code: str, timestamp: str, path: str, body: str) -> str:
    """The partner interface's own signature: lower-case hexadecimal HMAC-SHA1, parts joined without separator."""
    content = f"{client_code}{timestamp}POST{path}{body}"
    return hmac.new(sign_key.encode(), content.encode(), hashlib.sha1).hexdigest()


def kafka_sink(broker: Broker, partitions: int, topic: str = TOPIC) -> Sink:
    """Claims as records of the partner topic, keyed by the redeem code."""

    async def send(claim: Claim) -> None:
        key = claim.redeem_code.encode()
        headers = tuple((name, value.encode()) for name, value in claim.headers.items())
        partition, now = partition_of(key, partitions), int(time.time() * 1000)
        # Real time, not programme time: the topic keeps records for 30 real days.
        await broker.publish(topic, partition, [Record(topic, partition, -1, key, claim.body or None, headers, now)])

    return send


def http_sink(client: httpx.AsyncClient) -> Sink:
    """Claims over HTTP; a refusal is the border's business, so the answer is not looked at."""

    async def send(claim: Claim) -> None:
        headers = {**claim.headers, "content-type": "application/json"}
        await client.post("/incentive/partner/claims", content=claim.body, headers=headers)

    return send


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Somebody learns: when the claim is published, how it is forged, if it is, and what proves the course."""

    platform: Platform
    redeem_code: str
    course_code: str
    claims_at: datetime
    finished_on: date
    certificate_number: str | None
    forgery: str | None = None
    badge: Badge = ""


@dataclass(slots=True)
class CoursePlatforms:
    """The platforms' whole state. `client` speaks to the incentive service."""

    platforms: Sequence[Platform]
    client: httpx.AsyncClient
    sink: Sink
    clock: Clock
    journal: list[dict[str, Any]] = field(default_factory=list)
    """What was claimed: redeem code, claim id, forgery."""
    _enrolled: list[Enrolment] = field(default_factory=list)
    _claims: int = 0
    _badges: int = WITHDRAWN

    def platform(self, partner_code: str) -> Platform | None:
        return next((each for each in self.platforms if each.partner_code == partner_code), None)

    async def redeem(self, platform: Platform, redeem_code: str) -> Mapping[str, Any]:
        """Ask the code's status and take it; returns our service's last answer."""
        answer = await self.call(platform, "status", {"redeem_code": redeem_code, "sequence": 1})
        if not answer.get("success") or answer["data"]["status"] != 0:
            return answer
        return await self.call(platform, "commit", {"redeem_code": redeem_code})

    async def call(self, platform: Platform, act: str, fields: Mapping[str, Any]) -> Mapping[str, Any]:
        """One signed call; the bytes that are signed are the bytes that are sent."""
        body, timestamp = json.dumps(fields, separators=(",", ":")), str(int(self.clock.wall().timestamp()))
        path = f"{PATH}/{act}"
        headers = {
            "content-type": "application/json",
            "client_code": platform.client_code,
            "timestamp": timestamp,
            "signature": signature(platform.sign_key, platform.client_code, timestamp, path, body),
        }
        response = await self.client.post(path, content=body.encode(), headers=headers)
        answer: dict[str, Any] = response.json()
        return answer

    def enrol(self, enrolment: Enrolment) -> None:
        self._enrolled.append(enrolment)

    async def run_due(self) -> int:
        """Publish the claims whose time has come; returns how many."""
        now = self.clock.now()
        ready = [each for each in self._enrolled if each.claims_at <= now]
        self._enrolled = [each for each in self._enrolled if each.claims_at > now]
        for each in ready:
            await self.publish(each)
        return len(ready)

    async def publish(self, each: Enrolment) -> Claim:
        """Sign a claim, forge it if so scripted, and give it to the sink."""
        self._claims += 1
        now, id = self.clock.wall(), f"claim_{each.platform.client_code}_{self._claims}"
        fields = {
            "redeem_code": each.redeem_code,
            "course_code": each.course_code,
            "finished_on": each.finished_on,
            "certificate_number": None if each.badge else each.certificate_number,
            **({"credential": self._badge(each, now)} if each.badge else {}),
        }
        claim = make_claim(each.platform, now, id, fields)
        if each.forgery:
            claim = FORGERIES[each.forgery][1](each.platform, now, claim)
        await self.sink(claim)
        self.journal.append({"redeem_code": each.redeem_code, "claim_id": id, "forgery": each.forgery})
        return claim

    def _badge(self, each: Enrolment, now: datetime) -> str | dict[str, Any]:
        """An Open Badge of this platform; both forms that can be checked offline take turns."""
        key, client = each.platform.badge_key, each.platform.client_code
        assert key is not None
        self._badges += 1
        index = WITHDRAWN if each.badge == "withdrawn" else self._badges
        document = badge_document(client, each.redeem_code, each.course_code, now, index)
        return secured(key, document, "jwt" if self._badges % 2 else "jcs")


def status_list(platform: Platform, now: datetime) -> bytes:
    """A platform's signed list of withdrawn badges, as the office keeps it."""
    assert platform.badge_key is not None
    document = list_document(platform.client_code, now, (WITHDRAWN,))
    return json.dumps(secured(platform.badge_key, document, "jcs")).encode()


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class RedeemBody(_Body):
    partner_code: Annotated[str, Field(max_length=32)]
    redeem_code: Annotated[str, Field(max_length=32)]


class EnrolBody(RedeemBody):
    course_code: Annotated[str, Field(max_length=40)]
    claims_at: AwareDatetime
    finished_on: date
    certificate_number: Annotated[str | None, Field(max_length=64)] = None
    forgery: str | None = None
    badge: Badge = ""


class _Counter:
    """The platforms' counter: one method per address."""

    def __init__(self, platforms: CoursePlatforms) -> None:
        self._platforms = platforms

    async def redeem(self, body: RedeemBody) -> Response:
        platform = self._platforms.platform(body.partner_code)
        if platform is None:
            return JSONResponse({"error": "PLATFORM_UNKNOWN"}, 404)
        return JSONResponse(dict(await self._platforms.redeem(platform, body.redeem_code)))

    async def enrol(self, body: EnrolBody) -> Response:
        platform = self._platforms.platform(body.partner_code)
        if platform is None or (body.forgery and body.forgery not in FORGERIES):
            return JSONResponse({"error": "PLATFORM_OR_FORGERY_UNKNOWN"}, 404)
        fields = body.model_dump(exclude={"partner_code"})
        self._platforms.enrol(Enrolment(platform, **fields))
        return JSONResponse({"enrolled": True})

    async def journal(self) -> Response:
        return JSONResponse({"claims": self._platforms.journal})


def build_platforms(platforms: CoursePlatforms) -> FastAPI:
    """The platforms' own interface, for loopback only."""
    app, counter = FastAPI(title="Simulated course platforms", docs_url=None, redoc_url=None), _Counter(platforms)
    app.add_api_route("/redeem", counter.redeem, methods=["POST"])
    app.add_api_route("/enrol", counter.enrol, methods=["POST"])
    app.add_api_route("/simulator/journal", counter.journal, methods=["GET"])
    return app
