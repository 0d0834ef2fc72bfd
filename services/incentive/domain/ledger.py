"""The ledger: every rupiah moves from one account to another, once, under an id that says why.

Posting ids are deterministic, `<applicant>/<step>`, and unique in the database: the same step cannot be
posted twice. A participant carries the balances its postings add up to; `differences` proves that they do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar


class LedgerAccount(StrEnum):
    """Where money of one participant can stand. All balances of a participant always add up to 0."""

    TREASURY = "treasury"
    """The state's side: minus what it gave. The only account that may be below 0."""
    TRAINING_BALANCE = "training_balance"
    HOLDS = "holds"
    """Set aside for redeem codes that no platform has taken yet."""
    PLATFORMS = "platforms"
    """Spent on courses."""
    OWED = "owed"
    """Incentives whose conditions hold and that are not on their way."""
    SENDING = "sending"
    UNKNOWN = "unknown"
    """Sent, and the bank did not say what became of it."""
    PAID = "paid"
    RETURNED = "returned"
    CLAWBACK = "clawback"
    """To be repaid by somebody who was not eligible (Perpres 76/2020 art. 31C)."""


Money = Mapping[str, int]
"""Balance in rupiah per account; an account that is not named holds 0."""

Move = tuple[str, str, int]
"""A posting's source, target and rupiah: all that balances follow from."""


class Overdrawn(Exception):
    """A rule tried to move money that is not there: a bug of the rule, never a refusal."""


@dataclass(frozen=True, slots=True)
class Posting:
    """One movement of money, never changed afterwards."""

    collection: ClassVar[str] = "ledger"

    posting_id: str
    applicant_id: str
    source: LedgerAccount
    target: LedgerAccount
    amount_rupiah: int
    posted_at: datetime

    @property
    def id(self) -> str:
        return self.posting_id

    @property
    def move(self) -> Move:
        return self.source, self.target, self.amount_rupiah


def post(money: Money, posting: Posting) -> dict[str, int]:
    """The balances after a posting. Raises Overdrawn when the source holds less (the treasury may owe)."""
    held = money.get(posting.source, 0)
    if posting.amount_rupiah <= 0 or posting.source == posting.target:
        raise Overdrawn(f"{posting.posting_id}: not a movement of money")
    if posting.source != LedgerAccount.TREASURY and held < posting.amount_rupiah:
        raise Overdrawn(f"{posting.posting_id}: {posting.source} holds {held} rupiah")
    after = dict(money)
    after[posting.source.value] = held - posting.amount_rupiah
    after[posting.target.value] = money.get(posting.target, 0) + posting.amount_rupiah
    return after


def balances(moves: Iterable[Move]) -> dict[str, int]:
    """What postings add up to, per account; accounts at 0 are left out."""
    sums: dict[str, int] = {}
    for source, target, amount in moves:
        sums[source] = sums.get(source, 0) - amount
        sums[target] = sums.get(target, 0) + amount
    return {str(account): amount for account, amount in sums.items() if amount}


def differences(money: Money, moves: Iterable[Move]) -> dict[str, int]:
    """Rupiah by which a participant's balances differ from their postings, per account; empty is right."""
    proven = balances(moves)
    if money == proven:
        return {}
    accounts = sorted({*money, *proven})
    return {
        each: money.get(each, 0) - proven.get(each, 0) for each in accounts if money.get(each, 0) != proven.get(each, 0)
    }
