"""All that registration reacts to: facts of incentive about seats and payout accounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from services.registration.domain import participation
from services.registration.domain.applicant import Applicant, NikClaim
from services.registration.domain.participation import AccountUse
from services.registration.domain.review import ReviewCase
from services.registration.domain.revocation import Revocation
from services.registration.domain.waves import SeatPool
from services.registration.world import POOL, peek
from shared.contracts.base import Event
from shared.contracts.decision import Decision, Ref, World, ref
from shared.contracts.incentive import ParticipationRevoked, PayoutAccountChanged, PayoutAccountLinked
from shared.engine.rules import Rule

AccountFact = PayoutAccountLinked | PayoutAccountChanged


def _seat_freed(event: ParticipationRevoked, world: World) -> Iterable[Ref]:
    applicant = peek(world, Applicant, event.applicant_id)
    claim = [ref(NikClaim, applicant.nik_index)] if applicant else []
    return [ref(Applicant, event.applicant_id), POOL, *claim]


def _free_seat(world: World, event: ParticipationRevoked, now: datetime) -> Decision:
    applicant = world.get(Applicant, event.applicant_id)
    claim = world.get(NikClaim, applicant.nik_index) if applicant else None
    pool = world.get(SeatPool, SeatPool.ID)
    told = Revocation(event.reason, event.reason_text, event.appeal_deadline)
    return participation.revoked(applicant, claim, pool, wave=event.wave, reason=event.reason, now=now, told=told)


def _account_used(event: AccountFact, world: World) -> Iterable[Ref]:
    return [
        ref(Applicant, event.applicant_id),
        ref(AccountUse, event.account_index),
        ref(ReviewCase, participation.account_case(event.account_index)),
    ]


def _note_account(world: World, event: AccountFact, now: datetime) -> Decision:
    linked = participation.account_linked(
        world.get(AccountUse, event.account_index),
        world.get(ReviewCase, participation.account_case(event.account_index)),
        account_index=event.account_index,
        applicant_id=event.applicant_id,
        now=now,
    )
    return linked + participation.account_known(world.get(Applicant, event.applicant_id), event.account_index, now)


SOURCES = ("incentive",)
REACTIONS: Mapping[type[Event], Rule] = {
    ParticipationRevoked: Rule(_seat_freed, _free_seat),
    PayoutAccountLinked: Rule(_account_used, _note_account),
    PayoutAccountChanged: Rule(_account_used, _note_account),
}
