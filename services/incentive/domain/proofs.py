"""What must be true of everybody's money (reliability.md, I1 to I3), judged person by person while sums are made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from services.incentive.domain.ledger import LedgerAccount, Money, Move, differences
from services.incentive.domain.rules import RuleSet

Step = tuple[str, Move]
"""A posting as far as a proof needs it: its id, `<applicant>/<kind>/<number>/<step>` if of an instalment, and move."""

NO_PAYMENT = {LedgerAccount.CLAWBACK, LedgerAccount.TREASURY}
"""What comes from there to somebody was paid before: it is claimed no more, or given back (repayments.py)."""


@dataclass
class Proof:
    """Sums in rupiah over the people judged so far, and who contradicts which rule; nobody: it is proven."""

    participants: int = 0
    totals: Counter[str] = field(default_factory=Counter)
    """Balances per account of the ledger."""
    paid: int = 0
    returned: int = 0
    differing: dict[str, dict[str, int]] = field(default_factory=dict)
    """By applicant: rupiah per account by which balances differ from their postings."""
    above: list[str] = field(default_factory=list)
    """Applicants who got more than their rule set gives."""
    doubled: list[str] = field(default_factory=list)
    """Instalments that stand twice in the plan, or were paid more than once."""
    ownerless: list[str] = field(default_factory=list)
    """Postings that belong to no participant."""

    @property
    def under_way(self) -> int:
        """Given to the bank, which may have paid it already."""
        return self.totals[LedgerAccount.SENDING] + self.totals[LedgerAccount.UNKNOWN]

    @property
    def doubtful(self) -> bool:
        """Does anything contradict a rule?"""
        return bool(self.differing or self.above or self.doubled or self.ownerless)

    def judge(self, id: str, money: Money, rules: RuleSet, planned: Sequence[str], steps: Sequence[Step]) -> None:
        """Add one participant. `planned` are the `<kind>/<number>` of the instalments they have."""
        self.participants += 1
        for account, amount in money.items():
            self.totals[account] += amount
        if wrong := differences(money, (move for _, move in steps)):
            self.differing[id] = wrong
        if _is_above(money, rules):
            self.above.append(id)
        arrived: dict[str, int] = {}
        for posting_id, (source, target, amount) in steps:
            if target == LedgerAccount.PAID and source not in NO_PAYMENT:
                self.paid += amount
                arrived[_instalment(posting_id)] = arrived.get(_instalment(posting_id), 0) + 1
            elif target == LedgerAccount.RETURNED:
                self.returned += amount
                arrived[_instalment(posting_id)] = arrived.get(_instalment(posting_id), 0) - 1  # may be paid again
        paid_twice = {instalment for instalment, times in arrived.items() if times > 1}
        self.doubled += sorted(paid_twice | {f"{id}/{each}" for each in planned if planned.count(each) > 1})

    def add(self, other: Proof) -> None:
        """Take in the proof of other people."""
        self.participants += other.participants
        for account, amount in other.totals.items():
            self.totals[account] += amount
        self.paid += other.paid
        self.returned += other.returned
        self.differing |= other.differing
        self.above += other.above
        self.doubled += other.doubled
        self.ownerless += other.ownerless


def _is_above(money: Money, rules: RuleSet) -> bool:
    """More paid out than all instalments of the rule set, or more given than its total (paper_facts.md 33, 34)."""
    instalments = rules.total_rupiah - rules.training_balance_rupiah
    return money.get("paid", 0) > instalments or -money.get("treasury", 0) > rules.total_rupiah


def _instalment(posting_id: str) -> str:
    return "/".join(posting_id.split("/")[:3])
