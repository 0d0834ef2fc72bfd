"""Tracking codes (kode lacak): what opens a person's own pages, at every service that has some."""

from __future__ import annotations

import secrets

from shared.security.vault import Vault

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""No 0, 1, I and O: nobody mistakes them on paper or by telephone."""
_LETTERS = 12


def new_tracking_code() -> str:
    """Twelve letters in three groups: 60 bits of chance."""
    # 32 letters, so each random byte modulo 32 is an unbiased choice; one call to the system instead of twelve
    letters = "".join(ALPHABET[byte % 32] for byte in secrets.token_bytes(_LETTERS))
    return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"


def tracking_index(vault: Vault, typed: str) -> str:
    """Blind index of a tracking code, however it was typed."""
    letters = "".join(letter for letter in typed.upper() if letter in ALPHABET)
    return vault.index("tracking", letters)
