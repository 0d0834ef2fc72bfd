"""Two platforms, their claims as records of the topic, and a border that trusts both."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from deploy.simulators.claims import Claim, Platform, make_claim, new_platforms
from services.incentive.adapters.border import Border, ClaimRefused
from services.incentive.adapters.partners import Partner, PartnerKey, PartnerList
from shared.contracts.partner import TOPIC
from shared.engine.ports import Record
from tests.unit.incentive.builders import COURSE

NOW = datetime(2020, 8, 20, 3, 0, tzinfo=UTC)
PLATFORM, OTHER = new_platforms({"TOKOPEDIA": "TKP", "BUKALAPAK": "BKL"})


def partner(platform: Platform, *, active: bool = True) -> Partner:
    key = PartnerKey(platform.key.public_key(), active)
    return Partner(platform.partner_code, platform.client_code, (platform.sign_key.encode(),), (key,))


def border(*partners: Partner) -> Border:
    return Border(PartnerList(partners or (partner(PLATFORM), partner(OTHER))))


def genuine(platform: Platform = PLATFORM, **fields: Any) -> Claim:
    known = {
        "redeem_code": "CODE-0001",
        "course_code": COURSE,
        "finished_on": date(2020, 8, 20),
        "certificate_number": "TKP-000001",
    }
    return make_claim(platform, NOW, "claim_1", {**known, **fields})


def record(claim: Claim, **fields: Any) -> Record:
    headers = tuple((name, value.encode()) for name, value in claim.headers.items())
    return replace(Record(TOPIC, 0, 7, claim.redeem_code.encode(), claim.body, headers), **fields)


def reason(claim: Claim, judge: Border | None = None, **fields: Any) -> str:
    judged = (judge or border()).judge(record(claim, **fields), NOW)
    assert isinstance(judged, ClaimRefused), "believed"
    return judged.reason
