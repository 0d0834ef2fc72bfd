"""Forged, borrowed and ill-formed badges, each with the reason for which it must be refused.

A way changes the document before it is signed by the right key, or signs in a wrong manner; it holds for both forms
unless it needs one of them.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deploy.simulators.badges import Form, as_document, as_token, badge_document, secured, status_entry
from deploy.simulators.forged import stranger_key

Document = dict[str, Any]
Credential = str | Document


@dataclass(frozen=True, slots=True)
class BadgeScene:
    """What an issuer has: its key, another issuer's key, the time, and what the badge is about."""

    client_code: str
    key: Ed25519PrivateKey
    other_code: str
    other_key: Ed25519PrivateKey
    at: datetime
    redeem_code: str
    course_code: str

    def document(self, **changes: Any) -> Document:
        return {**badge_document(self.client_code, self.redeem_code, self.course_code, self.at, 7), **changes}

    def genuine(self, form: Form) -> Credential:
        return secured(self.key, self.document(), form)


Change = Callable[[BadgeScene, Document], Document]
Manner = Callable[[BadgeScene], Credential]


def _set(**fields: Any) -> Change:
    return lambda scene, document: {**document, **fields}


def _subject(**fields: Any) -> Change:
    return lambda scene, document: {**document, "credentialSubject": {**document["credentialSubject"], **fields}}


def _identity(**fields: Any) -> Change:
    def change(scene: BadgeScene, document: Document) -> Document:
        subject = document["credentialSubject"]
        return {
            **document,
            "credentialSubject": {**subject, "identifier": [{**subject["identifier"][0], **fields}]},
        }

    return change


def _about(redeem_code: str = "", course_code: str = "") -> Change:
    """A genuine badge about somebody or something else."""
    return lambda s, d: badge_document(
        s.client_code, redeem_code or s.redeem_code, course_code or s.course_code, s.at, 7
    )


def _valid(name: str, days: float) -> Change:
    return lambda scene, document: {**document, name: (scene.at + timedelta(days=days)).isoformat()}


def _status(**fields: Any) -> Change:
    return lambda s, document: {**document, "credentialStatus": {**status_entry(s.client_code, 7), **fields}}


