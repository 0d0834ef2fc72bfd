"""Why money is late (fact 102): one cause per late incentive, told before the person asks.

The causes stand in delay_causes.csv in order of precedence, the first that holds is announced, and again
when it changes. Late means: the due date has passed and it is not paid, whether or not the conditions hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from services.incentive.domain.account import ACCOUNT_FAILURES, Account, AccountCheck
from services.incentive.domain.days import end_of, morning_of
from services.incentive.domain.draft import DelayCause, Draft
from services.incentive.domain.entitlements import OWED_STATES, POST_TRAINING, instalment_fields
from services.incentive.domain.participant import Entitlement, EntitlementState, Participant, Purchase
from shared.contracts.incentive import IncentiveDelayed

State = EntitlementState
Test = Callable[[Draft, Entitlement], bool]

SILENCE = timedelta(days=1)
"""A payment on its way this long without a final answer counts as unknown."""


class CausesWrong(Exception):
    """delay_causes.csv and the tests in here do not name the same causes. The service must not start."""


def _no_course(test: Callable[[Purchase], object]) -> Test:
    """Holds while no course of the participant passes the test; survey incentives do not ask."""
    return lambda draft, each: each.kind == POST_TRAINING and not any(test(course) for course in draft.person.purchases)


def _account(test: Callable[[Account], bool]) -> Test:
    return lambda draft, each: draft.person.account is not None and test(draft.person.account)


def _checked(test: Callable[[AccountCheck], bool]) -> Test:
    return _account(lambda account: account.check is not None and test(account.check))


def _unknown(draft: Draft, each: Entitlement) -> bool:
    """No answer at all; where a notice contradicts what the bank answers, STATUS_CONFLICT says more."""
    if each.conflict:
        return False
    silent = each.state == State.SENDING and each.sent_at is not None and draft.now - each.sent_at >= SILENCE
    return each.state == State.UNKNOWN or silent


def _wallet_full(draft: Draft, each: Entitlement) -> bool:
    account = draft.person.account
    room = account.check.room_rupiah if account and account.check else None
    return room is not None and room < each.amount_rupiah


def _under_review(draft: Draft, each: Entitlement) -> bool:
    account = draft.person.account
    return draft.person.under_review or (account is not None and account.shared)


def _failed(draft: Draft, each: Entitlement) -> bool:
    """A failure whose code names the holder's account is announced as that cause: it tells what to do."""
    return each.state in (State.FAILED, State.RETURNED) and each.failure not in ACCOUNT_FAILURES


def _not_approved(draft: Draft, each: Entitlement) -> bool:
    """A list that was made today is the office's daily work and no news; one that lay over night is."""
    return each.state == State.BATCHED and each.batched_on is not None and each.batched_on < draft.today


def _on_hold(draft: Draft, each: Entitlement) -> bool:
    account = draft.person.account
    return account is not None and account.held(draft.now)


TESTS: Mapping[str, Test] = {
    "BANK_UNKNOWN": _unknown,
    "STATUS_CONFLICT": lambda draft, each: each.conflict,
    "TRANSFER_FAILED": _failed,
    "ELIGIBILITY_REVIEW": _under_review,
    "CERT_NOT_RECEIVED": _no_course(lambda course: course.certificate_number),
    "CERT_NOT_RECONCILED": _no_course(lambda course: course.certificate_reconciled),
    "REVIEW_MISSING": _no_course(lambda course: course.reviewed_at and course.certificate_reconciled),
    "ACCOUNT_NOT_LINKED": lambda draft, each: draft.person.account is None,
    "ACCOUNT_NIK_MISMATCH": _checked(lambda check: not check.nik_matches),
    "ACCOUNT_NAME_MISMATCH": _checked(lambda check: not check.name_matches),
    "ACCOUNT_INACTIVE": _checked(lambda check: not check.active),
    "WALLET_NOT_KYC": _checked(lambda check: not check.identity_checked),
    "WALLET_FULL": _wallet_full,
    "ACCOUNT_ON_HOLD": _on_hold,
    "PARTNER_VERIFICATION_PENDING": _account(lambda account: account.check is None),
    "FUNDS_NOT_AVAILABLE": lambda draft, each: draft.office.funds_short and each.state in OWED_STATES,
    "BATCH_NOT_APPROVED": _not_approved,
    "MANUAL_BACKLOG": lambda draft, each: True,
}
"""When each cause holds. The order is not taken from here but from the file."""

