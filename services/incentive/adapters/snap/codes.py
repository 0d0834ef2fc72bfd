"""What SNAP BI's response codes mean for a payment: one row per HTTP status and case (integrations.md 1.4 and 1.5).

A code that no row names, of another service, or that contradicts its HTTP status says nothing: the order may have
been carried out, so it is unknown and asked about.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from services.incentive.adapters.bank import BankStatus

MINUTES, HOUR, DAY = timedelta(minutes=5), timedelta(hours=1), timedelta(hours=24)


class Trouble(StrEnum):
    """What staff must look at, because no participant can mend it (alarm BANK_NEEDS_STAFF)."""

    OUR_BUG = "REQUEST_WRONG"
    CONFIGURATION = "CONFIGURATION"
    SOURCE_EMPTY = "SOURCE_ACCOUNT_SHORT"
    INCONSISTENT = "REQUEST_INCONSISTENT"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code says about an order. `wait`: after surely nothing was booked, when to send the same one again."""

    status: BankStatus
    code: str = ""
    """Ours where a person can do something, else SNAP_<HTTP><case>, made from the answer."""

    wait: timedelta | None = None
    trouble: Trouble | None = None


def _final(code: str = "", trouble: Trouble | None = None) -> Meaning:
    return Meaning(BankStatus.FAILED, code, trouble=trouble)


def _again(wait: timedelta, trouble: Trouble | None = None) -> Meaning:
    return Meaning(BankStatus.NOT_SENT, wait=wait, trouble=trouble)


def _ask(trouble: Trouble | None = None) -> Meaning:
    return Meaning(BankStatus.UNKNOWN, trouble=trouble)


RENEW = frozenset({"40101", "40102", "40103", "40104"})
"""A token is missing or not taken: nothing was booked; a new one, then once more with a new X-EXTERNAL-ID."""

_ROWS: tuple[tuple[str, str, Meaning], ...] = (
    ("200", "00", Meaning(BankStatus.PAID)),
    ("202", "00", Meaning(BankStatus.PENDING)),
    ("400", "00 01 02", _final(trouble=Trouble.OUR_BUG)),
    ("401", "00", _again(HOUR, Trouble.CONFIGURATION)),
    ("401", "01 02 03 04", _again(MINUTES, Trouble.CONFIGURATION)),
    ("403", "00 07 08 10 11 12 13 17 21 22", _final()),
    ("403", "01", _again(HOUR, Trouble.CONFIGURATION)),
    ("403", "02 04 20 23", _again(DAY)),
    ("403", "03 05 15 16 19", _final()),
    ("403", "06", _again(HOUR)),
    ("403", "09 18", _final("ACCOUNT_INACTIVE")),
    ("403", "14", _again(HOUR, Trouble.SOURCE_EMPTY)),
    ("404", "00 01", _ask()),
    ("404", "02 03", _again(HOUR)),
    ("404", "11", _final("ACCOUNT_UNKNOWN")),
    ("404", "08 12 13 16", _final()),
    ("404", "18", _ask(Trouble.INCONSISTENT)),
    ("405", "00 01", _again(HOUR, Trouble.CONFIGURATION)),
    ("409", "00", _ask(Trouble.OUR_BUG)),
    ("409", "01", _ask()),
    ("429", "00", _again(MINUTES)),
    ("500", "00 01 02", _ask()),
    ("504", "00", _ask()),
)
"""HTTP status, cases, meaning. 403-14 is our own account's want of money, never the participant's failure."""

MEANINGS: Mapping[str, Meaning] = {http + case: meaning for http, cases, meaning in _ROWS for case in cases.split()}
"""HTTP status and case, five digits -> meaning."""

LATEST: Mapping[str, BankStatus] = {
    "00": BankStatus.PAID,
    "01": BankStatus.PENDING,
    "02": BankStatus.PENDING,
    "03": BankStatus.PENDING,
    "04": BankStatus.RETURNED,
    "05": BankStatus.FAILED,
    "06": BankStatus.FAILED,
    "07": BankStatus.NOT_FOUND,
}
"""latestTransactionStatus -> what it says. `07` is the bank's word of the moment: it counts after the horizon."""

NO_ANSWER = Meaning(BankStatus.UNKNOWN, "NO_ANSWER")


def case_of(http: int, response_code: object, service: str) -> str:
    """HTTP status and case, five digits, of a whole answer; empty when the code is not one of this very answer."""
    if not isinstance(response_code, str) or len(response_code) != 7 or not response_code.isdigit():
        return ""
    status, of_service, case = response_code[:3], response_code[3:5], response_code[5:]
    return status + case if (status, of_service) == (str(http), service) else ""


def meaning_of(case: str) -> Meaning:
    """What a case says of an order; whatever is not in the table leaves it unknown."""
    known = MEANINGS.get(case)
    if known is None:
        return NO_ANSWER
    needs_code = known.status != BankStatus.PAID and not known.code
    return Meaning(known.status, f"SNAP_{case}", known.wait, known.trouble) if needs_code else known
