"""Verifiable credentials checked without any network: a JWT (EdDSA), or JSON with an `eddsa-jcs-2022` proof.

Keys come from the partners file and never from the message, in whatever place a message may offer one (integrations.md
10). Both forms end as one document, in which only what was signed is left. `eddsa-rdfc-2022` is refused by name: it
would need a canonicalisation of RDF and the contexts, and says nothing that the two others do not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jwt
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from services.incentive.adapters.claim_body import NotBelieved, strict_document
from services.incentive.adapters.partner_keys import PartnerKey, Proof, base58_decoded, proof_by
from services.incentive.adapters.partners import Badges
from services.incentive.domain.doubts import SIGNED_BEFORE_REVOCATION

CONTEXT = "https://www.w3.org/ns/credentials/v2"
CRYPTOSUITE = "eddsa-jcs-2022"
KEY_HEADERS = frozenset({"jwk", "jku", "x5u", "x5c", "x5t", "x5t#S256"})
"""Places where a JWT may offer its own key: whoever believes them believes everybody."""


@dataclass(frozen=True, slots=True)
class Credential:
    """A credential whose proof, issuer and times are right."""

    document: Mapping[str, Any]
    valid_from: datetime
    doubts: tuple[str, ...]


def unsecured(raw: bytes) -> str | dict[str, Any]:
    """A stored credential as the two forms: text of a JWT, or a JSON object. Raises NotBelieved."""
    text = raw.strip()
    if not text.startswith(b"{"):
        return text.decode("ascii", "replace")
    document = strict_document(text)
    assert isinstance(document, dict)
    return document


def opened(badges: Badges, credential: str | Mapping[str, Any], now: datetime) -> Credential:
    """The credential, checked against a partner's keys. Raises NotBelieved BADGE_*, each naming what is wrong."""
    document, keys = _token(badges, credential) if isinstance(credential, str) else _document(badges, credential)
    _check_form(document)
    _check_issuer(badges, document)
    valid_from = _time(document, "validFrom")
    proof = proof_by(keys, valid_from)
    if proof == Proof.REVOKED:
        raise NotBelieved("BADGE_KEY_REVOKED")
    if valid_from > now:
        raise NotBelieved("BADGE_NOT_YET_VALID")
    if "validUntil" in document and _time(document, "validUntil") <= now:
        raise NotBelieved("BADGE_EXPIRED")
    doubts = (SIGNED_BEFORE_REVOCATION,) if proof == Proof.BEFORE_REVOCATION else ()
    return Credential(document, valid_from, doubts)


def _check_form(document: Mapping[str, Any]) -> None:
    context, kinds = document.get("@context"), document.get("type")
    if not isinstance(context, list) or context[:1] != [CONTEXT]:
        raise NotBelieved("BADGE_CONTEXT_WRONG")
    if not isinstance(kinds, list) or "VerifiableCredential" not in kinds:
        raise NotBelieved("BADGE_TYPE_WRONG")


def _issuer(document: Mapping[str, Any]) -> Any:
    issuer = document.get("issuer")
    return issuer.get("id") if isinstance(issuer, Mapping) else issuer


def _check_issuer(badges: Badges, document: Mapping[str, Any]) -> None:
    if _issuer(document) != badges.issuer:
        raise NotBelieved("BADGE_ISSUER_WRONG")


def _time(document: Mapping[str, Any], name: str) -> datetime:
    """Raises NotBelieved: missing, no ISO time, or without a time zone (it would mean another instant elsewhere)."""
    try:
        found = datetime.fromisoformat(document[name])
    except (KeyError, TypeError, ValueError):
        raise NotBelieved("BADGE_TIME_WRONG") from None
    if found.tzinfo is None:
        raise NotBelieved("BADGE_TIME_WRONG")
    return found


# ---- JWT


def _token(badges: Badges, token: str) -> tuple[Mapping[str, Any], list[PartnerKey]]:
    """Payload of a compact JWS and the keys that verify it."""
    _check_header(token)
    verified = [(key, payload) for key in badges.keys if (payload := _payload(token, key.key)) is not None]
    if not verified:
        raise NotBelieved("BADGE_SIGNATURE_WRONG")
    document = strict_document(verified[0][1])
    if not isinstance(document, dict) or "proof" in document:
        raise NotBelieved("BADGE_FORM_WRONG")
    _check_claims(document)
    return document, [key for key, _ in verified]