CHANGES: Mapping[str, tuple[str, Change]] = {
    "other_person": ("BADGE_FOR_OTHER_PERSON", _about(redeem_code="CODE-9999")),
    "other_course": ("BADGE_FOR_OTHER_COURSE", _about(course_code="LAIN-999")),
    "achievement_missing": ("BADGE_FOR_OTHER_COURSE", _subject(achievement=None)),
    "other_issuer": ("BADGE_ISSUER_WRONG", _set(issuer="https://badges.somebody.example")),
    "issuer_missing": ("BADGE_ISSUER_WRONG", _set(issuer={})),
    "nik_in_clear": ("BADGE_HOLDS_NIK", _subject(name="1271011203950001")),
    "nik_as_number": ("BADGE_HOLDS_NIK", _subject(id=1271011203950001)),
    "nik_hashed": ("BADGE_HOLDS_NIK", _identity(identityType="nationalIdentityNumber")),
    "not_hashed": ("BADGE_SUBJECT_NOT_HASHED", _identity(hashed=False)),
    "hash_as_text": ("BADGE_SUBJECT_NOT_HASHED", _identity(hashed="true")),
    "plain_code": ("BADGE_SUBJECT_NOT_HASHED", _identity(identityHash="CODE-0001")),
    "other_hash": ("BADGE_SUBJECT_NOT_HASHED", _identity(identityHash="md5$" + "a" * 32)),
    "no_salt": ("BADGE_SALT_TOO_SHORT", _identity(salt="")),
    "short_salt": ("BADGE_SALT_TOO_SHORT", _identity(salt="a" * 15)),
    "salt_changed": ("BADGE_FOR_OTHER_PERSON", _identity(salt="a" * 32)),
    "surrogate_free_salt": ("BADGE_FOR_OTHER_PERSON", _identity(salt="\u0661" * 16)),
    "nobody": ("BADGE_SUBJECT_WRONG", _subject(identifier=[])),
    "two_people": ("BADGE_SUBJECT_WRONG", _subject(identifier=[{"hashed": True}, {"hashed": True}])),
    "subject_as_list": ("BADGE_SUBJECT_WRONG", lambda s, d: {**d, "credentialSubject": [d["credentialSubject"]]}),
    "subject_of_other_kind": ("BADGE_SUBJECT_WRONG", _subject(type=["ClrSubject"])),
    "not_yet_valid": ("BADGE_NOT_YET_VALID", _valid("validFrom", 1)),
    "expired": ("BADGE_EXPIRED", _valid("validUntil", -0.5)),
    "without_time_zone": ("BADGE_TIME_WRONG", _set(validFrom="2020-08-20T03:00:00")),
    "no_time": ("BADGE_TIME_WRONG", _set(validFrom="yesterday")),
    "odd_end": ("BADGE_TIME_WRONG", _set(validUntil=5)),
    "old_data_model": ("BADGE_CONTEXT_WRONG", _set(**{"@context": ["https://www.w3.org/2018/credentials/v1"]})),
    "context_as_text": ("BADGE_CONTEXT_WRONG", _set(**{"@context": "https://www.w3.org/ns/credentials/v2"})),
    "no_credential": ("BADGE_TYPE_WRONG", _set(type=["OpenBadgeCredential"])),
    "no_badge": ("BADGE_TYPE_WRONG", _set(type=["VerifiableCredential"])),
    "type_as_text": ("BADGE_TYPE_WRONG", _set(type="VerifiableCredential OpenBadgeCredential")),
    "id_as_address": ("BADGE_ID_WRONG", _set(id="https://badges.tokopedia.example/1")),
    "id_missing": ("BADGE_ID_WRONG", _set(id=None)),
    "status_missing": ("BADGE_STATUS_MISSING", _set(credentialStatus=None)),
    "status_of_other_kind": ("BADGE_STATUS_KIND", _status(type="1EdTechRevocationList")),
    "suspension_alone": ("BADGE_STATUS_KIND", _status(statusPurpose="suspension")),
    "other_list": ("BADGE_STATUS_OF_OTHER", _status(statusListCredential="https://badges.tokopedia.example/status/2")),
    "index_as_number": ("BADGE_STATUS_WRONG", _status(statusListIndex=7)),
    "index_negative": ("BADGE_STATUS_WRONG", _status(statusListIndex="-1")),
    "index_in_other_script": ("BADGE_STATUS_WRONG", _status(statusListIndex="\u0667")),
    "index_outside": ("BADGE_STATUS_WRONG", _status(statusListIndex="131072")),
}
"""Signed as it should be, by the right key; in both forms."""


def _parts(s: BadgeScene) -> list[str]:
    return as_token(s.key, s.document()).split(".")


