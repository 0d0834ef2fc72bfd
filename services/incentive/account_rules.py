"""Rules about payout accounts that touch others too: linking one, leaving one, and the clock that lets go of one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from services.incentive.domain import accounts
from services.incentive.domain.accounts import AccountClaim, LinkAccount, RecheckAccount
from services.incentive.domain.participant import Participant
from services.incentive.domain.sequel import Advance, settle
from services.incentive.wiring import FUNDS, Desk, peek
from shared.contracts.decision import Decision, Ref, World, ref
from shared.engine.rules import Rule


def account_commands(desk: Desk) -> Mapping[type, Rule]:
    """Command -> rule, for commands.py."""
    return {
        LinkAccount: Rule(_link_needs, lambda world, linking, now: _link(desk, world, linking, now)),
        RecheckAccount: desk.about(lambda draft, recheck, world: accounts.recheck(draft)),
        Advance: Rule(_advance_needs, lambda world, command, now: _advance(desk, world, command, now)),
    }


def _link_needs(command: LinkAccount, world: World) -> list[Ref]:
    """The participant, the new and the old account, and whoever stands alone with one of them."""
    needed = [FUNDS, ref(Participant, command.applicant_id), ref(AccountClaim, command.account_index)]
    person = peek(world, Participant, command.applicant_id)
    if person and person.account:
        needed.append(ref(AccountClaim, person.account.index))
    return [*needed, *(ref(Participant, id) for id, _, _ in _neighbours(world, command, person))]


def _neighbours(world: World, command: LinkAccount, person: Participant | None) -> list[tuple[str, str, bool]]:
    """Others whose payments are held or freed by this link: applicant, account, shared from now on."""
    found: list[tuple[str, str, bool]] = []
    new = peek(world, AccountClaim, command.account_index)
    if new and len(new.holders) == 1:
        found.append((new.holders[0], command.account_index, True))
    if person and person.account:
        left = accounts.left_behind(person, peek(world, AccountClaim, person.account.index))
        if left and left[1]:
            found.append((left[1], person.account.index, False))
    return found


def _link(desk: Desk, world: World, command: LinkAccount, now: datetime) -> Decision:
    draft = desk.draft(world, command.applicant_id, now)
    before = draft.person
    reply = accounts.link(draft, command, world.get(AccountClaim, command.account_index))
    if before.account and (left := accounts.left_behind(before, world.get(AccountClaim, before.account.index))):
        draft.add(left[0])
    decision = settle(draft, reply)
    for applicant_id, index, shared in _neighbours(world, command, before):
        decision += desk.sharing(world, applicant_id, index, shared, now)
    return decision


def _advance_needs(command: Advance, world: World) -> list[Ref]:
    person = peek(world, Participant, command.applicant_id)
    claims = leaving_needs(person, world) if person and accounts.holds_without_right(person) else ()
    return [FUNDS, ref(Participant, command.applicant_id), *claims]


def _advance(desk: Desk, world: World, command: Advance, now: datetime) -> Decision:
    draft, person = desk.draft(world, command.applicant_id, now), world.get(Participant, command.applicant_id)
    if person is None or person.account is None or not accounts.holds_without_right(person):
        return settle(draft)
    draft.set(account=replace(person.account, left=True))
    return settle(draft) + leave(desk, world, person, now)


def leaving_needs(person: Participant | None, world: World) -> Iterable[Ref]:
    """What `leave` reads: the claim, and whoever has the account alone afterwards."""
    if person and person.account:
        yield ref(AccountClaim, person.account.index)
        if (behind := _left_behind(person, world)) and behind[1]:
            yield ref(Participant, behind[1])


def leave(desk: Desk, world: World, person: Participant, now: datetime) -> Decision:
    """The account is no longer this person's: whoever shared it and has it alone now is paid again."""
    behind = _left_behind(person, world)
    if behind is None:
        return Decision()
    claim, alone = behind
    left = Decision(changes=(claim,))
    return left + desk.sharing(world, alone, claim.account_index, False, now) if alone else left


def _left_behind(person: Participant, world: World) -> tuple[AccountClaim, str | None] | None:
    account = person.account
    return accounts.left_behind(person, peek(world, AccountClaim, account.index)) if account else None
