"""Commands of the office about sheets, lists and cases: what each decision reads, and what decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from services.registration.domain import handover, identity, import_run, lists, review, screening, tending
from services.registration.domain.applicant import Applicant, NikClaim
from services.registration.domain.eligibility import Known
from services.registration.domain.handover import Handover
from services.registration.domain.import_run import Import, ImportRow
from services.registration.domain.lists import ListBook, Listing
from services.registration.domain.reinstating import reinstated
from services.registration.domain.review import ReviewCase
from services.registration.domain.rings import Ring
from services.registration.world import BOOK, judging, known, left_by, peek, wave_left_by
from shared.contracts.decision import Decision, Ref, World, ref
from shared.engine.rules import Rule

ABOUT_A_PERSON = ("IDENTITY", "OBJECTION")
"""Cases whose answer changes the application; others only end."""


# ---- collective sheets


def _about_import(decide: Callable[..., Decision]) -> Rule:
    return Rule(
        lambda command, world: [ref(Import, command.import_id)],
        lambda world, command, now: decide(world.get(Import, command.import_id), command, now),
    )


def _row_needs(command: import_run.ImportOneRow, world: World) -> Iterable[Ref]:
    claim = [ref(NikClaim, command.form.indexes.nik)] if command.form else []
    row = import_run.row_id(command.import_id, command.row)
    return [ref(Import, command.import_id), ref(ImportRow, row), *claim]


def _row(world: World, command: import_run.ImportOneRow, now: datetime) -> Decision:
    row = world.get(ImportRow, import_run.row_id(command.import_id, command.row))
    claim = world.get(NikClaim, command.form.indexes.nik) if command.form else None
    return import_run.import_row(world.get(Import, command.import_id), row, claim, command, now)


def _handover(world: World, command: handover.RecordHandover, now: datetime) -> Decision:
    return handover.record_handover(world.get(Handover, command.record.handover_id), command, now)


# ---- lists by NIK


def _open_editions(world: World, command: lists.OpenEditions, now: datetime) -> Decision:
    return lists.open_editions(world.get(ListBook, ListBook.ID), command, now)


def _complete_editions(world: World, command: lists.CompleteEditions, now: datetime) -> Decision:
    return lists.complete_editions(world.get(ListBook, ListBook.ID), command)


def _listing_needs(command: screening.PutOnList | screening.ScreenAgain, world: World) -> Iterable[Ref]:
    refs = [BOOK, ref(Listing, command.nik_index), ref(NikClaim, command.nik_index)]
    claim = peek(world, NikClaim, command.nik_index)
    if claim is None or claim.holder is None:
        return refs
    holder = peek(world, Applicant, claim.holder)
    rules = screening.rules_for(holder, command)
    return [*refs, ref(Applicant, claim.holder), *judging(holder, rules)]


def _about_nik(decide: Callable[..., Decision]) -> Rule:
    def decided(world: World, command: screening.PutOnList | screening.ScreenAgain, now: datetime) -> Decision:
        claim = world.get(NikClaim, command.nik_index)
        holder = world.get(Applicant, claim.holder) if claim and claim.holder else None
        household = known(world, holder, screening.rules_for(holder, command)).household if holder else None
        listing, book = world.get(Listing, command.nik_index), world.get(ListBook, ListBook.ID)
        return decide(listing, book, holder, household, command, now)

    return Rule(_listing_needs, decided)


# ---- cases


def _case(command: review.ProposeAnswer | review.SendBack, world: World) -> Iterable[Ref]:
    return [ref(ReviewCase, command.case_id)]


def _propose(world: World, command: review.ProposeAnswer, now: datetime) -> Decision:
    case = world.get(ReviewCase, command.case_id)
    proposed = review.propose(case, answer=command.answer, reason=command.reason, by=command.by, now=now)
    return Decision(changes=(proposed,))


def _send_back(world: World, command: review.SendBack, now: datetime) -> Decision:
    return Decision(changes=(review.send_back(world.get(ReviewCase, command.case_id), by=command.by),))


def _settle_needs(command: identity.SettleCase, world: World) -> Iterable[Ref]:
    refs = [ref(ReviewCase, command.case_id)]
    case = peek(world, ReviewCase, command.case_id)
    if case is not None and case.kind == "RING":
        return [*refs, ref(Ring, tending.ring_of(case.case_id))]
    if case is None or case.kind not in ABOUT_A_PERSON:
        return refs
    refs.append(ref(Applicant, case.applicant_ids[0]))
    applicant = peek(world, Applicant, case.applicant_ids[0])
    claim = [ref(NikClaim, applicant.nik_index)] if applicant else []
    return [*refs, *claim, *judging(applicant, command.rules), *left_by(applicant)]


def _settle(world: World, command: identity.SettleCase, now: datetime) -> Decision:
    case = world.get(ReviewCase, command.case_id)
    if case is not None and case.kind == "RING":
        ring = world.get(Ring, tending.ring_of(case.case_id))
        return tending.decide_ring(ring, case, by=command.by, now=now)
    if case is None or case.kind not in ABOUT_A_PERSON:
        return Decision(changes=(review.settle(case, by=command.by, now=now),))
    applicant = world.get(Applicant, case.applicant_ids[0])
    claim = world.get(NikClaim, applicant.nik_index) if applicant else None
    facts = known(world, applicant, command.rules) if applicant else Known()
    decided = identity.settle_identity(case, applicant, claim, facts, command.rules, by=command.by, now=now)
    return reinstated(decided, wave_left_by(world, applicant), now)


OFFICE: Mapping[type, Rule] = {
    import_run.StartImport: _about_import(import_run.start_import),
    import_run.ImportOneRow: Rule(_row_needs, _row),
    import_run.FinishImport: _about_import(import_run.finish_import),
    handover.RecordHandover: Rule(lambda command, world: [ref(Handover, command.record.handover_id)], _handover),
    lists.OpenEditions: Rule(lambda command, world: [BOOK], _open_editions),
    lists.CompleteEditions: Rule(lambda command, world: [BOOK], _complete_editions),
    screening.PutOnList: _about_nik(screening.put_on_list),
    screening.ScreenAgain: _about_nik(screening.screen_again),
    review.ProposeAnswer: Rule(_case, _propose),
    review.SendBack: Rule(_case, _send_back),
    identity.SettleCase: Rule(_settle_needs, _settle),
}
