"""Signatures of officials about the shares they hold (officials.acknowledgement): ECDSA on P-256 with SHA-256."""

from __future__ import annotations

import re

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

SIGNATURE = re.compile(r"[0-9a-f]{128}")


def sign(secret: str, text: bytes) -> str:
    """The signature (128 digits) under a secret of 64 digits; the same text gives the same one (RFC 6979).

    A nonce by chance would tell the secret, which must stay closed until the draw, to whom the chance is known.
    """
    key = ec.derive_private_key(int(secret, 16), ec.SECP256R1())
    r, s = decode_dss_signature(key.sign(text, ec.ECDSA(hashes.SHA256(), deterministic_signing=True)))
    return f"{r:064x}{s:064x}"


def genuine(commitment: str, text: bytes, signature: str) -> bool:
    """Whether who knows the secret behind a commitment (66 digits) signed this text."""
    if not SIGNATURE.fullmatch(signature):
        return False
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bytes.fromhex(commitment))
        dss = encode_dss_signature(int(signature[:64], 16), int(signature[64:], 16))
        key.verify(dss, text, ec.ECDSA(hashes.SHA256()))
    except (ValueError, InvalidSignature):
        return False
    return True
