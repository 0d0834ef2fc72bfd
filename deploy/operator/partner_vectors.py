"""Test vectors for programs in other languages: every intermediate step of a signature, and of a badge's proof.

Made from the published key of RFC 8032 (test 1), so that anybody can compare byte by byte: Ed25519 has no randomness.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime
from typing import Any

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deploy.operator.partner_kit import CODE, COURSE, SAMPLE_AT, claims_of, forged_of, platform_of, scene_of
from deploy.simulators.badges import as_document, as_token, badge_document
from deploy.simulators.base58 import multibase_key
from shared.contracts.partner import TOPIC, WEBHOOK_ID, WEBHOOK_SIGNATURE, WEBHOOK_TIMESTAMP, signed_content

SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
PARTNER = "CONTOH"
SALT = "0123456789abcdef0123456789abcdef"


def vectors() -> dict[str, Any]:
    """All of docs/partners/vectors.json."""
    key = Ed25519PrivateKey.from_private_bytes(SEED)
    scene = scene_of(platform_of(PARTNER, key), SAMPLE_AT)
    return {
        "about": "Signed claims for " + TOPIC + "; docs/partners/README.md says how to read them.",
        "key": {
            "seed_hex": SEED.hex(),
            "private": "whsk_" + base64.b64encode(SEED).decode(),
            "public": scene.platform.public_key(),
            "public_multibase": multibase_key(key),
        },
        "steps": [_steps(each) for each in claims_of(scene)],
        "believed": claims_of(scene),
        "refused": forged_of(scene, one_each=True),
        "badge": _badge(key, SAMPLE_AT),
    }


def _steps(sample: dict[str, Any]) -> dict[str, Any]:
    headers, body = sample["headers"], base64.b64decode(sample["body_base64"])
    content = signed_content(headers[WEBHOOK_ID], headers[WEBHOOK_TIMESTAMP], body)
    return {
        "id": headers[WEBHOOK_ID],
        "timestamp": headers[WEBHOOK_TIMESTAMP],
        "body": body.decode(),
        "signed_content_sha256": hashlib.sha256(content).hexdigest(),
        "signature": headers[WEBHOOK_SIGNATURE],
    }


def _badge(key: Ed25519PrivateKey, at: datetime) -> dict[str, Any]:
    """A badge with nothing random in it, in both forms, and the hashes between."""
    document = badge_document(PARTNER.lower(), CODE, COURSE, at, 94_567)
    document["id"] = "urn:uuid:00000000-0000-4000-8000-000000000001"
    identity = document["credentialSubject"]["identifier"][0]
    identity["salt"] = SALT
    identity["identityHash"] = "sha256$" + hashlib.sha256((CODE + SALT).encode()).hexdigest()
    secured = as_document(key, document)
    options = {name: value for name, value in secured["proof"].items() if name != "proofValue"}
    return {
        "document": document,
        "canonical_document": rfc8785.dumps(document).decode(),
        "canonical_options": rfc8785.dumps(options).decode(),
        "signed_hex": (_digest(options) + _digest(document)).hex(),
        "eddsa_jcs_2022": secured,
        "jwt": as_token(key, document),
    }


def _digest(value: dict[str, Any]) -> bytes:
    return hashlib.sha256(rfc8785.dumps(value)).digest()
