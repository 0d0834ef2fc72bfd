"""Results are stored in parts and told once; who is out meanwhile leaves the seat to the next wave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from services.registration.domain import draw, results
from services.registration.domain.applicant import Applicant
from services.registration.domain.draw import Row
from services.registration.domain.eligibility import Household
from services.registration.domain.results import AnnounceResults, Part, ResultChunk, StoreResults
from services.registration.domain.waves import SeatPool, Wave
from shared.contracts.base import Sealed
from shared.contracts.decision import Decision
from shared.contracts.registration import ApplicantNotSelected, ApplicantSelected, SeatsRecycled
from tests.unit.registration.builders import CLOSES, NOW, changed, eligible, names, refusal, rules, said
from tests.unit.registration.wave_steps import drawn, lines_of

# ---- storing


def stored(found: Wave, rows: Sequence[Row]) -> tuple[Wave, list[ResultChunk]]:
    chunks = []
    cut = results.parts(rows) or [()]
    for number, part in enumerate(cut):
        decision = results.store_results(found, StoreResults(1, number, part, number == len(cut) - 1))
        found = changed(decision, Wave)
        chunks += [state for state in decision.changes if isinstance(state, ResultChunk)]
    return found, chunks


def test_results_are_stored_in_parts() -> None:
    found = drawn()
    rows = draw.draw(lines_of(450), found.strata, found.quota, found.seed or "")

    after, chunks = stored(found, rows)

    assert [len(chunk.rows) for chunk in chunks] == [200, 200, 50]
    assert (after.state, after.result_chunks, after.selected) == ("announcing", 3, 10)
    assert refusal(lambda: results.store_results(after, StoreResults(1, 3, (), True))) == "WAVE_STATE"
    assert refusal(lambda: results.store_results(found, StoreResults(1, 1, (), True))) == "CHUNK_OUT_OF_ORDER"


def test_a_wave_of_nobody_is_done_at_once() -> None:
    after, chunks = stored(drawn(()), ())

    assert (after.state, chunks) == ("done", [])


# ---- telling


ROWS = (
    Row("a", "LAID_OFF_LIST", 1, 2, 1, selected=True),
    Row("b", "LAID_OFF_LIST", 2, 2, 1, selected=False),
    Row("c", "UMUM", 1, 1, 1, selected=True),
)
PEOPLE = {who: eligible(who, stage="joined", wave=1, joined_at=NOW) for who in "abc"}


def announced(
    people: Mapping[str, Applicant | None] | None = None,
    rows: tuple[Row, ...] = ROWS,
    *,
    year: int = 2020,
    pool: SeatPool | None = None,
    households: Mapping[str, Household | None] | None = None,
) -> Decision:
    found = drawn(state="announcing", result_chunks=2)
    part = Part(ResultChunk(1, 0, rows), PEOPLE if people is None else people, households or {}, pool)
    command = AnnounceResults(
        1, 0, {row.applicant_id: Sealed(f"card-{row.applicant_id}") for row in rows},
        {"LAID_OFF_LIST": "daftar pekerja ter-PHK", "UMUM": "umum"}, rules(year),
    )  # fmt: skip
    return results.announce(found, part, command, CLOSES)


def people_after(decision: Decision) -> dict[str, Applicant]:
    return {state.applicant_id: state for state in decision.changes if isinstance(state, Applicant)}


def test_the_selected_get_a_card_and_the_others_their_rank() -> None:
    decision = announced()

    assert names(decision) == ["ApplicantSelected", "ApplicantNotSelected", "ApplicantSelected"]
    first, second = decision.events[:2]
    assert isinstance(first, ApplicantSelected)
    assert isinstance(second, ApplicantNotSelected)
    assert (first.training_balance_rupiah, first.first_purchase_deadline.isoformat()) == (1_000_000, "2020-05-15")
    assert (first.nik_index, first.full_name) == (PEOPLE["a"].nik_index, PEOPLE["a"].personal.full_name)
    assert (second.rank, second.pool_size, second.quota, second.stratum_name) == (2, 2, 1, "daftar pekerja ter-PHK")
    after = people_after(decision)
    assert {who: person.stage for who, person in after.items()} == {"a": "selected", "b": "eligible", "c": "selected"}
    assert all(person.wave is None and len(person.results) == 1 for person in after.values())
    assert after["a"].card_number == Sealed("card-a")


def test_the_wave_is_done_when_all_parts_are_told() -> None:
    assert changed(announced(), Wave).state == "announcing"
    found = drawn(state="announcing", result_chunks=1)
    part = Part(ResultChunk(1, 0, ()), {}, {}, None)
    last = results.announce(found, part, AnnounceResults(1, 0, {}, {}, rules()), CLOSES)
    assert changed(last, Wave).state == "done"


def test_a_part_is_told_once() -> None:
    found = drawn(state="announcing")
    command = AnnounceResults(1, 0, {}, {}, rules())

    assert (
        refusal(lambda: results.announce(found, Part(ResultChunk(1, 0, ROWS, True), {}, {}, None), command, CLOSES))
        == "CHUNK_ANNOUNCED"
    )
    assert refusal(lambda: results.announce(found, Part(None, {}, {}, None), command, CLOSES)) == "CHUNK_UNKNOWN"
    assert refusal(lambda: results.announce(drawn(), Part(None, {}, {}, None), command, CLOSES)) == "WAVE_STATE"


@pytest.mark.parametrize(
    "gone",
    [None, eligible("a", stage="withdrawn"), eligible("a", stage="ineligible"), eligible("a", stage="joined", wave=2)],
)
def test_the_seat_of_one_who_is_out_meanwhile_goes_to_the_next_wave(gone: Applicant | None) -> None:
    decision = announced({**PEOPLE, "a": gone}, pool=SeatPool(4))

    told = said(decision, SeatsRecycled)
    assert (told.seats, told.cause, told.available, told.wave) == (1, "NO_LONGER_ELIGIBLE", 5, 1)
    assert changed(decision, SeatPool).seats == 5
    assert "a" not in people_after(decision)


def test_one_who_is_out_without_a_seat_frees_none() -> None:
    assert names(announced({**PEOPLE, "b": None})) == ["ApplicantSelected", "ApplicantSelected"]


def test_a_kk_gets_no_more_cards_than_the_rules_allow() -> None:
    same_kk = {who: replace(person, kk_index="kk") for who, person in PEOPLE.items()}
    rows = tuple(replace(row, selected=True, rank=1) for row in ROWS)

    decision = announced(same_kk, rows, year=2023, households={"kk": Household("kk", ("x",))})

    assert names(decision) == ["ApplicantSelected", "ApplicantIneligible", "ApplicantIneligible", "SeatsRecycled"]
    assert said(decision, SeatsRecycled).seats == 2
    assert changed(decision, Household).recipients == ("x", "a")


def test_one_message_stays_within_the_engine_s_limits() -> None:
    rows = tuple(Row(f"p{number}", "UMUM", number + 1, 200, 200, selected=True) for number in range(results.PART))
    people = {
        row.applicant_id: eligible(row.applicant_id, stage="joined", wave=1, kk_index=f"kk{row.applicant_id}")
        for row in rows
    }

    decision = announced(people, rows, year=2023)

    assert len(decision.changes) <= 500
    assert len(decision.events) <= 500


# ---- card numbers


def luhn_holds(digits: str) -> bool:
    doubled = [int(each) * (2 - (len(digits) - at) % 2) for at, each in enumerate(digits)]
    return sum(each - 9 if each > 9 else each for each in doubled) % 10 == 0


def test_card_numbers_have_sixteen_digits_a_check_digit_and_are_unique() -> None:
    cards = {results.card_digits(7, place, place * 7919) for place in range(2000)}

    assert len(cards) == 2000
    assert all(len(card) == 16 and card.isdigit() and luhn_holds(card) for card in cards)
