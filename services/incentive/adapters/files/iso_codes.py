"""What the status and reason codes of ISO 20022 mean for a payment (integrations.md 2.2), as tables."""

from __future__ import annotations

from collections.abc import Mapping

from services.incentive.adapters.bank import BankStatus

STATUSES: Mapping[str, BankStatus] = {
    "RCVD": BankStatus.PENDING,
    "ACTC": BankStatus.PENDING,
    "ACCP": BankStatus.PENDING,
    "ACSP": BankStatus.PENDING,
    "ACWC": BankStatus.PENDING,
    "PDNG": BankStatus.PENDING,
    "ACSC": BankStatus.PAID,
    "ACCC": BankStatus.PAID,
    "RJCT": BankStatus.FAILED,
    "CANC": BankStatus.FAILED,
}
"""Status of one transaction. ACSC: the money left us, and may still come back by a line of the statement.
What is not listed (PART belongs to files) says nothing."""

REASONS: Mapping[str, str] = {
    "AC01": "ACCOUNT_UNKNOWN",
    "AC03": "ACCOUNT_UNKNOWN",
    "RC01": "ACCOUNT_UNKNOWN",
    "AC04": "ACCOUNT_INACTIVE",
    "AC06": "ACCOUNT_INACTIVE",
    "MD07": "ACCOUNT_INACTIVE",
    "BE01": "ACCOUNT_NAME_MISMATCH",
    "AC02": "ISO_AC02",
    "AG01": "ISO_AG01",
    "AM02": "ISO_AM02",
    "AM03": "ISO_AM03",
    "AM04": "ISO_AM04",
    "AM05": "ISO_AM05",
    "AM09": "ISO_AM09",
    "AM10": "ISO_AM10",
    "AM18": "ISO_AM18",
    "BE04": "ISO_BE04",
    "BE05": "ISO_BE05",
    "DT01": "ISO_DT01",
    "DUPL": "ISO_DUPL",
    "FF01": "ISO_FF01",
    "MS02": "ISO_MS02",
    "MS03": "ISO_MS03",
    "NARR": "ISO_NARR",
    "RR04": "ISO_RR04",
    "TM01": "ISO_TM01",
}
"""Reason -> our failure code: the first seven name what the participant can mend (domain/participant.py)."""

OURS = frozenset({"AM04", "AM10", "AM18", "FF01", "DUPL", "BE05", "DT01", "AC02", "AM05"})
"""Reasons that only we can mend: they raise an alarm."""

TWICE = frozenset({"DUPL", "AM05"})
"""The bank had it before: this copy is refused, the first one may be paid. Never a failure of the payment."""


def refused(reason: str) -> tuple[BankStatus, str]:
    """What a refusal for this reason says of an order, and our code for it."""
    return BankStatus.UNKNOWN if reason in TWICE else BankStatus.FAILED, failure_code(reason)


def failure_code(reason: str) -> str:
    """Our code for a reason; `ISO_OTHER` for one that nobody told us about."""
    return REASONS.get(reason, "ISO_OTHER")
