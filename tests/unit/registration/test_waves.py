from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.registration.domain import closing, draw, results, waves
from services.registration.domain.applicant import Applicant
from services.registration.domain.closing import CloseWave, DrawWave, FreezeChunk, FrozenChunk
from services.registration.domain.draw import Row, Stratum
from services.registration.domain.eligibility import Household
from services.registration.domain.results import AnnounceResults, Part, ResultChunk, StoreResults
from services.registration.domain.waves import ChangeWave, DraftWave, OpenWave, SeatPool, Wave
from shared.contracts.base import Sealed
from shared.contracts.decision import Decision, Refused
from shared.contracts.registration import (
    ApplicantNotSelected,
    ApplicantSelected,
    SeatsRecycled,
    WaveChanged,
    WaveClosed,
    WaveDrawn,
    WaveOpened,
)
from tests.unit.registration.builders import (
    CLOSES,
    NOW,
    OPENS,
    changed,
    eligible,
    index,
    names,
    rules,
    said,
    wave,
)

SECRETS = ("01" * 32, "02" * 32)
COMMITMENTS = tuple(draw.commitment(secret) for secret in SECRETS)


def refused(code: str, act: Callable[[], object]) -> None:
    with pytest.raises(Refused, match=code):
        act()


# ---- draft, open, change


def drafted(existing: Wave | None = None, **changes: Any) -> Decision:
    plain = DraftWave(1, 10, OPENS, CLOSES, (Stratum("LAID_OFF_LIST", 4),), rules(), "sekretariat")
    return waves.draft_wave(existing, replace(plain, **changes))


def test_a_draft_is_written_and_may_be_written_again() -> None:
    first = changed(drafted(), Wave)

    again = changed(drafted(first, quota=20), Wave)

    assert (again.state, again.quota, again.id) == ("draft", 20, "0001")


@pytest.mark.parametrize(
    ("code", "existing", "change"),
    [
        ("WAVE_EXISTS", wave(), {}),
        ("WAVE_TIMES", None, {"closes_at": OPENS}),
        ("STRATA_QUOTA", None, {"strata": (Stratum("LAID_OFF_LIST", 11),)}),
        ("STRATA_QUOTA", None, {"strata": (Stratum("LAID_OFF_LIST", 1), Stratum("LAID_OFF_LIST", 1))}),
        ("STRATUM_UNKNOWN", None, {"strata": (Stratum("TEMAN", 1),)}),
    ],
)
def test_drafts_that_cannot_be(code: str, existing: Wave | None, change: dict[str, Any]) -> None:
    refused(code, lambda: drafted(existing, **change))


def test_another_person_opens_and_the_freed_seats_join_the_quota() -> None:
    decision = waves.open_wave(changed(drafted(), Wave), SeatPool(3), OpenWave(1, True, "kepala"))

    told = said(decision, WaveOpened)
    assert (told.subject, told.quota, told.recycled_seats) == ("wave-1", 13, 3)
    assert [(each.code, each.quota) for each in told.strata] == [("LAID_OFF_LIST", 4)]
    assert changed(decision, SeatPool).seats == 0


@pytest.mark.parametrize(("pool", "take"), [(None, True), (SeatPool(0), True), (SeatPool(3), False)])
def test_seats_stay_in_the_pool_when_there_are_none_or_they_are_not_taken(pool: SeatPool | None, take: bool) -> None:
    decision = waves.open_wave(changed(drafted(), Wave), pool, OpenWave(1, take, "kepala"))

    assert said(decision, WaveOpened).quota == 10
    assert not [state for state in decision.changes if isinstance(state, SeatPool)]


def test_nobody_opens_alone() -> None:
    refused("SAME_EYES", lambda: waves.open_wave(changed(drafted(), Wave), None, OpenWave(1, True, "sekretariat")))
    refused("WAVE_UNKNOWN", lambda: waves.open_wave(None, None, OpenWave(1, True, "kepala")))
    refused("WAVE_STATE", lambda: waves.open_wave(wave(), None, OpenWave(1, True, "kepala")))


