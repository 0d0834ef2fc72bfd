"""A platform that issues badges, and a border that has an agreement about them."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deploy.simulators.badges import Form, as_document, list_document
from deploy.simulators.claims import make_claim
from deploy.simulators.forged_badges import BadgeScene, Credential
from services.incentive.adapters.border import Border, ClaimAccepted, ClaimRefused
from services.incentive.adapters.partners import Partner, PartnerList, read_partners
from tests.unit.incentive.builders import COURSE
from tests.unit.incentive.claims import NOW, OTHER, PLATFORM, record

FORMS: tuple[Form, ...] = ("jwt", "jcs")
assert PLATFORM.badge_key is not None
assert OTHER.badge_key is not None
KEY: Ed25519PrivateKey = PLATFORM.badge_key
SCENE = BadgeScene("tokopedia", KEY, "bukalapak", OTHER.badge_key, NOW, "CODE-0001", COURSE)
EMPTY = json.dumps(as_document(KEY, list_document("tokopedia", NOW, ()))).encode()


def trusting(stored: bytes | None = EMPTY, row: dict[str, Any] | None = None) -> Border:
    partners: list[Partner] = read_partners([row or PLATFORM.row(), OTHER.row()])
    return Border(PartnerList(partners, {"TOKOPEDIA": stored} if stored else {}))


def judged(
    credential: Credential, border: Border | None = None, code: str = "CODE-0001"
) -> ClaimAccepted | ClaimRefused:
    fields = {
        "redeem_code": code,
        "course_code": COURSE,
        "finished_on": date(2020, 8, 20),
        "certificate_number": None,
        "credential": credential,
    }
    return (border or trusting()).judge(record(make_claim(PLATFORM, NOW, "claim_1", fields)), NOW)


def reason(credential: Credential, border: Border | None = None) -> str:
    found = judged(credential, border)
    assert isinstance(found, ClaimRefused), "believed"
    return found.reason


def stored(document: dict[str, Any], key: Ed25519PrivateKey = KEY) -> bytes:
    return json.dumps(as_document(key, document)).encode()
