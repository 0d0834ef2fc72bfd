"""The payout account of a participant, and what the bank said about it. What changes it: accounts.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared.contracts.base import Sealed

ACCOUNT_FAILURES = frozenset(
    {"ACCOUNT_INACTIVE", "ACCOUNT_UNKNOWN", "ACCOUNT_NAME_MISMATCH", "WALLET_NOT_KYC", "WALLET_FULL"}
)
"""Failure codes of the bank that name something the account's holder can mend."""


@dataclass(frozen=True, slots=True)
class AccountCheck:
    """What the bank said about a payout account."""

    checked_at: datetime
    nik_matches: bool
    name_matches: bool
    active: bool
    identity_checked: bool
    """Wallets: the holder did the full identity check (KYC). Banks: always."""
    room_rupiah: int | None = None
    """How much a wallet may still receive; None: no ceiling."""


@dataclass(frozen=True, slots=True)
class Account:
    """The payout account: only ciphertext and blind index, the number is opened when money is sent."""

    bank: str
    kind: str
    index: str
    number: Sealed
    masked: Sealed
    version: int
    linked_at: datetime
    hold_until: datetime | None = None
    shared: bool = False
    check: AccountCheck | None = None
    checks: int = 1
    """How often the bank was asked about this version."""
    assisted_by: str | None = None
    left: bool = False
    """The participation is over, and the account no longer counts as this person's."""

    @property
    def verified(self) -> bool:
        """Holder, state and KYC level are right and nobody else linked it (mission.md, payout account)."""
        check = self.check
        if check is None or self.shared:
            return False
        return check.nik_matches and check.name_matches and check.active and check.identity_checked

    def held(self, now: datetime) -> bool:
        """Was it changed so lately that payments wait?"""
        return self.hold_until is not None and now < self.hold_until