def change(**values: Any) -> Decision:
    plain = ChangeWave(1, None, None, None, "Libur nasional")
    return waves.change_wave(wave(), replace(plain, **values), NOW)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"closes_at": CLOSES + timedelta(days=1)}, "perubahan jadwal"),
        ({"quota": 12}, "perubahan kuota"),
        ({"opens_at": OPENS - timedelta(days=1), "quota": 12}, "perubahan jadwal dan kuota"),
    ],
)
def test_a_change_is_told_with_its_reason(values: dict[str, Any], words: str) -> None:
    told = said(change(**values), WaveChanged)

    assert (told.change, told.reason) == (words, "Libur nasional")


def test_a_change_of_nothing_says_nothing() -> None:
    assert change() == Decision()


def test_changes_that_cannot_be() -> None:
    refused("WAVE_TIMES", lambda: change(closes_at=OPENS))
    refused("STRATA_QUOTA", lambda: change(quota=3))
    refused("WAVE_STATE", lambda: waves.change_wave(wave(state="closed"), ChangeWave(1, None, None, 1, "x"), NOW))


# ---- close and freeze


def closed_by(found: Wave, commitments: Sequence[str] = COMMITMENTS, least: int = 1, early: bool = False) -> Decision:
    command = CloseWave(1, tuple(commitments), least, "sekretariat")
    return closing.close_wave(found, command, CLOSES - timedelta(seconds=1) if early else CLOSES)


def test_a_closed_wave_takes_nobody_in_and_waits_for_its_list() -> None:
    decision = closed_by(wave())

    assert decision.events == ()
    assert changed(decision, Wave).state == "closing"


def test_waves_close_at_the_announced_time_and_with_different_commitments() -> None:
    refused("WAVE_STILL_OPEN", lambda: closed_by(wave(), early=True))
    refused("COMMITMENTS", lambda: closed_by(wave(), least=3))
    refused("COMMITMENTS", lambda: closed_by(wave(), commitments=(COMMITMENTS[0], COMMITMENTS[0])))


def lines_of(count: int, start: int = 0) -> tuple[str, ...]:
    codes = ("LAID_OFF_LIST", draw.GENERAL, draw.GENERAL)
    return tuple(f"p{number:05d},{codes[number % 3]}" for number in range(start, start + count))


def frozen(lines: Sequence[str]) -> tuple[Wave, list[FrozenChunk], Decision]:
    """Freeze a list part by part, as schedule does."""
    found, chunks = changed(closed_by(wave()), Wave), []
    for number, start in enumerate(range(0, max(len(lines), 1), draw.CHUNK)):
        part = tuple(lines[start : start + draw.CHUNK])
        command = FreezeChunk(1, number, part, start + draw.CHUNK >= len(lines))
        decision = closing.freeze_chunk(found, command)
        found = changed(decision, Wave)
        chunks += [state for state in decision.changes if isinstance(state, FrozenChunk)]
    return found, chunks, decision


@pytest.mark.parametrize("count", [0, 1, draw.CHUNK, draw.CHUNK + 1, 3 * draw.CHUNK])
def test_the_commitment_is_to_the_whole_list_whatever_its_length(count: int) -> None:
    lines = lines_of(count)

    found, chunks, last = frozen(lines)

    told = said(last, WaveClosed)
    assert told.root == draw.root([draw.leaf(line) for line in lines]).hex()
    assert told.entries == sum(each.members for each in told.strata) == count
    assert told.commitments == COMMITMENTS
    assert told.closed_at == CLOSES
    assert [line for chunk in chunks for line in chunk.lines] == list(lines)
    assert [chunk.root for chunk in chunks] == list(found.chunk_roots)


def test_counts_name_every_group_and_the_seats_of_none() -> None:
    found, _, _ = frozen(lines_of(7))

    assert [(each.code, each.quota, each.members) for each in found.counts()] == [
        ("LAID_OFF_LIST", 4, 3),
        ("UMUM", 6, 4),
    ]


