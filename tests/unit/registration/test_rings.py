"""Rings grow by one arrival at a time: each test lets people come with the things they share."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registration.domain import rings
from services.registration.domain.rings import Arrival, Limits, Link, LinkKind, Ring

LIMITS = Limits()
Things = tuple[tuple[LinkKind, str], ...]


class Town:
    """Links and rings as they are stored, and what joining changes in them."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self.links, self.rings, self.limits = dict[str, Link](), dict[str, Ring](), limits

    def come(self, who: str, *things: tuple[LinkKind, str], nik: str = "") -> Ring | None:
        nodes = [who] if who in self.rings else []
        arrival = Arrival(who, nik or f"nik-{who}", things)
        ring, changed = rings.join(arrival, nodes, self.links.get, self.rings.get, self.limits)
        for each in changed:
            if isinstance(each, Link):
                self.links[each.id] = each
            else:
                self.rings[each.id] = each
        return ring

    def root(self, who: str) -> Ring:
        return rings.root(who, self.rings.get)


def test_who_shares_nothing_is_in_no_ring() -> None:
    town = Town()

    assert town.come("a", ("mobile", "1"), ("kk", "1")) is None
    assert town.rings == {}


def test_a_family_with_one_phone_is_asked_nothing() -> None:
    town = Town()
    for who in "abc":
        ring = town.come(who, ("mobile", "1"), ("kk", "1"))

    assert ring is not None
    assert (ring.state, ring.members, ring.waiting) == ("quiet", ("a", "b", "c"), False)


@pytest.mark.parametrize(("kind", "limit", "reason"), [
    ("mobile", 3, "MOBILE_SHARED"), ("kk", 8, "KK_SHARED"), ("device", 10, "DEVICE_SHARED"),
])  # fmt: skip
def test_one_more_than_the_limit_opens_a_ring_with_those_before(kind: LinkKind, limit: int, reason: str) -> None:
    town = Town()
    people = [f"p{number}" for number in range(limit + 1)]
    for who in people[:-1]:
        town.come(who, (kind, "1"))
    assert town.root("p0").state == "quiet"

    ring = town.come(people[-1], (kind, "1"))

    assert ring is not None
    assert (ring.state, ring.waiting, ring.reasons, ring.members) == ("open", True, (reason,), tuple(people))


def test_a_shared_account_joins_but_opens_nothing_by_itself() -> None:
    town = Town()
    for number in range(12):
        ring = town.come(f"p{number}", ("account", "1"))

    assert ring is not None
    assert ring.state == "quiet"


def test_one_nik_counts_once_whoever_comes_with_it() -> None:
    town = Town()
    for number in range(6):
        ring = town.come(f"p{number}", ("mobile", "1"), nik="same")

    assert ring is not None
    assert ring.state == "quiet"
    assert town.links["mobile/1"].people == 1


def test_a_chain_in_which_nothing_has_too_many_is_found_by_its_length() -> None:
    town = Town()
    for number in range(16):
        ring = town.come(f"p{number}", ("mobile", f"{number // 2}"), ("kk", f"{(number + 1) // 2}"))

    assert ring is not None
    assert (ring.state, ring.reasons, len(ring.members)) == ("open", ("CHAIN",), 16)


def test_a_person_who_shares_with_two_rings_joins_them_into_the_larger() -> None:
    town = Town()
    for who in "abcd":
        town.come(who, ("mobile", "1"))
    for who in "vwxyz":
        town.come(who, ("mobile", "2"))

    ring = town.come("m", ("mobile", "1"), ("mobile", "2"))

    assert ring is not None
    assert (ring.ring_id, ring.state, ring.closing, ring.absorbed) == ("v", "open", ("a",), ("a",))
    assert set(ring.members) == set("abcdvwxyzm")
    assert town.root("a") == ring


