"""A question about the identity takes nobody out of a wave for good: who is cleared stands in its list again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from services.registration import effects
from services.registration.domain.applicant import Applicant
from services.registration.domain.eligibility import Known
from services.registration.domain.identity import CHECK, RegistryAnswer, RequestChecks, registry_answered
from services.registration.domain.left_wave import LeftWave
from services.registration.domain.reinstating import reinstated
from services.registration.domain.rings import Ring
from services.registration.domain.status import status
from services.registration.domain.tending import case_of
from services.registration.domain.watch import held
from services.registration.domain.waves import Wave
from services.registration.reference import read_reference
from shared.contracts.decision import Decision, ref
from shared.contracts.registration import ApplicantReinstated, WaveJoined
from shared.engine.rules import Effect, EffectFinished, Outcome, OutcomeState
from tests.unit.registration.builders import NOW, changed, eligible, names, rules, said, wave
from tests.unit.registration.deciding import decide
from tests.unit.registration.watched import WATCH, Office

RING = Ring("r", ("a",), ("MOBILE_SHARED",), state="open")
LEFT = LeftWave(1, NOW, "IDENTITY_QUESTIONED")
LATER = NOW + timedelta(hours=1)


def taken_out() -> Applicant:
    """Had joined wave 1, then stood in a ring."""
    waits, _ = held(replace(eligible(), stage="joined", wave=1, joined_at=NOW), RING, rules(), NOW)
    return waits


def cleared(person: Applicant, found: Wave | None, answer: str = "match") -> Decision:
    """The second eye released the ring, the registry answers for the person."""
    pending = replace(person, stage="pending", question=None, verdict=None, ring=None)
    told = RegistryAnswer(answer, ("nik",) if answer == "mismatch" else ())  # type: ignore[arg-type]
    decided = registry_answered(pending, None, Known(), told, pending.revision, rules(), LATER)
    return reinstated(decided, found, LATER)


def test_a_ring_takes_a_member_out_of_the_list_and_remembers_which() -> None:
    person = taken_out()
    assert (person.stage, person.wave, person.left) == ("questioned", None, LEFT)
    assert "kembali ke sana dengan sendirinya" in status(person, {}, {}, NOW.date()).notice
    waits, _ = held(eligible(), RING, rules(), NOW)
    assert waits.left is None, "nothing to come back to"


@pytest.mark.parametrize("closes_at", [LATER + timedelta(days=1), LATER - timedelta(minutes=1)])
def test_who_is_cleared_before_the_list_is_frozen_stands_in_it_again(closes_at: datetime) -> None:
    decided = cleared(taken_out(), wave(closes_at=closes_at))

    assert names(decided) == ["IdentityConfirmed", "ApplicantEligible", "WaveJoined", "ApplicantReinstated"]
    person = changed(decided, Applicant)
    assert (person.stage, person.wave, person.left) == ("joined", 1, None)
    assert (said(decided, WaveJoined).wave, said(decided, ApplicantReinstated).wave) == (1, 1)
    assert status(person, {}, {}, NOW.date()).notice == ""


def test_the_same_answer_again_changes_nothing() -> None:
    back = changed(cleared(taken_out(), wave()), Applicant)
    again = registry_answered(back, None, Known(), RegistryAnswer("match"), back.revision, rules(), LATER)
    assert reinstated(again, wave(), LATER) == Decision()


@pytest.mark.parametrize("state", ["closing", "closed", "drawn", "announcing", "done"])
def test_once_the_list_is_frozen_it_stays_and_the_person_is_told_how_to_object(state: str) -> None:
    decided = cleared(taken_out(), wave(state=state))

    assert names(decided) == ["IdentityConfirmed", "ApplicantEligible"]
    person = changed(decided, Applicant)
    assert (person.stage, person.wave, person.left) == ("eligible", None, replace(LEFT, reason="LIST_FROZEN"))
    told = status(person, {}, {}, NOW.date()).notice
    assert "dibekukan sebelum pemeriksaan selesai" in told
    assert "Bila Anda keberatan, buat janji konsultasi dengan kantor dan sebutkan gelombang 1." in told


@pytest.mark.parametrize("state", ["cancelling", "cancelled"])
def test_a_wave_that_was_cancelled_meanwhile_is_named_as_cancelled(state: str) -> None:
    person = changed(cleared(taken_out(), wave(state=state, cancelled_because="Kuota ditarik.")), Applicant)
    assert person.left == replace(LEFT, reason="WAVE_CANCELLED", text="Kuota ditarik.")
    assert "Alasan: Kuota ditarik. " in status(person, {}, {}, NOW.date()).notice


def test_who_is_not_cleared_or_had_joined_nothing_stays_as_decided() -> None:
    assert names(cleared(taken_out(), wave(), "mismatch")) == ["IdentityQuestioned"]
    assert names(cleared(replace(taken_out(), left=None), None)) == ["IdentityConfirmed", "ApplicantEligible"]
    other = replace(taken_out(), left=replace(LEFT, reason="WAVE_CANCELLED"))
    assert names(cleared(other, wave())) == ["IdentityConfirmed", "ApplicantEligible"]
    assert changed(cleared(taken_out(), wave(wave=2)), Applicant).stage == "eligible", "never into another wave"
    refused = Decision(changes=(replace(taken_out(), stage="ineligible"),))
    assert reinstated(refused, wave(), LATER) == refused


def test_the_tables_of_rules_bring_a_whole_cleared_ring_back_and_hear_the_registry_twice() -> None:
    office, rule = Office(), effects.answer_rule(read_reference("prakerja-2020", "12.71"))
    office.rows[ref(Wave, wave().id)] = wave()
    office.share(4)
    for who in ("p0000", "p0001"):
        office.rows[ref(Applicant, who)] = replace(office.person(who), stage="joined", wave=1, question=None)
    office.tend()
    assert [office.person(f"p{n:04}").left for n in range(4)] == [LEFT, LEFT, None, None]
    office.settle(case_of("p0000"), "confirm")
    office.tend()
    ids = tuple(f"p{n:04}" for n in range(4))
    office.do(RequestChecks(ids, WATCH))
    people = [{"applicant_id": each, "revision": 1, "rule_set": "prakerja-2020"} for each in ids]
    answers = [{"applicant_id": each, "revision": 1, "found": "match", "fields": []} for each in ids]
    heard = EffectFinished(
        Effect("e", CHECK, "k", {"people": people}), Outcome(OutcomeState.DONE, {"answers": answers})
    )

    decision = decide(rule, office.rows, heard)

    assert names(decision).count("ApplicantReinstated") == 2
    assert [office.person(each).wave for each in ids] == [1, 1, None, None]
    assert decide(rule, office.rows, heard) == Decision()
