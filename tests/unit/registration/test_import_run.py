"""A sheet being taken in: every row counts once, and the control total always holds."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registration.domain import import_run
from services.registration.domain.applicant import Applicant, NikClaim
from services.registration.domain.import_run import FinishImport, Import, ImportOneRow, ImportRow, StartImport
from shared.contracts.decision import Decision, Refused, ref
from tests.unit.registration.builders import NOW, Rows, changed, claim, indexes, names, profile, register_command


def started() -> Import:
    decision = import_run.start_import(None, StartImport("i1", "Disnaker", date(2020, 4, 3), "sekretariat"), NOW)
    found: Import = changed(decision, Import)
    return found


def one(run: Import | None, number: int, done: ImportRow | None = None, held: Any = None, **changes: Any) -> Decision:
    told = ImportOneRow("i1", number, register_command(f"p{number}", import_id="i1", **changes))
    return import_run.import_row(run, done, held, told, NOW)


def test_a_row_is_registered_and_counted_together() -> None:
    decision = one(started(), 7)

    run, row_ = changed(decision, Import), changed(decision, ImportRow)
    assert names(decision) == ["ApplicantRegistered"]
    assert (run.received, run.registered, row_.outcome, row_.applicant_id) == (1, 1, "registered", "p7")
    assert changed(decision, Applicant).import_id == "i1"


def test_a_refused_row_is_a_result_with_its_code() -> None:
    under_age = one(started(), 7, profile=profile(age_years=17))
    twice = one(started(), 8, held=claim("p8"))
    unreadable = import_run.import_row(started(), None, None, ImportOneRow("i1", 9, None, "EMPTY_CELL", "nik"), NOW)

    for decision, code in ((under_age, "UNDER_AGE"), (twice, "DUPLICATE"), (unreadable, "EMPTY_CELL")):
        run = changed(decision, Import)
        assert (run.received, run.refused, run.codes) == (1, 1, {code: 1})
        assert changed(decision, ImportRow).outcome == "refused"
        assert decision.events == ()


def test_a_row_with_a_contradiction_or_a_held_nik_is_questioned() -> None:
    contradicting = one(started(), 7, contradictions=("BIRTH_DATE_CONTRADICTS_NIK",))
    other_kk = one(started(), 8, held=claim("x", nik_index=indexes("p8").nik))

    assert changed(contradicting, Import).questioned == changed(other_kk, Import).questioned == 1


def test_a_row_counts_once_however_often_it_comes() -> None:
    first = one(started(), 7)

    again = one(changed(first, Import), 7, done=changed(first, ImportRow))

    assert again.changes == ()
    assert again.reply == {"outcome": "registered", "code": None}


OUTCOMES = st.lists(st.tuples(st.integers(1, 12), st.sampled_from(["ok", "young", "odd", "unreadable"])), max_size=40)


@given(OUTCOMES)
def test_received_is_always_the_sum_of_what_became_of_the_rows(told: list[tuple[int, str]]) -> None:
    world = Rows()
    world.take(Decision(changes=(started(),)))
    for number, kind in told:
        command: Any = register_command(f"p{number}", profile=profile(age_years=17 if kind == "young" else 30))
        if kind == "odd":
            command = register_command(f"p{number}", contradictions=("SEX_CONTRADICTS_NIK",))
        row_ = ImportOneRow("i1", number, None if kind == "unreadable" else command, "EMPTY_CELL", "nik")
        held = world.get(ref(NikClaim, indexes(f"p{number}").nik))
        done = world.get(ref(ImportRow, import_run.row_id("i1", number)))
        world.take(import_run.import_row(world[ref(Import, "i1")], done, held, row_, NOW))
    run = world[ref(Import, "i1")]
    assert run.received == run.registered + run.questioned + run.refused == len({number for number, _ in told})
    assert sum(run.codes.values()) == run.refused


def test_a_file_is_finished_only_when_all_its_rows_are_there() -> None:
    run = changed(one(started(), 7), Import)

    assert changed(import_run.finish_import(run, FinishImport("i1", 1), NOW), Import).state == "done"
    with pytest.raises(Refused, match="ROWS_MISSING") as refused:
        import_run.finish_import(run, FinishImport("i1", 3), NOW)
    assert refused.value.details == {"missing": 2}


def test_a_file_that_could_not_be_read_goes_on_when_it_comes_again() -> None:
    failed = changed(import_run.finish_import(started(), FinishImport("i1", 0, "SHEET_UNREADABLE"), NOW), Import)
    assert (failed.state, failed.failure) == ("failed", "SHEET_UNREADABLE")

    again = import_run.start_import(failed, StartImport("i1", "x", date(2020, 4, 4), "y"), NOW)

    assert again.reply == {"import_id": "i1", "state": "running"}
    assert changed(again, Import).source == "Disnaker"


def test_a_finished_file_stays_finished() -> None:
    done = changed(import_run.finish_import(started(), FinishImport("i1", 0), NOW), Import)

    assert import_run.start_import(done, StartImport("i1", "x", date(2020, 4, 4), "y"), NOW).reply["state"] == "done"


def test_rows_of_an_unknown_file_are_refused() -> None:
    with pytest.raises(Refused, match="IMPORT_UNKNOWN"):
        one(None, 1)
    with pytest.raises(Refused, match="IMPORT_UNKNOWN"):
        import_run.finish_import(None, FinishImport("i1", 0), NOW)
