"""What the other services' facts mean here: a revoked participation, one payout account of many people."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from services.registration.domain.applicant import Applicant, NikClaim
from services.registration.domain.review import ReviewCase
from services.registration.domain.revocation import Revocation
from services.registration.domain.waves import SeatPool, recycle
from shared.contracts.decision import Decision

BLOCKING = frozenset({"NO_FIRST_PURCHASE", "NO_LONGER_ELIGIBLE"})
"""Reasons after which a NIK never gets a card again (`consequences` of the rule file; domain notes 5.2 [K15 K8])."""


def revoked(
    applicant: Applicant | None,
    claim: NikClaim | None,
    pool: SeatPool | None,
    *,
    wave: int,
    reason: str,
    now: datetime,
    told: Revocation | None = None,
) -> Decision:
    """The seat goes to the next wave and the NIK is not used again. Heard twice: nothing happens.

    An applicant who is not here (a restored database) still leaves a free seat. `told` is what they may object to.
    """
    if applicant is not None and applicant.stage == "revoked":
        return Decision()
    freed = recycle(pool, wave, 1, "PARTICIPATION_REVOKED", now)
    if applicant is None:
        return freed
    stage = applicant.stage if applicant.stage in ("withdrawn", "erased") else "revoked"
    closed = replace(applicant, stage=stage, wave=None, joined_at=None, revocation=told)
    blocked = (replace(claim, blocked=reason),) if claim and reason in BLOCKING else ()
    return Decision(changes=(closed, *blocked)) + freed


@dataclass(frozen=True, slots=True)
class AccountUse:
    """Who linked one payout account, by the account's blind index."""

    collection: ClassVar[str] = "account_uses"

    account_index: str
    applicant_ids: tuple[str, ...]

    @property
    def id(self) -> str:
        return self.account_index


MOST_SHOWN = 50


def account_case(account_index: str) -> str:
    return f"account-{account_index[:40]}"


def account_linked(
    use: AccountUse | None, case: ReviewCase | None, *, account_index: str, applicant_id: str, now: datetime
) -> Decision:
    """Remember the link; from the second person on it is a case for staff, with everybody side by side.

    A settled case opens again when one more person comes. Source: paper fact 109, domain notes R6.
    """
    known = use.applicant_ids if use else ()
    if applicant_id in known:
        return Decision()
    everybody = (*known, applicant_id)
    changed = AccountUse(account_index, everybody[:MOST_SHOWN])
    if len(everybody) < 2:
        return Decision(changes=(changed,))
    opened_at = case.opened_at if case and case.state != "settled" else now
    shared = ReviewCase(
        account_case(account_index), "SHARED_ACCOUNT", everybody[:MOST_SHOWN], ("ACCOUNT_SHARED",), opened_at
    )
    return Decision(changes=(changed, shared))


def account_known(applicant: Applicant | None, account_index: str, now: datetime) -> Decision:
    """The account is one more thing that people may share: they are compared anew (watch.py)."""
    if applicant is None or applicant.account == account_index or applicant.stage in ("withdrawn", "erased"):
        return Decision()
    return Decision(changes=(replace(applicant, account=account_index, screened=False, wake_at=now),))
