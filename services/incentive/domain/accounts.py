"""The payout account: linked by its holder, checked by the bank, shared with nobody (fact 89, mission.md).

Everybody may link an account; whether money goes there is decided by what the bank says about it. When several
people link the same account nobody is refused: the payments of all of them wait and registration hears of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

from services.incentive.domain.account import Account, AccountCheck
from services.incentive.domain.draft import Draft, participating
from services.incentive.domain.participant import Participant
from services.incentive.domain.payouts import mend
from shared.contracts.base import Sealed
from shared.contracts.decision import Refused, Work
from shared.contracts.incentive import PayoutAccountChanged, PayoutAccountLinked

MOST_HOLDERS = 200
"""More people than this cannot link one account: by then it is a case for staff anyway."""
TOLD_OTHERS = 20


@dataclass(frozen=True, slots=True)
class AccountClaim:
    """Who linked an account, known by its blind index alone."""

    collection: ClassVar[str] = "account_claims"

    account_index: str
    holders: tuple[str, ...]

    @property
    def id(self) -> str:
        return self.account_index


@dataclass(frozen=True, slots=True)
class LinkAccount:
    """A participant names the account for payouts. Number and mask were sealed by the caller."""

    applicant_id: str
    bank: str
    account_index: str
    number: Sealed
    masked: Sealed
    assisted_by: str | None = None


@dataclass(frozen=True, slots=True)
class RecheckAccount:
    """The participant mended something at the bank and asks for a new check."""

    applicant_id: str


@dataclass(frozen=True, slots=True)
class AccountAnswer:
    """What the bank said about version `version` of a participant's account."""

    applicant_id: str
    version: int
    holder_nik_index: str
    """Empty where the bank tells no NIK, as by SNAP BI: then the holder's name has to be the participant's."""

    name_matches: bool
    active: bool
    identity_checked: bool
    room_rupiah: int | None = None


def link(draft: Draft, command: LinkAccount, claim: AccountClaim | None) -> dict[str, Any]:
    """Link or change the account; a change holds payments (72 h in the 2020 rules).

    Raises PAYMENT_PARTNER_UNKNOWN, ACCOUNT_SAME, ACCOUNT_SHARED_BY_MANY.
    """
    person = participating(draft.person)
    if command.bank not in draft.rules.payment_partners:
        raise Refused("PAYMENT_PARTNER_UNKNOWN", known=", ".join(draft.rules.payment_partners))
    if person.account and person.account.index == command.account_index:
        raise Refused("ACCOUNT_SAME")
    others = claim.holders if claim else ()
    if len(others) >= MOST_HOLDERS:
        raise Refused("ACCOUNT_SHARED_BY_MANY")
    hold = timedelta(hours=draft.rules.account_hold_hours)
    account = Account(
        bank=command.bank,
        kind="wallet" if command.bank in draft.rules.wallets else "bank",
        index=command.account_index,
        number=command.number,
        masked=command.masked,
        version=person.account_versions + 1,
        linked_at=draft.now,
        hold_until=draft.now + hold if person.account else None,
        shared=bool(others),
        assisted_by=command.assisted_by,
    )
    draft.set(account=account, account_versions=account.version)
    draft.add(AccountClaim(command.account_index, (*others, person.applicant_id)))
    ask_bank(draft, account)
    _tell(draft, account, others, changed=person.account is not None)
    return {"verified": False, "hold_until": account.hold_until.isoformat() if account.hold_until else None}


def _tell(draft: Draft, account: Account, others: Sequence[str], *, changed: bool) -> None:
    fields: dict[str, Any] = {
        "applicant_id": draft.person.applicant_id,
        "bank": account.bank,
        "account_kind": account.kind,
        "account_index": account.index,
        "account_masked": account.masked,
        "shared_by": len(others) + 1,
        "shared_with": tuple(others[:TOLD_OTHERS]),
    }
    if changed:
        hours, until = draft.rules.account_hold_hours, account.hold_until or draft.now
        draft.tell(PayoutAccountChanged(**fields, changed_at=draft.now, hold_hours=hours, hold_until=until))
    else:
        draft.tell(PayoutAccountLinked(**fields, linked_at=draft.now))


def ask_bank(draft: Draft, account: Account) -> None:
    """Have the bank asked whose account it is, as outside work: the person is not kept waiting for the bank."""
    person = draft.person
    payload = {
        "applicant_id": person.applicant_id,
        "version": account.version,
        "bank": account.bank,
        "account_number": account.number,
        "full_name": person.full_name,
    }
    key = f"account/{person.applicant_id}/{account.version}/{account.checks}"
    draft.work.append(Work("check_account", key, payload))


def left_behind(person: Participant, claim: AccountClaim | None) -> tuple[AccountClaim, str | None] | None:
    """The claim of the account a participant leaves, and the one person who has it alone from now on."""
    if claim is None or person.applicant_id not in claim.holders:
        return None
    holders = tuple(holder for holder in claim.holders if holder != person.applicant_id)
    return replace(claim, holders=holders), holders[0] if len(holders) == 1 else None


LETS_GO_AFTER = timedelta(seconds=1)


def holds_without_right(person: Participant) -> bool:
    """Is an account still counted as theirs, though the participation is over? Others may be waiting for it."""
    return not person.active and person.account is not None and not person.account.left


def leaving_times(draft: Draft) -> Iterator[datetime]:
    """However a participation ended, its account is let go of at once, by the clock."""
    if holds_without_right(draft.person):
        yield draft.now + LETS_GO_AFTER


def mark_shared(person: Participant, account_index: str, shared: bool) -> Participant:
    """Hold or free a participant's payments because others linked, or left, the same account."""
    account = person.account
    if account is None or account.index != account_index or account.shared == shared:
        return person
    return replace(person, account=replace(account, shared=shared))


def recheck(draft: Draft) -> dict[str, Any]:
    """Ask the bank again. Raises ACCOUNT_NOT_LINKED, CHECK_RUNNING."""
    account = participating(draft.person).account
    if account is None:
        raise Refused("ACCOUNT_NOT_LINKED")
    if account.check is None:
        raise Refused("CHECK_RUNNING")
    account = replace(account, check=None, checks=account.checks + 1)
    draft.set(account=account)
    ask_bank(draft, account)
    return {"verified": False}


def _is_holder(draft: Draft, answer: AccountAnswer) -> bool:
    """By the NIK; where the bank tells none, the name alone decides, and a wrong one is announced as such."""
    return not answer.holder_nik_index or answer.holder_nik_index == draft.person.nik_index


def take_answer(draft: Draft, answer: AccountAnswer) -> None:
    """Keep what the bank said, if it is about the account as it is now; what failed because of it is due again."""
    account = draft.person.account
    if account is None or account.version != answer.version:
        return
    check = AccountCheck(
        checked_at=draft.now,
        nik_matches=_is_holder(draft, answer),
        name_matches=answer.name_matches,
        active=answer.active,
        identity_checked=answer.identity_checked,
        room_rupiah=answer.room_rupiah,
    )
    account = replace(account, check=check)
    draft.set(account=account)
    if account.verified and draft.person.active:
        mend(draft)
