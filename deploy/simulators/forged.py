"""A hundred and more ways in which a record is no genuine claim, each with the reason for which it must be refused.

Each way makes a whole record from a genuine claim, since a header may stand twice and a key may be missing. Rules that
need the city (other course, code not used) are not among them: FORGERIES in claims.py has two.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deploy.simulators.claims import Claim, Platform, sign
from shared.contracts.partner import MAX_CLAIM_BYTES, WEBHOOK_ID, WEBHOOK_SIGNATURE, WEBHOOK_TIMESTAMP

ORDER = 2**252 + 27742317777372353535851937790883648493
"""Of the group of Ed25519: S and S + ORDER would verify the same, were the second not refused."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A record as a partner, or somebody who plays one, puts it on the topic."""

    key: bytes | None
    body: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    late: timedelta = timedelta()
    """How long after its signing it arrives."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What the forger has: a platform's key, another platform, the time, and a genuine claim."""

    platform: Platform
    other: Platform
    at: datetime
    claim: Claim

    @property
    def fields(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.claim.body)
        return found

    def genuine(self) -> Sent:
        headers = tuple((name, value.encode()) for name, value in self.claim.headers.items())
        return Sent(self.claim.redeem_code.encode(), self.claim.body, headers)

    def signed(self, body: bytes, *, at: datetime | None = None, by: Platform | None = None, id: str = "") -> Sent:
        """Any body under a signature that verifies."""
        headers = sign(by or self.platform, id or self.claim.headers[WEBHOOK_ID], at or self.at, body)
        return replace(self.genuine(), body=body, headers=tuple((n, v.encode()) for n, v in headers.items()))

    def with_fields(self, **fields: Any) -> Sent:
        return self.signed(json.dumps({**self.fields, **fields}).encode())

    def without(self, name: str) -> Sent:
        return self.signed(json.dumps({key: v for key, v in self.fields.items() if key != name}).encode())

    def raw(self, name: str, text: str) -> Sent:
        """A field whose JSON is written by hand."""
        return self.signed(self.claim.body.replace(json.dumps(self.fields[name]).encode(), text.encode()))

    def added(self, text: str) -> Sent:
        """JSON added behind the last field."""
        return self.signed(self.claim.body[:-1] + b", " + text.encode() + b"}")

    def header(self, name: str, value: bytes | str) -> Sent:
        raw = value.encode() if isinstance(value, str) else value
        genuine = self.genuine()
        return replace(genuine, headers=tuple((n, raw if n == name else v) for n, v in genuine.headers))

    def lacking(self, name: str) -> Sent:
        genuine = self.genuine()
        return replace(genuine, headers=tuple(each for each in genuine.headers if each[0] != name))

    def twice(self, name: str, second: str = "") -> Sent:
        genuine = self.genuine()
        copy = next((second or n, v) for n, v in genuine.headers if n == name)
        return replace(genuine, headers=(*genuine.headers, copy))

    def signature(self, raw: bytes) -> Sent:
        return self.header(WEBHOOK_SIGNATURE, b"v1a," + base64.b64encode(raw))

    def signed_over(self, content: bytes) -> Sent:
        """A signature by the right key over other bytes than those agreed."""
        return self.signature(self.platform.key.sign(content))

    def id_and_time(self) -> tuple[bytes, bytes]:
        return self.claim.headers[WEBHOOK_ID].encode(), self.claim.headers[WEBHOOK_TIMESTAMP].encode()

    def raw_signature(self) -> bytes:
        return base64.b64decode(self.claim.headers[WEBHOOK_SIGNATURE].partition(",")[2])


Make = Callable[[Scene], Sent]
Ways = Mapping[str, tuple[str, Make]]


