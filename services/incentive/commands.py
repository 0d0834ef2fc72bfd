"""All commands of this service, on one screen: what may be asked, which states it reads, which rule decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from services.incentive.account_rules import account_commands
from services.incentive.catalogue_rules import catalogue_commands
from services.incentive.claim_rules import claim_commands
from services.incentive.domain import (
    applicants,
    clawbacks,
    codes,
    payouts,
    redeem_codes,
    surveys,
)
from services.incentive.domain.applicants import Applicant, IndexCode
from services.incentive.domain.clawbacks import DecidePlan, ProposePlan
from services.incentive.domain.codes import IssueCode, TryCode
from services.incentive.domain.draft import Draft
from services.incentive.domain.ledger import Posting
from services.incentive.domain.participant import Participant
from services.incentive.domain.payouts import RetryPayment
from services.incentive.domain.redeem_codes import CommitRedeemCode, RedeemCode
from services.incentive.domain.repayments import (
    RecordRefund,
    RecordRepayment,
    postings_of,
    record_refund,
    record_repayment,
)
from services.incentive.domain.surveys import AnswerSurvey
from services.incentive.money_rules import money_commands
from services.incentive.statement_rules import statement_commands
from services.incentive.wiring import Act, Desk, peek
from shared.contracts.decision import Decision, Ref, Refused, World, ref
from shared.contracts.registration import ConfirmationCodeIssued
from shared.engine.rules import Rule
from shared.security.one_time_codes import LIFE, OneTimeCode, code_of, issued
from shared.security.openings import OpenIdentity, open_identity, openings_needs


def commands(desk: Desk) -> Mapping[type, Rule]:
    """Command -> rule: those of citizens, platforms, staff, the border and the timers."""
    return {
        AnswerSurvey: desk.about(lambda draft, answer, world: surveys.answer(draft, answer)),
        CommitRedeemCode: desk.about(_commit, who=_bearer, more=_code, first=_check_code),
        RecordRepayment: desk.about(_with_receipt(record_repayment), more=_receipt),
        RecordRefund: desk.about(_with_receipt(record_refund), more=_receipt),
        ProposePlan: desk.about(lambda draft, plan, world: clawbacks.propose(draft, plan)),
        DecidePlan: desk.about(lambda draft, decided, world: clawbacks.decide(draft, decided)),
        RetryPayment: desk.about(lambda draft, retry, world: payouts.retry(draft, retry)),
        IssueCode: Rule(_code_needs, _issue_code),
        TryCode: Rule(
            _code_needs,
            lambda world, tried, now: codes.attempt(world.get(OneTimeCode, _one_time(tried).id), tried),
        ),
        IndexCode: Rule(
            lambda command, world: [ref(Participant, command.applicant_id), ref(Applicant, command.applicant_id)],
            lambda world, command, now: applicants.index_code(
                world.get(Participant, command.applicant_id), world.get(Applicant, command.applicant_id), command
            ),
        ),
        OpenIdentity: Rule(openings_needs, open_identity),
        **account_commands(desk),
        **catalogue_commands(desk),
        **claim_commands(desk),
        **money_commands(desk),
        **statement_commands(),
    }


def _one_time(command: IssueCode | TryCode) -> Ref:
    return code_of(command.applicant_id, command.purpose)


def _code_needs(command: IssueCode | TryCode, world: World) -> Iterable[Ref]:
    return [_one_time(command), ref(Participant, command.applicant_id)]


def _issue_code(world: World, command: IssueCode, now: datetime) -> Decision:
    """Only participants get codes; the event is registration's, so that notification knows one kind alone."""
    if world.get(Participant, command.applicant_id) is None:
        raise Refused("PARTICIPANT_UNKNOWN")
    code = issued(world.get(OneTimeCode, _one_time(command).id), _one_time(command), command.digest, command.at)
    told = ConfirmationCodeIssued(
        applicant_id=command.applicant_id,
        issued_at=now,
        expires_at=now + LIFE,
        purpose=command.purpose,
        code=command.sealed,
    )
    return Decision(changes=(code,), events=(told,), reply={"minutes": int(LIFE.total_seconds() // 60)})


def _code(message: Any, world: World) -> Iterable[Ref]:
    return [ref(RedeemCode, message.redeem_code)]


def _bearer(message: Any, world: World) -> str | None:
    """The participant a redeem code leads to."""
    code = peek(world, RedeemCode, message.redeem_code)
    return code.applicant_id if code else None


def _receipt(message: Any, world: World) -> Iterable[Ref]:
    return [ref(Posting, id) for id in postings_of(message)]


def _with_receipt(record: Callable[[Draft, Any, bool], Mapping[str, Any]]) -> Act:
    def act(draft: Draft, message: Any, world: World) -> Mapping[str, Any]:
        return record(draft, message, any(world.get(Posting, id) for id in postings_of(message)))

    return act


def _check_code(message: CommitRedeemCode, world: World) -> None:
    redeem_codes.known(world.get(RedeemCode, message.redeem_code), message.platform_code)


def _commit(draft: Draft, command: CommitRedeemCode, world: World) -> Mapping[str, Any]:
    return redeem_codes.commit(draft, command, world.get(RedeemCode, command.redeem_code))
