"""The ceremony of a draw: who may be named, what may be handed in, and how every secret comes to light."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest

from services.registration.domain import beacon, ceremony, closing, draw, sharing
from services.registration.domain.beacon import QUICKNET, Beacon
from services.registration.domain.ceremony import AcknowledgeShares, HandInCommitment, NameOfficials, Word
from services.registration.domain.officials import Official, threshold_of
from services.registration.domain.waves import Wave
from shared.contracts.decision import Decision
from shared.contracts.registration import WaveClosed, WaveDrawn
from tests.unit.registration import officials
from tests.unit.registration.builders import CLOSES, NOW, changed, refusal, said, wave
from tests.unit.registration.officials import NAMES
from tests.unit.registration.wave_steps import closed_by, drawing, frozen, lines_of, ready

ROUND, SIGNATURE = (
    42,
    "95a9f9f5b231b7714de1553105d8ffdf3dcda24cfdb1e689319bccf79a9c8ce430a91b811fbfaf763900bc998b5d686a",
)
LATER = beacon.time_of(QUICKNET, 100)
"""A time at which the chain exists."""


def named(names: tuple[str, ...] = NAMES, found: Wave | None = None, **changes: Any) -> Decision:
    plain = NameOfficials(1, names, 5, 3, None, "sekretariat")
    return ceremony.name_officials(found or wave(), replace(plain, **changes), NOW)


def handed_in(found: Wave, name: str = NAMES[0], points: tuple[str, ...] | None = None) -> Decision:
    given = officials.points(name) if points is None else points
    return ceremony.hand_in_commitment(found, HandInCommitment(1, name, given, "sekretariat"))


def acknowledged(found: Wave, name: str, *holders: str, points: tuple[str, ...] | None = None) -> Decision:
    given = officials.points(name) if points is None else points
    words = [
        Word(name, given, each, officials.points(each)[0] if each in NAMES else "", f"{each} on {name}")
        for each in holders
    ]
    return ceremony.acknowledge_shares(found, AcknowledgeShares(1, tuple(words), "sekretariat"))


def committed(*names: str) -> Wave:
    """An open wave whose named officials have handed in their points."""
    found: Wave = changed(named(), Wave)
    for name in names:
        found = changed(handed_in(found, name), Wave)
    return found


# ---- naming and handing in


def test_officials_are_named_while_the_wave_is_open_and_naming_anew_begins_anew() -> None:
    found = changed(named(), Wave)
    assert ([each.name for each in found.officials], found.threshold) == (list(NAMES), 3)
    found = changed(handed_in(found), Wave)
    assert found.commitments == (officials.points(NAMES[0])[0],)
    assert changed(named(found=found), Wave).commitments == ()
    assert refusal(lambda: named(found=wave(state="closing"))) == "WAVE_STATE"


@pytest.mark.parametrize("names", [(), NAMES[:4], (*NAMES[:4], NAMES[0]), tuple(map(str, range(10)))])
def test_too_few_too_many_and_doubled_officials_are_refused(names: tuple[str, ...]) -> None:
    assert refusal(lambda: named(names)) == "OFFICIALS"


@pytest.mark.parametrize(
    ("count", "wanted", "threshold"), [(3, 3, 2), (4, 3, 3), (5, 3, 3), (5, 2, 3), (5, 8, 4), (9, 3, 5), (9, 8, 8)]
)
def test_a_missing_secret_needs_more_than_half_and_never_the_one_who_withholds_it(
    count: int, wanted: int, threshold: int
) -> None:
    assert threshold_of(count, wanted) == threshold


@pytest.mark.parametrize(
    "points",
    [
        officials.points(NAMES[0])[:2],  # a line instead of a parabola: two could open it
        (*officials.points(NAMES[0]), sharing.commitment("07" * 32)),
        (*officials.points(NAMES[0])[:2], "02" + "0" * 63 + "1"),  # not on the curve
        (officials.points(NAMES[0])[0],) * 3,
        officials.points(NAMES[1]),  # a copy of another's
    ],
)
def test_points_that_cannot_be_are_refused(points: tuple[str, ...]) -> None:
    found = changed(handed_in(changed(named(), Wave), NAMES[1]), Wave)
    assert refusal(lambda: handed_in(found, points=points)) == "COMMITMENT_POINTS"


def test_a_new_commitment_needs_every_word_anew() -> None:
    found = changed(acknowledged(committed(*NAMES), NAMES[0], *NAMES[1:]), Wave)
    assert found.officials[0].acknowledged_by == NAMES[1:]
    again = handed_in(found)
    assert changed(again, Wave).officials[0].acknowledged_by == ()
    assert dict(again.reply or {})["missing"] == list(NAMES)


def test_words_gather_in_the_order_of_the_officials() -> None:
    found = changed(acknowledged(committed(*NAMES), NAMES[0], NAMES[3], NAMES[1]), Wave)
    found = changed(acknowledged(found, NAMES[0], NAMES[2], NAMES[3]), Wave)
    assert found.officials[0].acknowledged_by == (NAMES[1], NAMES[2], NAMES[3])
    assert found.officials[0].signatures == tuple(f"{each} on {NAMES[0]}" for each in NAMES[1:4])


def test_words_that_count_for_nothing_are_refused() -> None:
    found = changed(named(), Wave)
    assert refusal(lambda: acknowledged(found, NAMES[0], NAMES[1])) == "ACKNOWLEDGED_OTHER"
    found = changed(handed_in(found), Wave)
    assert refusal(lambda: acknowledged(found, NAMES[0], NAMES[1])) == "ACKNOWLEDGED_OTHER"
    found = committed(*NAMES)
    assert (
        refusal(lambda: acknowledged(found, NAMES[0], NAMES[1], points=officials.points(NAMES[2])))
        == "ACKNOWLEDGED_OTHER"
    )
    assert refusal(lambda: acknowledged(found, NAMES[0], NAMES[0])) == "OFFICIAL_UNKNOWN"
    assert refusal(lambda: acknowledged(found, NAMES[0], "Orang lain")) == "OFFICIAL_UNKNOWN"
    assert refusal(lambda: handed_in(found, "Orang lain", officials.points(NAMES[0]))) == "OFFICIAL_UNKNOWN"


# ---- opening


@pytest.mark.parametrize("holders", list(combinations(NAMES[1:], 3)))
def test_whichever_three_open_a_withheld_secret_the_seed_is_the_same(holders: tuple[str, ...]) -> None:
    found, _, _ = frozen(lines_of(9))
    everybody = said(closing.draw_wave(found, drawing(), CLOSES), WaveDrawn)

    command = drawing(secrets=officials.secrets(NAMES[0]), shares=officials.shares(NAMES[0], holders))
    opened = said(closing.draw_wave(found, command, CLOSES), WaveDrawn)

    assert (opened.seed, opened.secrets) == (everybody.seed, everybody.secrets)
    assert (everybody.opened_by_shares, opened.opened_by_shares) == ((), (NAMES[0],))


WRONG = {NAMES[0]: {**officials.shares(NAMES[0], NAMES[1:3])[NAMES[0]], NAMES[3]: "05" * 32}}
ITS_OWN = {NAMES[0]: {**officials.shares(NAMES[0], NAMES[1:3])[NAMES[0]], NAMES[0]: officials.secret(NAMES[0])}}


@pytest.mark.parametrize(
    ("code", "secrets", "shares"),
    [
        ("SECRETS_MISSING", officials.secrets(NAMES[0]), {}),
        ("SECRETS_MISSING", officials.secrets(*NAMES), {}),
        ("SHARES_MISSING", officials.secrets(NAMES[0]), officials.shares(NAMES[0], NAMES[1:3])),
        ("SHARE_WRONG", officials.secrets(NAMES[0]), WRONG),
        ("SHARE_WRONG", officials.secrets(NAMES[0]), ITS_OWN),
        ("SECRET_WRONG", {**officials.secrets(), NAMES[0]: "05" * 32}, {}),
        ("SECRET_WRONG", {**officials.secrets(), NAMES[0]: "00" * 32}, {}),
        ("SECRET_WRONG", {**officials.secrets(), NAMES[0]: officials.secret(NAMES[1])}, {}),
        ("OFFICIAL_UNKNOWN", {**officials.secrets(), "Orang lain": "05" * 32}, {}),
        ("OFFICIAL_UNKNOWN", officials.secrets(), {"Orang lain": {NAMES[1]: "05" * 32}}),
        ("OFFICIAL_UNKNOWN", officials.secrets(NAMES[0]), {NAMES[0]: {"Orang lain": "05" * 32}}),
    ],
)
def test_there_is_no_draw_without_every_secret_as_it_was_committed_to(
    code: str, secrets: Mapping[str, str], shares: Mapping[str, Mapping[str, str]]
) -> None:
    found, _, _ = frozen(lines_of(3))
    assert refusal(lambda: closing.draw_wave(found, drawing(secrets=secrets, shares=shares), CLOSES)) == code


# ---- the beacon


def test_a_beacon_is_named_only_when_its_chain_runs() -> None:
    assert refusal(lambda: named(beacon="ab" * 32)) == "BEACON_CHAIN"
    assert refusal(lambda: named(beacon=QUICKNET.hash)) == "BEACON_CHAIN"
    command = NameOfficials(1, NAMES, 5, 3, QUICKNET.hash, "sekretariat")
    assert changed(ceremony.name_officials(wave(), command, LATER), Wave).beacon == Beacon(QUICKNET.hash)


def test_the_round_is_named_when_the_list_is_frozen_and_its_randomness_joins_the_secrets() -> None:
    found, _, last = frozen(lines_of(3), Beacon(QUICKNET.hash), LATER)
    told = said(last, WaveClosed)
    assert (told.beacon_chain, told.beacon_round) == (QUICKNET.hash, 301)
    known = Beacon(QUICKNET.hash, 301, SIGNATURE)  # whether it is signed, the door has checked

    drawn = said(closing.draw_wave(found, drawing(beacon=known), CLOSES), WaveDrawn)

    assert (
        drawn.seed == draw.seed_of(officials.SECRETS, beacon.randomness(SIGNATURE)) != draw.seed_of(officials.SECRETS)
    )
    assert (drawn.beacon_round, drawn.beacon_signature) == (301, SIGNATURE)


@pytest.mark.parametrize(
    "given",
    [
        None,
        Beacon(QUICKNET.hash, 301),
        Beacon(QUICKNET.hash, 100, SIGNATURE),  # public when the list was closed
        Beacon(QUICKNET.hash, 302, SIGNATURE),
        Beacon("ab" * 32, 301, SIGNATURE),
    ],
)
def test_no_other_round_takes_its_place(given: Beacon | None) -> None:
    found, _, _ = frozen(lines_of(3), Beacon(QUICKNET.hash), LATER)
    assert refusal(lambda: closing.draw_wave(found, drawing(beacon=given), CLOSES)) == "BEACON_ROUND"


# ---- once for ever


def test_a_wave_is_closed_and_drawn_once_and_the_first_result_stands() -> None:
    closing_wave = changed(closed_by(ready()), Wave)
    assert refusal(lambda: closed_by(closing_wave)) == "WAVE_STATE"
    found, _, _ = frozen(lines_of(9))
    drawn = changed(closing.draw_wave(found, drawing(), CLOSES), Wave)
    for state in ("drawn", "announcing", "done"):
        after = replace(drawn, state=state)
        for again in (
            lambda after=after: closing.draw_wave(after, drawing(by="orang-lain"), CLOSES),
            lambda after=after: closed_by(after),
            lambda after=after: named(found=after),
            lambda after=after: handed_in(after),
            lambda after=after: acknowledged(after, NAMES[0], NAMES[1]),
            lambda after=after: closing.freeze_chunk(after, closing.FreezeChunk(1, 1, (), True), CLOSES),
        ):
            assert refusal(again) == "WAVE_STATE"


def test_nothing_of_the_ceremony_can_be_exchanged_once_the_list_is_being_frozen() -> None:
    for found in (changed(closed_by(ready()), Wave), frozen(lines_of(3))[0]):
        assert refusal(lambda found=found: named(found=found)) == "WAVE_STATE"
        assert refusal(lambda found=found: handed_in(found)) == "WAVE_STATE"
        assert refusal(lambda found=found: acknowledged(found, NAMES[0], NAMES[1])) == "WAVE_STATE"


def test_an_official_without_points_has_no_commitment() -> None:
    assert wave(officials=(Official("Ani"),)).commitments == ()
    assert wave().commitment is None
