"""The waiting room in virtual time: who gets in when, and that nobody can get in by a trick."""

from __future__ import annotations

import random
import statistics

import pytest

from shared.web.waiting_room import OPENS_AT, VALID_SECONDS, WINDOW_SECONDS, TicketRefused, WaitingRoom

CAPACITY = 100.0


class Time:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def room(time: Time, capacity: float = CAPACITY) -> WaitingRoom:
    return WaitingRoom(b"a key of this test, 32 bytes long", capacity, time)


def crowd(made: WaitingRoom, time: Time, people: int, per_second: float) -> list[str]:
    """Tickets of all who found no room, in the order of their arrival."""
    tickets = []
    for _ in range(people):
        time.now += 1 / per_second
        if not made.arrive():
            tickets.append(made.ticket())
    return tickets


def refused(made: WaitingRoom, ticket: str) -> str:
    with pytest.raises(TicketRefused) as error:
        made.use(ticket, "somebody else")
    return str(error.value)


def test_it_opens_by_itself_before_the_service_is_full_and_closes_when_nobody_needs_it() -> None:
    time = Time()
    made = room(time)
    assert crowd(made, time, 600, 0.5 * CAPACITY) == []
    assert not made.open
    waiting = crowd(made, time, 600, 2 * CAPACITY)
    assert made.open
    assert waiting
    time.now += 60
    crowd(made, time, 50, 0.2 * CAPACITY)
    assert not made.open
    assert made.waiting == 0


def test_a_hundred_thousand_visitors_are_let_in_at_the_pace_that_was_set() -> None:
    time = Time()
    made = room(time, 1000.0)
    tickets = crowd(made, time, 100_000, 80_000 / 60)
    time.now = (int(time.now / WINDOW_SECONDS) + 1) * WINDOW_SECONDS
    outside, paces = [ticket for ticket in tickets if not made.place(ticket).admitted], []
    for _ in range(5):
        time.now += 6.0
        before = len(outside)
        outside = [ticket for ticket in outside if not made.place(ticket).admitted]
        paces.append((before - len(outside)) / 6.0)
    assert made.admissions == OPENS_AT * 1000
    assert paces == pytest.approx([made.admissions] * 5, rel=0.05)
    time.now += len(tickets) / made.admissions
    assert all(made.place(ticket).admitted for ticket in tickets)  # nobody is forgotten


def test_within_a_window_coming_first_gives_no_better_place() -> None:
    time = Time()
    made = room(time)
    crowd(made, time, 200, 10 * CAPACITY)
    time.now = (int(time.now / WINDOW_SECONDS) + 1) * WINDOW_SECONDS
    tickets = []
    for _ in range(2000):
        time.now += WINDOW_SECONDS / 2001
        tickets.append(made.ticket())
    places = [made.place(ticket).before for ticket in tickets]
    early, late = statistics.mean(places[:1000]), statistics.mean(places[1000:])
    assert early == pytest.approx(late, rel=0.1)
    assert statistics.correlation(range(2000), places) == pytest.approx(0, abs=0.1)


def test_a_place_only_gets_better_and_the_time_told_comes_true() -> None:
    time, chance = Time(), random.Random(3)
    made = room(time)
    tickets = crowd(made, time, 5000, 10 * CAPACITY)
    crowd(made, time, 3000, 10 * CAPACITY)
    for ticket in chance.sample(tickets, 50):
        told = made.place(ticket)
        began = time.now
        while not made.place(ticket).admitted:
            time.now += 0.5
            assert made.place(ticket).before <= told.before
        assert time.now - began <= told.seconds + WINDOW_SECONDS


def test_forged_altered_shared_early_and_old_tickets_open_nothing() -> None:
    time = Time()
    made = room(time)
    tickets = crowd(made, time, 2000, 10 * CAPACITY)
    last = max(tickets, key=lambda ticket: made.place(ticket).before)
    assert refused(made, last) == "NOT_YET"
    time.now += 120
    assert made.place(last).admitted
    made.use(last, "me")
    made.use(last, "me")  # the answer was lost, or the page is loaded again
    assert refused(made, last) == "USED"
    made.give_back(last)
    made.use(last, "another try, after a mistake in the form")
    other = tickets[0] if tickets[0] != last else tickets[1]
    for forged in (
        "",
        "xyz",
        "00" * 34,
        other[:-1] + ("0" if other[-1] != "0" else "1"),
        f"ff{other[2:]}",
        other + "00",
    ):
        assert refused(made, forged) == "FORGED"
    assert refused(WaitingRoom(b"another key, of another building", CAPACITY, time), other) == "FORGED"
    time.now += VALID_SECONDS + 2 * WINDOW_SECONDS
    assert refused(made, other) == "EXPIRED"


def test_memory_does_not_grow_with_the_people() -> None:
    time = Time()
    made = room(time)
    tickets = crowd(made, time, 20_000, 1000.0)
    for _ in range(3000):
        time.now += 1.0
        made.arrive()
    assert len(tickets) > 10_000
    assert made.waiting == 0
    assert len(made._batches) < 5