def _text(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _unsigned(s: BadgeScene) -> str:
    return f"{_text({'alg': 'none'})}.{_text(s.document())}."


def _with_public_key_as_secret(s: BadgeScene) -> str:
    """The classic confusion: a public key taken for the secret of an HMAC."""
    secret = s.key.public_key().public_bytes_raw()
    return jwt.encode(s.document(), secret, algorithm="HS256")


def _own_key(s: BadgeScene) -> str:
    """A stranger's signature with the stranger's key in the header."""
    stranger = stranger_key()
    raw = base64.urlsafe_b64encode(stranger.public_key().public_bytes_raw()).decode().rstrip("=")
    return as_token(stranger, s.document(), jwk={"kty": "OKP", "crv": "Ed25519", "x": raw})


def _payload_twice(s: BadgeScene) -> str:
    """A doubled name inside a signed payload: one reader takes the first, another the last."""
    payload = json.dumps(s.document())[:-1] + ', "validFrom": "2020-01-01T00:00:00Z"}'
    return jwt.api_jws.PyJWS().encode(payload.encode(), s.key, algorithm="EdDSA")


def _changed_after(s: BadgeScene) -> Document:
    return {**as_document(s.key, s.document()), "name": "Lulus semuanya"}


MANNERS: Mapping[str, tuple[str, Manner]] = {
    "jwt_by_a_stranger": ("BADGE_SIGNATURE_WRONG", lambda s: as_token(stranger_key(), s.document())),
    "jwt_by_other_issuer": ("BADGE_SIGNATURE_WRONG", lambda s: as_token(s.other_key, s.document())),
    "jwt_other_payload": (
        "BADGE_SIGNATURE_WRONG",
        lambda s: ".".join((_parts(s)[0], _text(s.document(name="x")), _parts(s)[2])),
    ),
    "jwt_short_signature": ("BADGE_SIGNATURE_WRONG", lambda s: ".".join((*_parts(s)[:2], "AA"))),
    "jwt_own_key": ("BADGE_KEY_IN_MESSAGE", _own_key),
    "jwt_key_address": ("BADGE_KEY_IN_MESSAGE", lambda s: as_token(s.key, s.document(), jku="https://x.example/k")),
    "jwt_none": ("BADGE_ALGORITHM_WRONG", lambda s: _unsigned(s) + "AA"),
    "jwt_hmac": ("BADGE_ALGORITHM_WRONG", _with_public_key_as_secret),
    "jwt_compressed": ("BADGE_FORM_WRONG", lambda s: as_token(s.key, s.document(), zip="DEF")),
    "jwt_header_no_json": ("BADGE_FORM_WRONG", lambda s: "AAAA." + ".".join(_parts(s)[1:])),
    "jwt_payload_twice": ("DUPLICATE_JSON_KEY", _payload_twice),
    "jwt_other_iss": ("BADGE_CLAIMS_DIFFER", lambda s: as_token(s.key, s.document(iss="https://x.example"))),
    "jwt_other_id": ("BADGE_CLAIMS_DIFFER", lambda s: as_token(s.key, s.document(jti="urn:uuid:x"))),
    "jwt_other_time": ("BADGE_CLAIMS_DIFFER", lambda s: as_token(s.key, s.document(nbf=1))),
    "jwt_of_a_proof": ("BADGE_FORM_WRONG", lambda s: as_token(s.key, s.document(proof={}))),
    "jcs_without_proof": ("BADGE_PROOF_MISSING", lambda s: s.document()),
    "jcs_by_a_stranger": ("BADGE_KEY_UNKNOWN", lambda s: as_document(stranger_key(), s.document())),
    "jcs_stranger_in_our_name": (
        "BADGE_SIGNATURE_WRONG",
        lambda s: as_document(
            stranger_key(),
            s.document(),
            verificationMethod=as_document(s.key, s.document())["proof"]["verificationMethod"],
        ),
    ),
    "jcs_changed_after": ("BADGE_SIGNATURE_WRONG", _changed_after),
    "jcs_field_added": ("BADGE_SIGNATURE_WRONG", lambda s: {**as_document(s.key, s.document()), "nik": "x"}),
    "jcs_rdfc": ("BADGE_ALGORITHM_WRONG", lambda s: as_document(s.key, s.document(), cryptosuite="eddsa-rdfc-2022")),
    "jcs_other_purpose": (
        "BADGE_PURPOSE_WRONG",
        lambda s: as_document(s.key, s.document(), proofPurpose="authentication"),
    ),
    "jcs_other_context": (
        "BADGE_CONTEXT_WRONG",
        lambda s: as_document(s.key, s.document(), **{"@context": ["https://x.example"]}),
    ),
    "jcs_no_method": ("BADGE_KEY_UNKNOWN", lambda s: as_document(s.key, s.document(), verificationMethod=5)),
    "jcs_large_number": ("BADGE_FORM_WRONG", lambda s: {**as_document(s.key, s.document()), "x": 2**60}),
    "jcs_short_signature": (
        "BADGE_SIGNATURE_FORM_WRONG",
        lambda s: {**(d := as_document(s.key, s.document())), "proof": {**d["proof"], "proofValue": "z1111"}},
    ),
    "jcs_not_base58": (
        "BADGE_SIGNATURE_FORM_WRONG",
        lambda s: {**(d := as_document(s.key, s.document())), "proof": {**d["proof"], "proofValue": "z0OIl"}},
    ),
}
"""Signed in a wrong manner, in one form."""
