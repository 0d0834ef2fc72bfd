"""Whose a ticket is: programs without a key of their own share none, and a mistake in the form costs none."""

from __future__ import annotations

import pytest

from tests.unit.shared.test_waiting_door import Building


@pytest.fixture
def building() -> Building:
    found = Building()
    found.crowd()
    return found


async def ticket_of(building: Building) -> str:
    """A program's ticket whose turn has come."""
    async with building.visitor(page=False) as program:
        ticket: str = (await program.post("/applications")).json()["details"]["ticket"]
    building.pass_time()
    return ticket


async def sent(building: Building, ticket: str, **headers: str) -> int:
    """By a new visitor, who has nothing but the ticket."""
    told = {"Waiting-Ticket": ticket, **{name.replace("_", "-"): value for name, value in headers.items()}}
    async with building.visitor(page=False) as program:
        return (await program.post("/applications", headers=told)).status_code


async def test_a_ticket_lets_one_program_in_even_when_none_says_who_it_is(building: Building) -> None:
    ticket = await ticket_of(building)
    assert [await sent(building, ticket) for _ in range(3)] == [202, 503, 503]


async def test_a_ticket_that_was_used_for_a_form_with_a_mistake_is_as_good_as_before(building: Building) -> None:
    ticket = await ticket_of(building)
    building.answers = 422
    assert await sent(building, ticket, Idempotency_Key="with-a-mistake") == 422
    building.answers = 202
    assert await sent(building, ticket, Idempotency_Key="put-right") == 202
    assert await sent(building, ticket, Idempotency_Key="somebody-else") == 503
