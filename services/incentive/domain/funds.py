"""Programme funds: what was released to the office for incentives, and how much of it is promised."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar

from shared.contracts.decision import Refused

BOOKED_WITHIN = timedelta(days=3)
"""Money that a document released stands in the bank's statement within so many days, or somebody asks where it is."""
PROGRAMME = "programme"
"""Id of the one document."""


@dataclass(frozen=True, slots=True)
class Funds:
    """All in rupiah. Approving a batch promises its sum; what fails or returns is promised no longer."""

    collection: ClassVar[str] = "funds"

    deposited_rupiah: int = 0
    promised_rupiah: int = 0
    asked_rupiah: int = 0
    """Sum of the batches that wait for approval."""
    funds_id: str = PROGRAMME

    @property
    def id(self) -> str:
        return self.funds_id

    @property
    def available_rupiah(self) -> int:
        return self.deposited_rupiah - self.promised_rupiah

    @property
    def short(self) -> bool:
        """The batches that wait cannot all be paid (cause of delay FUNDS_NOT_AVAILABLE)."""
        return self.asked_rupiah > self.available_rupiah

    def asked(self, amount_rupiah: int) -> Funds:
        return replace(self, asked_rupiah=self.asked_rupiah + amount_rupiah)

    def promised(self, amount_rupiah: int) -> Funds:
        """A batch that waited was approved."""
        return replace(
            self,
            promised_rupiah=self.promised_rupiah + amount_rupiah,
            asked_rupiah=self.asked_rupiah - amount_rupiah,
        )

    def promised_back(self, amount_rupiah: int) -> Funds:
        """Money of an approved batch did not leave, or came back."""
        return replace(self, promised_rupiah=self.promised_rupiah - amount_rupiah)


@dataclass(frozen=True, slots=True)
class Deposit:
    """Funds released to the office, once per document number."""

    collection: ClassVar[str] = "deposits"

    deposit_id: str
    amount_rupiah: int
    by: str
    deposited_at: datetime

    @property
    def id(self) -> str:
        return self.deposit_id


@dataclass(frozen=True, slots=True)
class DepositFunds:
    """Staff record that funds arrived. `deposit_id` is the number of the disbursement document (SP2D)."""

    deposit_id: str
    amount_rupiah: int
    by: str


def deposit(known: Deposit | None, funds: Funds, command: DepositFunds, now: datetime) -> tuple[Deposit, Funds]:
    """Add funds. Raises DEPOSIT_EXISTS."""
    if known:
        raise Refused("DEPOSIT_EXISTS")
    added = replace(funds, deposited_rupiah=funds.deposited_rupiah + command.amount_rupiah)
    return Deposit(command.deposit_id, command.amount_rupiah, command.by, now), added