def _check_header(token: str) -> None:
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise NotBelieved("BADGE_FORM_WRONG") from None
    if KEY_HEADERS & set(header):
        raise NotBelieved("BADGE_KEY_IN_MESSAGE")
    if header.get("alg") not in ("EdDSA", "Ed25519"):
        raise NotBelieved("BADGE_ALGORITHM_WRONG")
    if {"crit", "b64", "zip", "enc"} & set(header):
        raise NotBelieved("BADGE_FORM_WRONG")


def _payload(token: str, key: Ed25519PublicKey) -> bytes | None:
    try:
        payload: bytes = jwt.api_jws.PyJWS(algorithms=["EdDSA"]).decode(token, key, algorithms=["EdDSA"])
        return payload
    except (jwt.PyJWTError, ValueError):
        return None


def _check_claims(document: Mapping[str, Any]) -> None:
    """JWT claims beside the credential must say the same, or readers of the one and of the other hear two things."""
    subject = document.get("credentialSubject")
    same = {
        "iss": _issuer(document),
        "jti": document.get("id"),
        "sub": subject.get("id") if isinstance(subject, Mapping) else None,
    }
    times = {"nbf": "validFrom", "exp": "validUntil"}
    if any(name in document and document[name] != value for name, value in same.items()):
        raise NotBelieved("BADGE_CLAIMS_DIFFER")
    if any(name in document and document[name] != _seconds(document, field) for name, field in times.items()):
        raise NotBelieved("BADGE_CLAIMS_DIFFER")


def _seconds(document: Mapping[str, Any], name: str) -> int:
    return int(_time(document, name).timestamp())


# ---- Data Integrity


def _document(badges: Badges, secured: Mapping[str, Any]) -> tuple[Mapping[str, Any], list[PartnerKey]]:
    """The document without its proof and the keys that verify it (vc-di-eddsa, section 3.3)."""
    proof = secured.get("proof")
    if not isinstance(proof, Mapping):
        raise NotBelieved("BADGE_PROOF_MISSING")
    _check_form(secured)
    _check_issuer(badges, secured)  # before the key: a key is named after its issuer
    _check_proof(secured, proof)
    document = {name: value for name, value in secured.items() if name != "proof"}
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    content = _hashed(options) + _hashed(document)
    signature = _signature(proof.get("proofValue"))
    named = proof["verificationMethod"]
    fitting = [key for key in badges.keys if named == f"{badges.issuer}#{key.multibase}"]
    verified = [key for key in fitting if key.verifies(signature, content)]
    if not verified:
        raise NotBelieved("BADGE_SIGNATURE_WRONG" if fitting else "BADGE_KEY_UNKNOWN")
    return document, verified


def _check_proof(secured: Mapping[str, Any], proof: Mapping[str, Any]) -> None:
    if (proof.get("type"), proof.get("cryptosuite")) != ("DataIntegrityProof", CRYPTOSUITE):
        raise NotBelieved("BADGE_ALGORITHM_WRONG")
    if proof.get("proofPurpose") != "assertionMethod":
        raise NotBelieved("BADGE_PURPOSE_WRONG")
    if not isinstance(proof.get("verificationMethod"), str):
        raise NotBelieved("BADGE_KEY_UNKNOWN")
    context: Sequence[Any] = secured["@context"]
    told: Any = proof.get("@context", context)
    if not isinstance(told, list) or list(context[: len(told)]) != told:
        raise NotBelieved("BADGE_CONTEXT_WRONG")


def _signature(value: Any) -> bytes:
    try:
        signature = base58_decoded(value[1:]) if isinstance(value, str) and value.startswith("z") else b""
    except ValueError:
        signature = b""
    if len(signature) != 64:
        raise NotBelieved("BADGE_SIGNATURE_FORM_WRONG")
    return signature


def _hashed(value: Mapping[str, Any]) -> bytes:
    try:
        return hashlib.sha256(rfc8785.dumps(dict(value))).digest()
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError):
        raise NotBelieved("BADGE_FORM_WRONG") from None
