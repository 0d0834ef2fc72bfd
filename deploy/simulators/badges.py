"""Open Badges 3.0 as platforms issue them: as JWT or with an `eddsa-jcs-2022` proof, and the list of withdrawn ones.

Written from the standards and apart from the border's reader (services/incentive/adapters): two hands must agree.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import secrets
import uuid
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Literal

import jwt
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deploy.simulators.base58 import encoded, multibase_key

Form = Literal["jwt", "jcs"]
CONTEXT = "https://www.w3.org/ns/credentials/v2"
CONTEXTS = [CONTEXT, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]
LIST_BITS = 131_072
"""The shortest list that the standard allows: long enough that an index alone tells nobody apart."""


def issuer_of(client_code: str) -> str:
    """Id of a simulated platform as issuer; `.example` belongs to nobody."""
    return f"https://badges.{client_code}.example"


def list_of(client_code: str) -> str:
    return f"{issuer_of(client_code)}/status/1"


def agreement(client_code: str, key: Ed25519PrivateKey) -> dict[str, Any]:
    """The part `badges` of a partner's row."""
    keys = [{"public_key": multibase_key(key), "status": "active"}]
    return {"issuer": issuer_of(client_code), "keys": keys, "status_list": list_of(client_code), "fresh_days": 7}


def badge_document(
    client_code: str, redeem_code: str, course_code: str, at: datetime, index: int | None = None
) -> dict[str, Any]:
    """The unsigned credential: a person known by the salted hash of the redeem code, and the course."""
    salt = secrets.token_hex(16)
    identity = {
        "type": "IdentityObject",
        "identityType": "systemId",
        "hashed": True,
        "salt": salt,
        "identityHash": "sha256$" + hashlib.sha256((redeem_code + salt).encode()).hexdigest(),
    }
    achievement = {
        "id": f"{issuer_of(client_code)}/courses/{course_code}",
        "type": ["Achievement"],
        "humanCode": course_code,
        "name": f"Pelatihan {course_code}",
        "description": "Menyelesaikan pelatihan dan lulus tes akhir.",
        "criteria": {"narrative": "Semua pelajaran diikuti, nilai tes akhir sedikitnya 70."},
    }
    document = {
        "@context": CONTEXTS,
        "id": f"urn:uuid:{uuid.uuid4()}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": issuer_of(client_code), "type": ["Profile"], "name": client_code},
        "validFrom": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "name": f"Lulus {course_code}",
        "credentialSubject": {"type": ["AchievementSubject"], "identifier": [identity], "achievement": achievement},
    }
    return document if index is None else {**document, "credentialStatus": status_entry(client_code, index)}


def status_entry(client_code: str, index: int) -> dict[str, str]:
    return {
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(index),
        "statusListCredential": list_of(client_code),
    }


def list_document(client_code: str, at: datetime, withdrawn: Collection[int]) -> dict[str, Any]:
    """The unsigned status-list credential with these bits set."""
    bits = bytearray(LIST_BITS // 8)
    for index in withdrawn:
        bits[index // 8] |= 0x80 >> index % 8
    packed = base64.urlsafe_b64encode(gzip.compress(bytes(bits), mtime=0)).decode().rstrip("=")
    return {
        "@context": [CONTEXT],
        "id": list_of(client_code),
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer_of(client_code),
        "validFrom": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "credentialSubject": {
            "id": f"{list_of(client_code)}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": f"u{packed}",
        },
    }


def secured(key: Ed25519PrivateKey, document: Mapping[str, Any], form: Form) -> str | dict[str, Any]:
    """The credential with its proof, in one of the two forms that can be checked offline."""
    return as_token(key, document) if form == "jwt" else as_document(key, document)


def as_token(key: Ed25519PrivateKey, document: Mapping[str, Any], **header: Any) -> str:
    """A VC-JWT, signed with EdDSA."""
    return jwt.encode(dict(document), key, algorithm="EdDSA", headers={"typ": "vc+jwt", **header})


def as_document(key: Ed25519PrivateKey, document: Mapping[str, Any], **proof: Any) -> dict[str, Any]:
    """The document with an `eddsa-jcs-2022` proof; `proof` replaces options, for forgeries."""
    issuer = document["issuer"]
    id = issuer.get("id") if isinstance(issuer, Mapping) else issuer
    options = {
        "@context": document["@context"],
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "created": document["validFrom"],
        "verificationMethod": f"{id}#{multibase_key(key)}",
        "proofPurpose": "assertionMethod",
        **proof,
    }
    content = b"".join(hashlib.sha256(rfc8785.dumps(dict(each))).digest() for each in (options, document))
    return {**document, "proof": {**options, "proofValue": f"z{encoded(key.sign(content))}"}}