DAYS_TO_MEND: Mapping[str, int] = {"BANK_UNKNOWN": 2, "STATUS_CONFLICT": 3, "FUNDS_NOT_AVAILABLE": 14}
"""How long a cause usually takes from now until the money arrives; set by this project."""
OTHERWISE_DAYS = 7


def read_causes(rows: Iterable[Mapping[str, str]]) -> tuple[DelayCause, ...]:
    """The causes in order of precedence. Raises CausesWrong when a code has no test or a test no row."""
    ordered = sorted(rows, key=lambda row: int(row["precedence"]))
    causes = tuple(
        DelayCause(
            code=row["code"],
            meaning_id=row["meaning_id"],
            meaning_en=row["meaning_en"],
            actor=row["who_must_act"],
            actor_id=row["actor_id"],
            remedy_id=row["remedy_id"],
            remedy_en=row["remedy_en"],
        )
        for row in ordered
    )
    if {cause.code for cause in causes} != set(TESTS) or len(causes) != len(TESTS):
        raise CausesWrong("delay_causes.csv must name each cause once: " + ", ".join(sorted(TESTS)))
    return causes


def is_late(draft: Draft, each: Entitlement) -> bool:
    """Its day has passed, and it is neither paid nor cancelled."""
    return not each.is_over and draft.now >= end_of(each.due_on)


def cause_of(draft: Draft, each: Entitlement) -> DelayCause | None:
    """The first cause that holds, or None while a payment has been on its way for less than a day."""
    if each.state == State.SENDING and not each.conflict and not _unknown(draft, each):
        return None
    return next(cause for cause in draft.office.causes if TESTS[cause.code](draft, each))


def late_by_cause(person: Participant) -> dict[str, int]:
    """Rupiah announced as late, by the one cause of each incentive; nobody waits when a participation has ended."""
    sums: dict[str, int] = {}
    for each in person.entitlements if person.active else ():
        if each.cause and not each.is_over:
            sums[each.cause] = sums.get(each.cause, 0) + each.amount_rupiah
    return sums


def late_rupiah(draft: Draft) -> int:
    """All late rupiah by their dates alone. What is on its way for less than a day may have no cause yet."""
    if not draft.person.active:
        return 0
    late = (each for each in draft.person.entitlements if is_late(draft, each))
    return sum(each.amount_rupiah for each in late if each.cause or each.state != State.SENDING)


def announce(draft: Draft) -> None:
    """Tell every late incentive whose cause is new or has changed."""
    for each in draft.person.entitlements:
        cause = cause_of(draft, each) if is_late(draft, each) else None
        if cause and cause.code != each.cause:
            _tell(draft, each, cause)


def delay_times(draft: Draft) -> Iterator[datetime]:
    """Instants at which a cause may appear or change without anybody acting."""
    account = draft.person.account
    for each in draft.person.entitlements:
        if each.is_over:
            continue
        yield end_of(each.due_on)
        if each.state not in (State.WAITING, State.RETURNED):
            # Funds, batches and silence are looked at every morning while it is late.
            yield morning_of(max(each.due_on, draft.today) + timedelta(days=1))
    if account and account.hold_until:
        yield account.hold_until


def cause_fields(cause: DelayCause) -> dict[str, str]:
    """What every event about a cause says of it."""
    return {
        "cause": cause.code,
        "cause_id": cause.meaning_id,
        "cause_en": cause.meaning_en,
        "actor": cause.actor,
        "actor_id": cause.actor_id,
        "remedy_id": cause.remedy_id,
        "remedy_en": cause.remedy_en,
    }


def _tell(draft: Draft, each: Entitlement, cause: DelayCause) -> None:
    new_date = draft.today + timedelta(days=DAYS_TO_MEND.get(cause.code, OTHERWISE_DAYS))
    draft.set_entitlement(each, cause=cause.code, new_date=new_date)
    draft.tell(
        IncentiveDelayed(
            **instalment_fields(draft.person, each),
            **cause_fields(cause),
            new_date=new_date,
            owed=each.state != State.WAITING,
        )
    )
