"""The state of one participant: balance, courses, incentives, surveys and payout account in one aggregate."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from services.incentive.domain.account import Account
from services.incentive.domain.debts import Debt
from shared.contracts.base import Sealed


class Standing(StrEnum):
    """Whether a participation goes on."""

    ACTIVE = "active"
    REVOKED = "revoked"
    INELIGIBLE = "ineligible"
    ERASED = "erased"


class PurchaseState(StrEnum):
    HELD = "held"
    """The price is set aside and the redeem code waits for the platform."""
    COMMITTED = "committed"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class Purchase:
    """One course: its redeem code, and later its certificate and review. Course data are those of the day of buying."""

    number: int
    redeem_code: str
    course_code: str
    course_name: str
    platform_code: str
    platform: str
    certificate_prefix: str
    price_rupiah: int
    """Part paid from the training balance."""
    own_money_rupiah: int
    held_at: datetime
    hold_until: datetime
    state: PurchaseState = PurchaseState.HELD
    committed_at: datetime | None = None
    finished_on: date | None = None
    certificate_number: str | None = None
    certificate_reconciled: bool = False
    review_deadline: date | None = None
    reviewed_at: datetime | None = None
    assisted_by: str | None = None
    warned: tuple[str, ...] = ()
    """Codes of the remarks (advice.py) that were shown before buying."""
    fit_points: int | None = None
    """How well the course suited, 0 to 100, as it was shown before buying."""
    doubts: tuple[str, ...] = ()
    """Why its completion releases no money until a person has looked (doubts.py)."""


class EntitlementState(StrEnum):
    WAITING = "waiting"
    """A condition lacks, or its time is not near."""
    DUE = "due"
    """Owed and announced; a payout batch may take it."""
    BATCHED = "batched"
    SENDING = "sending"
    UNKNOWN = "unknown"
    PAID = "paid"
    FAILED = "failed"
    """Refused by the bank for good; due again when the cause is mended."""
    RETURNED = "returned"
    """Came back after it had been paid."""
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Entitlement:
    """One incentive a participant has coming: kind and number are its business key for ever."""

    kind: str
    number: int
    total: int
    amount_rupiah: int
    due_on: date
    state: EntitlementState = EntitlementState.WAITING
    attempt: int = 0
    """How often it was sent; part of the reference, so that a new attempt is a new payment."""
    batch_id: str | None = None
    batched_on: date | None = None
    reference: str | None = None
    sent_at: datetime | None = None
    """When it goes to the bank: in the future while the bank is closed."""
    paid_at: datetime | None = None
    failure: str | None = None
    """Code of the bank for the last failure or return that is not mended."""
    conflict: bool = False
    """What is heard contradicts what is known: staff look at it, and no money moves meanwhile."""
    conflict_with: str | None = None
    """Reference of the order that the contradicting news is about."""
    returned: tuple[int, ...] = ()
    """Attempts that were paid and came back: to hear of them again is no news."""
    asks_person: bool = False
    """The bank does not know the payment after its horizon: a person must decide."""
    cause: str | None = None
    """The cause of delay last announced."""
    new_date: date | None = None
    forecast: str | None = None
    """Cause for which it will be late, while its day has not passed (forecasts.py)."""
    forecasts: tuple[str, ...] = ()
    """Causes for which that was told."""

    @property
    def is_over(self) -> bool:
        """Nothing is to come any more: paid, or cancelled."""
        return self.state in (EntitlementState.PAID, EntitlementState.CANCELLED)

    @property
    def is_unsure(self) -> bool:
        """Nobody knows whether it was paid: staff ask, or decide with evidence."""
        return self.conflict or self.state == EntitlementState.UNKNOWN

    @property
    def has_failed(self) -> bool:
        """No money arrived, for sure: its cause is mended, and it is sent again."""
        return not self.conflict and self.state in (EntitlementState.FAILED, EntitlementState.RETURNED)


@dataclass(frozen=True, slots=True)
class Survey:
    """One evaluation survey that was opened."""

    number: int
    opened_at: datetime
    deadline: date
    answered_at: datetime | None = None
    lapsed: bool = False
    reminded: int = 0


@dataclass(frozen=True, slots=True)
class Participant:
    """One selected person. Fields from `next_action_at` on only serve queries and follow from the rest."""

    collection: ClassVar[str] = "participants"

    applicant_id: str
    wave: int
    rule_set: str
    card_number: Sealed
    full_name: Sealed
    nik_index: str
    selected_at: datetime
    notice_on: date
    first_purchase_deadline: date
    standing: Standing = Standing.ACTIVE
    money: dict[str, int] = field(default_factory=dict)
    purchases: tuple[Purchase, ...] = ()
    entitlements: tuple[Entitlement, ...] = ()
    surveys: tuple[Survey, ...] = ()
    account: Account | None = None
    account_versions: int = 0
    under_review: bool = False
    balance_closed: bool = False
    purchase_reminders: int = 0
    review_reminders: int = 0
    ended_reason: str | None = None
    ended_text: str | None = None
    appeal_until: date | None = None  # last day (WIB) on which registration takes an objection
    domicile: Sealed | None = None  # where letters about a debt go; kept of nobody else
    repay_until: date | None = None
    ineligible_at: datetime | None = None
    """When registration decided last that the person is not eligible."""
    cleared_at: datetime | None = None
    """When it was heard that this was reversed; the participation stays ended."""
    debt: Debt | None = None
    next_action_at: datetime | None = None
    """When time alone changes something; None: never."""
    ready_on: date | None = None
    """Earliest due date among the incentives that a batch may take now."""
    late: bool = False
    late_rupiah: int = 0
    """What is late, whatever its cause; what was just given to the bank and never announced is not in it."""
    unsure_payment: bool = False
    """Some payment is unknown or in conflict."""
    failed_payment: bool = False
    """Some payment failed or came back."""
    late_cause: str = ""
    """Cause last announced of what is late for longest; ON_ITS_WAY (sequel.py) while none is; empty: nothing is."""
    late_since: date | None = None
    """Its due date."""
    forecast_cause: str = ""
    """Cause for which the next incentive that will be late will be so; empty: none will."""
    forecast_on: date | None = None
    """Its due date."""
    unmatched: bool = False
    """A finished course whose certificate is missing or not matched yet."""
    debt_state: str = ""
    """DebtState of what is to be repaid, and since when; empty: there is nothing."""
    debt_since: datetime | None = None
    account_watch: str = ""
    """`shared`: others linked the same account; `hold`: it was changed and payments wait; else empty."""
    tracking_index: str = ""
    """Blind index of the code that opens the person's pages. Empty: to be made (applicants.py); `-`: there is none."""

    @property
    def id(self) -> str:
        return self.applicant_id

    @property
    def active(self) -> bool:
        return self.standing == Standing.ACTIVE

    @property
    def balance_rupiah(self) -> int:
        return self.money.get("training_balance", 0)

    def purchase(self, number: int) -> Purchase | None:
        return next((each for each in self.purchases if each.number == number), None)

    def entitlement(self, kind: str, number: int) -> Entitlement | None:
        return next((each for each in self.entitlements if (each.kind, each.number) == (kind, number)), None)

    @property
    def first_finished(self) -> Purchase | None:
        """The course whose completion started the incentives."""
        finished = [each for each in self.purchases if each.finished_on]
        return min(finished, key=lambda each: (str(each.finished_on), each.number), default=None)
