"""A closed wave: its list is frozen part by part and committed to as a whole, then the seed is opened."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.registration.domain import closing, draw
from services.registration.domain.beacon import Beacon
from services.registration.domain.closing import FreezeChunk, FrozenChunk
from services.registration.domain.officials import Official
from services.registration.domain.results import ResultChunk
from services.registration.domain.waves import Wave
from shared.contracts.registration import WaveClosed, WaveDrawn
from tests.unit.registration import officials
from tests.unit.registration.builders import CLOSES, changed, index, refusal, said, wave
from tests.unit.registration.wave_steps import closed_by, drawing, frozen, lines_of, ready

# ---- close and freeze


def test_a_closed_wave_takes_nobody_in_and_waits_for_its_list() -> None:
    decision = closed_by(ready())

    assert decision.events == ()
    assert changed(decision, Wave).state == "closing"


def test_waves_close_at_the_announced_time_and_when_every_official_is_ready() -> None:
    assert refusal(lambda: closed_by(ready(), early=True)) == "WAVE_STILL_OPEN"
    assert refusal(lambda: closed_by(wave())) == "OFFICIALS_MISSING"
    *others, last = officials.ready()
    for lacking in (Official(last.name), replace(last, signatures=last.signatures[1:])):
        assert refusal(lambda lacking=lacking: closed_by(ready(officials=(*others, lacking)))) == "COMMITMENTS"


@pytest.mark.parametrize("count", [0, 1, draw.CHUNK, draw.CHUNK + 1, 3 * draw.CHUNK])
def test_the_commitment_is_to_the_whole_list_whatever_its_length(count: int) -> None:
    lines = lines_of(count)

    found, chunks, last = frozen(lines)

    told = said(last, WaveClosed)
    assert told.root == draw.root([draw.leaf(line) for line in lines]).hex()
    assert told.entries == sum(each.members for each in told.strata) == count
    assert told.commitments == officials.COMMITMENTS
    assert [each.name for each in told.officials] == list(officials.NAMES)
    assert (told.commitment, told.frozen_at, told.beacon_round) == (found.commitment, CLOSES, None)
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
    assert (
        refusal(lambda: closing.freeze_chunk(changed(closed_by(ready()), Wave), command, CLOSES))
        == "CHUNK_OUT_OF_ORDER"
    )


def test_a_part_is_frozen_once() -> None:
    first = closing.freeze_chunk(
        changed(closed_by(ready()), Wave), FreezeChunk(1, 0, lines_of(draw.CHUNK), False), CLOSES
    )
    found = changed(first, Wave)

    assert (
        refusal(lambda: closing.freeze_chunk(found, FreezeChunk(1, 0, lines_of(1), True), CLOSES))
        == "CHUNK_OUT_OF_ORDER"
    )
    assert (
        refusal(lambda: closing.freeze_chunk(found, FreezeChunk(1, 1, lines_of(1), True), CLOSES))
        == "CHUNK_OUT_OF_ORDER"
    )


def test_a_frozen_part_has_its_place_in_the_order() -> None:
    assert closing.chunk_id(1, 12) == "0001/000012"
    assert FrozenChunk(1, 12, "a", (), index("r")).id == ResultChunk(1, 12, ()).id == "0001/000012"


# ---- draw


def test_opening_the_secrets_fixes_the_seed() -> None:
    found, _, _ = frozen(lines_of(3))

    decision = closing.draw_wave(found, drawing(), CLOSES)

    told = said(decision, WaveDrawn)
    assert (told.root, told.secrets, told.opened_by_shares) == (found.root, officials.SECRETS, ())
    assert told.seed == draw.seed_of(officials.SECRETS) == changed(decision, Wave).seed


def test_draws_that_cannot_be() -> None:
    found, _, _ = frozen(lines_of(3))
    assert refusal(lambda: closing.draw_wave(found, drawing(by="sekretariat"), CLOSES)) == "SAME_EYES"
    assert refusal(lambda: closing.draw_wave(ready(), drawing(), CLOSES)) == "WAVE_STATE"
    assert (
        refusal(lambda: closing.draw_wave(found, drawing(beacon=Beacon("c", 1, "ab" * 48)), CLOSES)) == "BEACON_ROUND"
    )