def stranger_key() -> Ed25519PrivateKey:
    """A key of nobody, the same every time, so that test vectors can be compared."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"a stranger").digest())


def _stranger(scene: Scene) -> Platform:
    return replace(scene.platform, key=stranger_key())


def _beyond_order(scene: Scene) -> Sent:
    """The same signature with S + L: a second form of one signature, which strict readers refuse."""
    raw = scene.raw_signature()
    larger = int.from_bytes(raw[32:], "little") + ORDER
    return scene.signature(raw[:32] + larger.to_bytes(32, "little"))


def _fifth(scene: Scene) -> Sent:
    wrong = b"v1a," + base64.b64encode(b"\1" * 64)
    return scene.header(WEBHOOK_SIGNATURE, b" ".join([wrong] * 4 + [scene.claim.headers[WEBHOOK_SIGNATURE].encode()]))


SIGNATURES: Ways = {
    "strangers_key": ("SIGNATURE_WRONG", lambda s: s.signed(s.claim.body, by=_stranger(s))),
    "other_partners_key": ("SIGNATURE_WRONG", lambda s: s.signed(s.claim.body, by=s.other)),
    "name_of_another_partner": ("SIGNATURE_WRONG", lambda s: s.with_fields(partner_code=s.other.partner_code)),
    "signed_body_alone": ("SIGNATURE_WRONG", lambda s: s.signed_over(s.claim.body)),
    "signed_digest": ("SIGNATURE_WRONG", lambda s: s.signed_over(hashlib.sha256(s.claim.body).digest())),
    "signed_without_id": ("SIGNATURE_WRONG", lambda s: s.signed_over(s.id_and_time()[1] + b"." + s.claim.body)),
    "signed_without_time": ("SIGNATURE_WRONG", lambda s: s.signed_over(s.id_and_time()[0] + b"." + s.claim.body)),
    "signed_in_other_order": (
        "SIGNATURE_WRONG",
        lambda s: s.signed_over(b".".join((*reversed(s.id_and_time()), s.claim.body))),
    ),
    "signed_for_other_topic": (
        "SIGNATURE_WRONG",
        lambda s: s.signed_over(b".".join((b"partner.payment.v1", *s.id_and_time(), s.claim.body))),
    ),
    "of_another_claim": (
        "SIGNATURE_WRONG",
        lambda s: replace(s.signed(s.claim.body, id="another"), headers=s.header(WEBHOOK_ID, "claim_9").headers),
    ),
    "id_changed": ("SIGNATURE_WRONG", lambda s: s.header(WEBHOOK_ID, "claim_2")),
    "time_changed": (
        "SIGNATURE_WRONG",
        lambda s: s.header(WEBHOOK_TIMESTAMP, str(int(s.at.timestamp()) - 1)),
    ),
    "leading_zero_in_time": (
        "SIGNATURE_WRONG",
        lambda s: s.header(WEBHOOK_TIMESTAMP, b"0" + s.id_and_time()[1]),
    ),
    "all_zero": ("SIGNATURE_WRONG", lambda s: s.signature(bytes(64))),
    "all_one": ("SIGNATURE_WRONG", lambda s: s.signature(b"\xff" * 64)),
    "identity_point": ("SIGNATURE_WRONG", lambda s: s.signature(b"\1" + bytes(63))),
    "halves_swapped": ("SIGNATURE_WRONG", lambda s: s.signature(s.raw_signature()[32:] + s.raw_signature()[:32])),
    "beyond_the_order": ("SIGNATURE_WRONG", _beyond_order),
    "fifth_of_five": ("SIGNATURE_WRONG", _fifth),
    "a_byte_short": ("SIGNATURE_FORM_WRONG", lambda s: s.signature(s.raw_signature()[:63])),
    "a_byte_long": ("SIGNATURE_FORM_WRONG", lambda s: s.signature(s.raw_signature() + b"\0")),
    "in_hexadecimal": (
        "SIGNATURE_FORM_WRONG",
        lambda s: s.header(WEBHOOK_SIGNATURE, "v1a," + s.raw_signature().hex()),
    ),
    "without_padding": (
        "SIGNATURE_FORM_WRONG",
        lambda s: s.header(WEBHOOK_SIGNATURE, s.claim.headers[WEBHOOK_SIGNATURE].rstrip("=")),
    ),
    "symmetric": ("SIGNATURE_FORM_WRONG", lambda s: s.header(WEBHOOK_SIGNATURE, "v1," + "A" * 44)),
    "later_version": (
        "SIGNATURE_FORM_WRONG",
        lambda s: s.header(WEBHOOK_SIGNATURE, s.claim.headers[WEBHOOK_SIGNATURE].replace("v1a", "v2a")),
    ),
    "colon_for_comma": (
        "SIGNATURE_FORM_WRONG",
        lambda s: s.header(WEBHOOK_SIGNATURE, s.claim.headers[WEBHOOK_SIGNATURE].replace(",", ":")),
    ),
    "version_alone": ("SIGNATURE_FORM_WRONG", lambda s: s.header(WEBHOOK_SIGNATURE, "v1a,")),
    "empty_signature": ("SIGNATURE_FORM_WRONG", lambda s: s.header(WEBHOOK_SIGNATURE, "")),
}

_HEADERS = (WEBHOOK_ID, WEBHOOK_TIMESTAMP, WEBHOOK_SIGNATURE)
_ODD_IDS = ("", "a.b", "a b", "a" * 65, "claim_1\n", "klaim/1", "klaim_\u0661")
_ODD_TIMES = (
    "",
    "1e9",
    "-1",
    "+1597892400",
    " 1597892400",
    "1597892400.0",
    "0x5F3DE9B0",
    "1597892400000",
    "\u0661" * 10,
)


def _header_ways() -> Iterator[tuple[str, tuple[str, Make]]]:
    for name in _HEADERS:
        yield f"{name} missing", ("HEADER_MISSING", partial(Scene.lacking, name=name))
        yield f"{name} doubled", ("HEADER_DOUBLED", partial(Scene.twice, name=name))
        yield f"{name} doubled in capitals", ("HEADER_DOUBLED", partial(Scene.twice, name=name, second=name.title()))
        yield f"{name} no text", ("HEADER_NOT_TEXT", partial(Scene.header, name=name, value=b"\xff\xfe"))
    for number, id in enumerate(_ODD_IDS):
        yield f"odd id {number}", ("CLAIM_ID_WRONG", partial(Scene.header, name=WEBHOOK_ID, value=id))
    for number, time in enumerate(_ODD_TIMES):
        yield f"odd time {number}", ("TIMESTAMP_WRONG", partial(Scene.header, name=WEBHOOK_TIMESTAMP, value=time))


HEADERS: Ways = dict(_header_ways())


def _moved(days: float) -> Make:
    return lambda s: s.signed(s.claim.body, at=s.at + timedelta(days=days))


CLOCK: Ways = {
    "signed_eight_days_ago": ("CLAIM_TOO_OLD", _moved(-8)),
    "signed_a_second_too_long_ago": ("CLAIM_TOO_OLD", _moved(-7 - 1 / 86_400)),
    "replayed_eight_days_later": ("CLAIM_TOO_OLD", lambda s: replace(s.genuine(), late=timedelta(days=8))),
    "signed_in_1970": ("CLAIM_TOO_OLD", lambda s: s.header(WEBHOOK_TIMESTAMP, "0")),
    "signed_six_minutes_ahead": ("CLAIM_FROM_FUTURE", _moved(6 / 1440)),
    "signed_tomorrow": ("CLAIM_FROM_FUTURE", _moved(1)),
    "signed_in_33658": ("CLAIM_FROM_FUTURE", lambda s: s.header(WEBHOOK_TIMESTAMP, "999999999999")),
}

RECORDS: Ways = {
    "key_of_another_code": ("RECORD_KEY_DIFFERS", lambda s: replace(s.genuine(), key=b"CODE-9999")),
    "no_key": ("RECORD_KEY_DIFFERS", lambda s: replace(s.genuine(), key=None)),
    "key_in_small_letters": (
        "RECORD_KEY_DIFFERS",
        lambda s: replace(s.genuine(), key=(s.genuine().key or b"").lower()),
    ),
    "key_with_newline": ("RECORD_KEY_DIFFERS", lambda s: replace(s.genuine(), key=(s.genuine().key or b"") + b"\n")),
    "tombstone": ("BODY_MISSING", lambda s: replace(s.genuine(), body=None)),
    "empty_body": ("BODY_MISSING", lambda s: replace(s.genuine(), body=b"")),
    "a_byte_too_large": ("BODY_TOO_LARGE", lambda s: s.signed(s.claim.body.ljust(MAX_CLAIM_BYTES + 1))),
    "a_megabyte": ("BODY_TOO_LARGE", lambda s: s.signed(s.claim.body.ljust(2**20))),
    "compressed": ("PARTNER_MISSING", lambda s: s.signed(gzip.compress(s.claim.body, mtime=0))),
    "compressed_bomb": (
        "PARTNER_MISSING",
        lambda s: s.signed(gzip.compress(b'"partner_code":' + b" " * 2**22, mtime=0)),
    ),
}