@pytest.mark.parametrize(
    "command",
    [
        FreezeChunk(1, 1, lines_of(3), True),  # not its turn
        FreezeChunk(1, 0, lines_of(3), False),  # short, and yet not the last
        FreezeChunk(1, 0, lines_of(draw.CHUNK + 1), True),  # too long
        FreezeChunk(1, 0, ("b,UMUM", "a,UMUM"), True),  # not in order
        FreezeChunk(1, 0, ("a,UMUM", "a,UMUM"), True),  # twice the same person
    ],
)
def test_a_part_that_does_not_fit_is_not_frozen(command: FreezeChunk) -> None:
    refused("CHUNK_OUT_OF_ORDER", lambda: closing.freeze_chunk(changed(closed_by(wave()), Wave), command))


def test_a_part_is_frozen_once() -> None:
    first = closing.freeze_chunk(changed(closed_by(wave()), Wave), FreezeChunk(1, 0, lines_of(draw.CHUNK), False))
    found = changed(first, Wave)

    refused("CHUNK_OUT_OF_ORDER", lambda: closing.freeze_chunk(found, FreezeChunk(1, 0, lines_of(1), True)))
    refused("CHUNK_OUT_OF_ORDER", lambda: closing.freeze_chunk(found, FreezeChunk(1, 1, lines_of(1), True)))


# ---- draw


def drawn(lines: Sequence[str] = lines_of(30), **changes: Any) -> Wave:
    decision = closing.draw_wave(frozen(lines)[0], DrawWave(1, SECRETS, "kepala"), CLOSES)
    found: Wave = changed(decision, Wave)
    return replace(found, **changes)


def test_opening_the_secrets_fixes_the_seed() -> None:
    found, _, _ = frozen(lines_of(3))

    decision = closing.draw_wave(found, DrawWave(1, SECRETS, "kepala"), CLOSES)

    told = said(decision, WaveDrawn)
    assert (told.seed, told.root, told.secrets) == (draw.seed_of(SECRETS), found.root, SECRETS)


def test_draws_that_cannot_be() -> None:
    found, _, _ = frozen(lines_of(3))
    refused("SECRETS", lambda: closing.draw_wave(found, DrawWave(1, SECRETS[::-1], "kepala"), CLOSES))
    refused("SAME_EYES", lambda: closing.draw_wave(found, DrawWave(1, SECRETS, "sekretariat"), CLOSES))
    refused("WAVE_STATE", lambda: closing.draw_wave(wave(), DrawWave(1, SECRETS, "kepala"), CLOSES))


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
    refused("WAVE_STATE", lambda: results.store_results(after, StoreResults(1, 3, (), True)))
    refused("CHUNK_OUT_OF_ORDER", lambda: results.store_results(found, StoreResults(1, 1, (), True)))


def test_a_wave_of_nobody_is_done_at_once() -> None:
    after, chunks = stored(drawn(()), ())

    assert (after.state, chunks) == ("done", [])


# ---- results

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

    refused(
        "CHUNK_ANNOUNCED",
        lambda: results.announce(found, Part(ResultChunk(1, 0, ROWS, True), {}, {}, None), command, CLOSES),
    )
    refused("CHUNK_UNKNOWN", lambda: results.announce(found, Part(None, {}, {}, None), command, CLOSES))
    refused("WAVE_STATE", lambda: results.announce(drawn(), Part(None, {}, {}, None), command, CLOSES))


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


# ---- numbers


def luhn_holds(digits: str) -> bool:
    doubled = [int(each) * (2 - (len(digits) - at) % 2) for at, each in enumerate(digits)]
    return sum(each - 9 if each > 9 else each for each in doubled) % 10 == 0


def test_card_numbers_have_sixteen_digits_a_check_digit_and_are_unique() -> None:
    cards = {results.card_digits(7, place, place * 7919) for place in range(2000)}

    assert len(cards) == 2000
    assert all(len(card) == 16 and card.isdigit() and luhn_holds(card) for card in cards)


def test_freed_seats_add_up() -> None:
    assert waves.recycle(None, 1, 0, "X", NOW) == Decision()
    assert changed(waves.recycle(None, 1, 2, "X", NOW), SeatPool).seats == 2


def test_a_frozen_part_has_its_place_in_the_order() -> None:
    assert closing.chunk_id(1, 12) == "0001/000012"
    assert FrozenChunk(1, 12, "a", (), index("r")).id == ResultChunk(1, 12, ()).id == "0001/000012"
