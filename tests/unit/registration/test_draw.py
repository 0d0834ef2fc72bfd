from __future__ import annotations

import hashlib
import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registration.domain import draw, strata
from services.registration.domain.draw import GENERAL, Announcement, Step, Stratum
from tests.unit.registration.builders import medan, rules

SEED = hashlib.sha256(b"seed").hexdigest()
CODES = ("LAID_OFF_LIST", "COVID_AFFECTED", GENERAL)
LISTS = st.lists(st.sampled_from(CODES), max_size=120).map(
    lambda codes: [f"{number:04d}-id,{code}" for number, code in enumerate(codes)]
)
QUOTAS = st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))


def rfc6962(leaves: list[bytes]) -> bytes:
    """The definition of RFC 6962 section 2.1, written from its text as a check of ours."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\x01" + rfc6962(leaves[:half]) + rfc6962(leaves[half:])).digest()


def strata_of(quotas: tuple[int, int, int]) -> tuple[list[Stratum], int]:
    return [Stratum("LAID_OFF_LIST", quotas[0]), Stratum("COVID_AFFECTED", quotas[1])], sum(quotas)


# ---- the commitment to the list


@given(st.integers(0, 70))
def test_the_root_is_the_tree_hash_of_rfc_6962(size: int) -> None:
    leaves = [draw.leaf(f"line {number}") for number in range(size)]

    assert draw.root(leaves) == rfc6962(leaves)


@given(st.integers(1, 70), st.sampled_from([1, 2, 4, 8, 16]))
def test_the_root_of_the_parts_is_the_root_of_the_whole(size: int, part: int) -> None:
    leaves = [draw.leaf(f"line {number}") for number in range(size)]
    parts = [draw.root(leaves[start : start + part]) for start in range(0, size, part)]

    assert draw.root(parts) == draw.root(leaves)


@given(st.integers(1, 70), st.data())
def test_everybody_can_prove_to_stand_in_the_list(size: int, data: st.DataObject) -> None:
    leaves = [draw.leaf(f"line {number}") for number in range(size)]
    index = data.draw(st.integers(0, size - 1))

    steps = draw.proof(leaves, index)

    assert draw.climb(leaves[index], steps) == draw.root(leaves)
    if size > 1:
        assert draw.climb(draw.leaf("somebody else"), steps) != draw.root(leaves)
        wrong = (Step(steps[0].side, draw.leaf("x").hex()), *steps[1:])
        assert draw.climb(leaves[index], wrong) != draw.root(leaves)


def test_a_line_and_a_node_can_never_be_taken_for_each_other() -> None:
    left, right = draw.leaf("a"), draw.leaf("b")

    assert draw.root([left, right]) != draw.leaf((left + right).hex())


# ---- the seed


def test_the_seed_is_the_hash_of_all_secrets_in_order_and_of_the_beacon() -> None:
    one, two = "01" * 32, "02" * 32

    assert draw.seed_of([one, two]) == hashlib.sha256(b"\x01" * 32 + b"\x02" * 32).hexdigest()
    assert draw.seed_of([one], two) == draw.seed_of([one, two])
    assert draw.seed_of([one, two]) != draw.seed_of([two, one])


ANNOUNCED = Announcement(4, "ab" * 32, 9, 5, [Stratum("LAID_OFF_LIST", 2)], 2, [("Ani", ["p", "q"])], None)


def test_the_announcement_is_these_lines() -> None:
    lines = (
        "gelombang-draw-3\nwave 4\nroot {}\nentries 9\nquota 5\nstratum LAID_OFF_LIST 2\nthreshold 2\nofficial p q Ani"
    )

    text = lines.format("ab" * 32)
    assert ANNOUNCED.commitment() == hashlib.sha256(text.encode()).hexdigest()
    beaconed = replace(ANNOUNCED, beacon=("c", 7))
    assert beaconed.commitment() == hashlib.sha256(f"{text}\nbeacon c 7".encode()).hexdigest()
    signed = replace(beaconed, signatures=[(1, 2, "rs"), (2, 1, "rt")])
    told = f"{text}\nacknowledged 1 2 rs\nacknowledged 2 1 rt\nbeacon c 7"
    assert signed.commitment() == hashlib.sha256(told.encode()).hexdigest()


def test_the_rule_of_before_holders_signed_stands_in_its_announcement() -> None:
    text = (
        "gelombang-draw-2\nwave 4\nroot {}\nentries 9\nquota 5\nstratum LAID_OFF_LIST 2\nthreshold 2\nofficial p q Ani"
    )
    earlier = replace(ANNOUNCED, rule=draw.UNSIGNED)
    assert earlier.commitment() == hashlib.sha256(text.format("ab" * 32).encode()).hexdigest()


@pytest.mark.parametrize(
    "changes",
    [
        {"wave": 5},
        {"root": "ac" * 32},
        {"entries": 8},
        {"quota": 6},
        {"strata": [Stratum("LAID_OFF_LIST", 3)]},
        {"strata": [Stratum("COVID_AFFECTED", 2)]},
        {"threshold": 3},
        {"officials": [("Ani", ["p", "r"])]},
        {"officials": [("Budi", ["p", "q"])]},
        {"beacon": ("c", 7)},
        {"signatures": [(1, 2, "rs")]},
        {"rule": draw.UNSIGNED},
    ],
)
def test_nothing_that_was_announced_can_be_exchanged(changes: dict[str, Any]) -> None:
    assert replace(ANNOUNCED, **changes).commitment() != ANNOUNCED.commitment()


# ---- the draw


def test_a_small_draw_written_by_hand() -> None:
    ids = sorted("abcdef", key=lambda each: draw.ticket(bytes.fromhex(SEED), each))
    first, second, third, fourth, fifth, sixth = ids
    lines = [f"{each},{'LAID_OFF_LIST' if each in (first, second, fifth) else GENERAL}" for each in "abcdef"]

    rows = {row.applicant_id: row for row in draw.draw(lines, [Stratum("LAID_OFF_LIST", 1)], 3, SEED)}

    # one seat of the list goes to `first`; two general seats go to the next tickets, of whatever group
    assert [each for each in ids if rows[each].selected] == [first, second, third]
    assert (rows[first].stratum, rows[first].rank, rows[first].pool_size) == ("LAID_OFF_LIST", 1, 3)
    assert (rows[second].stratum, rows[second].rank, rows[second].pool_size) == (GENERAL, 1, 5)
    assert (rows[fourth].stratum, rows[fourth].rank, rows[fourth].quota) == (GENERAL, 3, 2)
    assert (rows[fifth].stratum, rows[fifth].rank, rows[fifth].quota) == ("LAID_OFF_LIST", 3, 1)
    assert rows[sixth].rank == 5


@given(LISTS, QUOTAS, st.integers(0, 5))
def test_invariants_of_every_draw(lines: list[str], quotas: tuple[int, int, int], mixer: int) -> None:
    groups, quota = strata_of(quotas)

    rows = draw.draw(lines, groups, quota, SEED)

    selected = [row for row in rows if row.selected]
    assert len(selected) == min(quota, len(lines))  # no seat stays empty while somebody wants it
    assert sorted(row.applicant_id for row in rows) == sorted(line.split(",")[0] for line in lines)
    assert all(row.selected == (row.rank <= row.quota) for row in rows)
    assert all(1 <= row.rank <= row.pool_size for row in rows)
    shuffled = list(lines)
    random.Random(mixer).shuffle(shuffled)
    assert draw.draw(shuffled, groups, quota, SEED) == rows


@given(LISTS, QUOTAS)
def test_a_stratum_gets_its_seats_before_the_general_pool(lines: list[str], quotas: tuple[int, int, int]) -> None:
    groups, quota = strata_of(quotas)
    rows = draw.draw(lines, groups, quota, SEED)
    for group in groups:
        members = sum(line.endswith(f",{group.code}") for line in lines)
        inside = sum(row.selected and row.stratum == group.code for row in rows)
        assert inside == min(group.quota, members)


@given(LISTS, QUOTAS)
def test_inside_a_group_a_smaller_ticket_never_loses_to_a_larger(
    lines: list[str], quotas: tuple[int, int, int]
) -> None:
    groups, quota = strata_of(quotas)
    group_of = dict(line.split(",") for line in lines)
    lost: set[str] = set()
    for row in draw.draw(lines, groups, quota, SEED):  # in the order of the tickets
        group = group_of[row.applicant_id]
        assert not (row.selected and group in lost)
        if not row.selected:
            lost.add(group)


def test_strata_never_take_more_seats_than_there_are() -> None:
    lines = [f"{number},LAID_OFF_LIST" for number in range(9)]

    rows = draw.draw(lines, [Stratum("LAID_OFF_LIST", 8)], 3, SEED)

    assert sum(row.selected for row in rows) == 3


# ---- strata


@pytest.mark.parametrize(
    ("listed", "covid", "kecamatan", "group", "code"),
    [
        (True, True, "12.71.05", None, "LAID_OFF_LIST"),
        (False, True, "12.71.05", None, "COVID_AFFECTED"),
        (False, False, "12.71.05", "FORMER_MIGRANT_WORKER", "KECAMATAN_12.71.05"),
        (False, False, "12.71.06", "FORMER_MIGRANT_WORKER", "GROUP_FORMER_MIGRANT_WORKER"),
        (False, False, None, None, GENERAL),
    ],
)
def test_a_person_belongs_to_the_first_group_that_fits(
    listed: bool, covid: bool, kecamatan: str | None, group: str | None, code: str
) -> None:
    groups = ("LAID_OFF_LIST", "COVID_AFFECTED", "KECAMATAN_12.71.05", "GROUP_FORMER_MIGRANT_WORKER", "KECAMATAN_None")

    found = strata.stratum_of(groups, laid_off_listed=listed, covid_affected=covid, kecamatan=kecamatan, group=group)

    assert found == code


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (GENERAL, "umum"),
        ("LAID_OFF_LIST", "daftar pekerja ter-PHK"),
        ("KECAMATAN_12.71.05", "Kecamatan Medan Barat"),
        ("KECAMATAN_99.99.99", "Kecamatan 99.99.99"),
        ("GROUP_X", "GROUP_X"),
    ],
)
def test_groups_have_names_for_people(code: str, name: str) -> None:
    assert strata.stratum_name(code, medan().names) == name


def test_the_rule_file_s_priorities_make_strata() -> None:
    assert strata.strata_of_rules(rules(), 101) == (Stratum("LAID_OFF_LIST", 80), Stratum("COVID_AFFECTED", 21))
    assert strata.strata_of_rules(rules(), 0) == ()


@pytest.mark.parametrize(
    ("code", "known"),
    [("COVID_AFFECTED", True), ("KECAMATAN_12.71.05", True), ("GROUP_X", True), (GENERAL, False), ("ASN", False)],
)
def test_only_known_groups_are_strata(code: str, known: bool) -> None:
    assert strata.is_stratum(code) is known
