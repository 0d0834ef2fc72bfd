"""Base58 with Bitcoin's alphabet, as multibase `z` writes keys and signatures of credentials."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def encoded(raw: bytes) -> str:
    """Digit by digit, as by hand: the border's reader works with one large number."""
    digits = [0]
    for byte in raw:
        carry = byte
        for place, digit in enumerate(digits):
            carry += digit << 8
            digits[place], carry = carry % 58, carry // 58
        while carry:
            digits.append(carry % 58)
            carry //= 58
    text = "".join(ALPHABET[digit] for digit in reversed(digits)).lstrip("1")
    return "1" * (len(raw) - len(raw.lstrip(b"\0"))) + text


def multibase_key(key: Ed25519PrivateKey) -> str:
    """The public key as credentials name it: `z` and base58 of 0xED 0x01 and its 32 bytes."""
    return "z" + encoded(b"\xed\x01" + key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
