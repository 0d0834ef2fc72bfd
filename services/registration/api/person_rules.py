"""Commands about one person: which states each decision reads, and the domain function that decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from services.registration import watching
from services.registration.domain import (
    application,
    codes,
    consultations,
    correction,
    identity,
    joining,
    objections,
    parting,
    review,
)
from services.registration.domain.applicant import Applicant, NikClaim, PlaceTask
from services.registration.domain.consultations import ConsultationDay
from services.registration.domain.likeness import NameBlock, blocks
from services.registration.domain.review import ReviewCase
from services.registration.domain.rings import Link
from services.registration.domain.tending import TendRing
from services.registration.domain.watch import ScreenPeople
from services.registration.world import peek
from shared.contracts.decision import Decision, Ref, World, ref
from shared.engine.rules import Rule
from shared.security.one_time_codes import OneTimeCode, code_of
from shared.security.vault import WrappedKey

AboutPerson = correction.Correction | correction.Withdraw | objections.EraseIdentity | identity.LapseQuestion


def _alone(decide: Callable[..., Decision]) -> Rule:
    """A rule that needs nothing but the person."""
    return Rule(
        lambda command, world: [ref(Applicant, command.applicant_id)],
        lambda world, command, now: decide(world.get(Applicant, command.applicant_id), command, now),
    )


def _with_claim(command: AboutPerson, world: World) -> list[Ref]:
    """The person, the identity case, and who holds the NIK."""
    applicant = peek(world, Applicant, command.applicant_id)
    claim = [ref(NikClaim, applicant.nik_index)] if applicant else []
    case = ref(ReviewCase, review.identity_case(command.applicant_id))
    return [ref(Applicant, command.applicant_id), case, *claim]


def _read(world: World, applicant_id: str) -> tuple[Applicant | None, NikClaim | None, ReviewCase | None]:
    """What `_with_claim` named."""
    applicant = world.get(Applicant, applicant_id)
    claim = world.get(NikClaim, applicant.nik_index) if applicant else None
    return applicant, claim, world.get(ReviewCase, review.identity_case(applicant_id))


def _register(world: World, command: application.RegisterApplicant, now: datetime) -> Decision:
    return application.register(world.get(NikClaim, command.indexes.nik), command, now)


def _correct_needs(command: correction.Correction, world: World) -> Iterable[Ref]:
    task = ref(PlaceTask, command.applicant_id)
    links = [ref(Link, each) for each in parting.shared_by(peek(world, Applicant, command.applicant_id))]
    return [*_with_claim(command, world), ref(NikClaim, command.indexes.nik), task, *links]


def _correct(world: World, command: correction.Correction, now: datetime) -> Decision:
    applicant, claim, case = _read(world, command.applicant_id)
    claims = (claim, world.get(NikClaim, command.indexes.nik))
    links = [world.get(Link, each) for each in parting.shared_by(applicant)]
    return parting.parted(applicant, claim, links, correction.correct(applicant, claims, case, command, now))


def _withdraw(world: World, command: correction.Withdraw, now: datetime) -> Decision:
    applicant, claim, case = _read(world, command.applicant_id)
    return correction.withdraw(applicant, claim, case, by=command.by, now=now)


def _erase_needs(command: objections.EraseIdentity, world: World) -> Iterable[Ref]:
    return [*_with_claim(command, world), ref(WrappedKey, command.applicant_id), *_name_blocks(command, world)]


def _name_blocks(command: objections.EraseIdentity, world: World) -> list[Ref]:
    applicant = peek(world, Applicant, command.applicant_id)
    return [ref(NameBlock, place) for place in blocks(applicant.traces.marks)] if applicant else []


def _erase(world: World, command: objections.EraseIdentity, now: datetime) -> Decision:
    applicant, claim, _ = _read(world, command.applicant_id)
    names = [world.get(NameBlock, place) for place in blocks(applicant.traces.marks)] if applicant else []
    return objections.erase_identity(applicant, claim, command, now, names)


def _lapse(world: World, command: identity.LapseQuestion, now: datetime) -> Decision:
    applicant, claim, case = _read(world, command.applicant_id)
    return identity.lapse(applicant, case, claim, command.rules, now)


def _object_needs(command: objections.Object, world: World) -> Iterable[Ref]:
    return [
        ref(Applicant, command.applicant_id),
        ref(ReviewCase, objections.objection_case(command.applicant_id)),
    ]


def _object(world: World, command: objections.Object, now: datetime) -> Decision:
    case = world.get(ReviewCase, objections.objection_case(command.applicant_id))
    return objections.object_to_verdict(world.get(Applicant, command.applicant_id), case, command, now)


def _issue_needs(command: codes.IssueCode, world: World) -> Iterable[Ref]:
    return [ref(Applicant, command.applicant_id), code_of(command.applicant_id, command.purpose)]


def _issue(world: World, command: codes.IssueCode, now: datetime) -> Decision:
    last = world.get(OneTimeCode, code_of(command.applicant_id, command.purpose).id)
    return codes.issue_code(world.get(Applicant, command.applicant_id), last, command, now)


def _code_needs(command: codes.WithCode, world: World) -> Iterable[Ref]:
    inner = PERSON[type(command.act)].needs(command.act, world)
    return [code_of(command.applicant_id, command.purpose), *inner]


def _code(world: World, command: codes.WithCode, now: datetime) -> Decision:
    code = world.get(OneTimeCode, code_of(command.applicant_id, command.purpose).id)
    rule = PERSON[type(command.act)]
    return codes.with_code(code, command.digest, now, lambda: rule.decide(world, command.act, now))


def _visit_needs(command: consultations.BookConsultation, world: World) -> Iterable[Ref]:
    return [ref(Applicant, command.applicant_id), ref(ConsultationDay, command.on.isoformat())]


def _visit(world: World, command: consultations.BookConsultation, now: datetime) -> Decision:
    day = world.get(ConsultationDay, command.on.isoformat())
    return consultations.book(world.get(Applicant, command.applicant_id), day, command, now)


PERSON: Mapping[type, Rule] = {
    application.RegisterApplicant: Rule(lambda command, world: [ref(NikClaim, command.indexes.nik)], _register),
    correction.Correction: Rule(_correct_needs, _correct),
    correction.Withdraw: Rule(_with_claim, _withdraw),
    objections.Object: Rule(_object_needs, _object),
    objections.RenewTracking: _alone(objections.renew_tracking),
    objections.EraseIdentity: Rule(_erase_needs, _erase),
    codes.IssueCode: Rule(_issue_needs, _issue),
    codes.WithCode: Rule(_code_needs, _code),
    identity.RequestChecks: watching.COMPARING,
    ScreenPeople: watching.SCREENING,
    TendRing: watching.TENDING,
    identity.LapseQuestion: Rule(_with_claim, _lapse),
    joining.TakeTest: _alone(joining.take_test),
    joining.RecordTest: _alone(joining.record_test),
    consultations.BookConsultation: Rule(_visit_needs, _visit),
}