def test_a_ring_that_led_another_leads_it_on_by_schedule() -> None:
    town = Town(Limits(mobile=100, chain=1000))
    for who, thing in (("a", "1"), ("b", "1"), ("c", "2"), ("d", "2"), ("e", "2")):
        town.come(who, ("mobile", thing))
    town.come("f", ("mobile", "1"), ("mobile", "2"))  # ring a goes into c
    for number in range(10):
        town.come(f"p{number}", ("mobile", "3"))

    ring = town.come("g", ("mobile", "2"), ("mobile", "3"))

    assert ring is not None
    assert (ring.ring_id, ring.moving, ring.waiting) == ("p0", ("a",), True)
    assert town.root("a") == ring


def test_a_full_ring_takes_nobody_and_the_next_one_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rings, "MOST_MEMBERS", 5)
    town = Town()
    for number in range(5):
        town.come(f"p{number}", ("mobile", "1"))

    ring = town.come("p5", ("mobile", "1"))
    after = town.come("p6", ("mobile", "1"))

    assert ring is not None
    assert (ring.members, ring.related, ring.state, ring.waiting) == (("p5",), ("p0",), "open", True)
    assert after is not None
    assert after.members == ("p5", "p6")
    assert town.rings["p0"].related == ("p5",)
    for number in range(3):
        town.come(f"q{number}", ("kk", "1"))
    both = town.come("q3", ("kk", "1"), ("mobile", "1"))
    assert both is not None
    assert both.related


def test_after_a_rejection_whoever_comes_is_asked_about() -> None:
    town = _decided("rejected")

    ring = town.come("e", ("mobile", "1"))

    assert ring is not None
    assert (ring.state, ring.waiting) == ("open", True)


def test_a_cleared_ring_is_asked_about_again_when_it_has_doubled() -> None:
    town = _decided("cleared")
    states = []
    for number in range(5):
        ring = town.come(f"p{number}", ("mobile", "1"))
        assert ring is not None
        states.append(ring.state)

    assert states == ["cleared", "cleared", "cleared", "cleared", "open"]


def _decided(state: rings.RingState) -> Town:
    town = Town()
    for who in "abcd":
        town.come(who, ("mobile", "1"))
    ring = town.rings["a"]
    town.rings["a"] = Ring("a", ring.members, reasons=ring.reasons, state=state, cleared_at=4)
    return town


def test_who_comes_again_changes_nothing() -> None:
    town = Town()
    for who in "abcd":
        town.come(who, ("mobile", "1"))
    before = (dict(town.links), dict(town.rings))

    town.come("d", ("mobile", "1"))

    assert (town.links, town.rings) == before


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=25))
def test_rings_are_what_shared_things_connect(arrivals: list[tuple[int, int]]) -> None:
    town = Town()
    for number, (phone, kk) in enumerate(arrivals):
        town.come(f"p{number}", ("mobile", str(phone)), ("kk", str(kk)))

    connected = _connected(arrivals)
    for group in connected:
        if len(group) > 1:
            assert {town.root(town.links[f"mobile/{arrivals[who][0]}"].node).ring_id for who in group} == {
                town.root(town.links[f"kk/{arrivals[min(group)][1]}"].node).ring_id
            }
            members = town.root(town.links[f"mobile/{arrivals[min(group)][0]}"].node).members
            assert set(members) == {f"p{who}" for who in group}


def _connected(arrivals: list[tuple[int, int]]) -> list[set[int]]:
    """The same by looking at everybody again and again."""
    groups = [{number} for number in range(len(arrivals))]
    for one, (phone, kk) in enumerate(arrivals):
        for other, (its_phone, its_kk) in enumerate(arrivals[:one]):
            if phone == its_phone or kk == its_kk:
                mine = next(each for each in groups if one in each)
                its = next(each for each in groups if other in each)
                if mine is not its:
                    groups.remove(its)
                    mine |= its
    return groups


def test_two_rings_that_are_too_large_together_only_name_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rings, "MOST_MEMBERS", 7)
    town = Town()
    for who in "abcd":
        town.come(who, ("mobile", "1"))
    for who in "vwxyz":
        town.come(who, ("mobile", "2"))

    ring = town.come("m", ("mobile", "1"), ("mobile", "2"))

    assert ring is not None
    assert (ring.ring_id, ring.related, len(ring.members)) == ("v", ("a",), 6)
    assert town.rings["a"].related == ("v",)
    assert town.rings["a"].parent is None
