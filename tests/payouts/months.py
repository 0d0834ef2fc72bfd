"""What an office does in a month: lists, impatient hands, the bank's statement, a person's decision."""

from __future__ import annotations

import asyncio

from services.incentive.domain.batches import ApproveBatch, Batch, BatchState, MakeBatch
from services.incentive.domain.days import day_of
from services.incentive.domain.funds import DepositFunds
from services.incentive.domain.participant import EntitlementState, Participant
from services.incentive.domain.payouts import DecidePayment, HearPayment, Payment, RetryPayment
from tests.payouts.world import PayoutWorld

LIMIT_SECONDS = 600


async def month(world: PayoutWorld) -> None:
    """The whole of it: under faults first, then the office with all faults off."""
    try:
        await pay(world)
        await world.rest()
        await office(world)
    finally:
        world._bank_clock.cancel()


async def pay(world: PayoutWorld) -> None:
    """A list is made and given to the bank; somebody impatient asks for everything again, and makes further lists."""
    await world.order("funds", DepositFunds("SP2D-1", 10**9, "maker"))
    for turn in ("first", "hasty", "hastier"):
        await pay_list(world, turn)
        await asyncio.sleep(5.0)
        await read_statement(world)
        await asyncio.sleep(20.0)
        await decide_early(world, turn)
        await send_again(world, turn)


async def decide_early(world: PayoutWorld, turn: str) -> None:
    """Somebody who does not wait for the bank's horizon: what the bank does not know yet was not paid."""
    for person in world.all(Participant):
        for each in person.entitlements:
            if each.state == EntitlementState.UNKNOWN and each.reference not in world.books.transfers:
                decide = DecidePayment(each.reference or "", False, "statement 0", "head")
                await world.order(f"early/{turn}/{each.reference}", decide)


async def send_again(world: PayoutWorld, turn: str) -> None:
    for payment in world.all(Payment):
        again = RetryPayment(payment.applicant_id, payment.kind, payment.number, "maker")
        await world.order(f"again/{turn}/{payment.reference}", again)


async def pay_list(world: PayoutWorld, batch_id: str) -> None:
    until = day_of(world.clock.now())
    await world.order(f"make/{batch_id}", MakeBatch(batch_id, until, "maker"))
    batch = await _when(world, batch_id, BatchState.PROPOSED)
    if batch.state == BatchState.PROPOSED:
        approve = ApproveBatch(batch_id, "checker", batch.list_hash, batch.lines, batch.amount_rupiah)
        await world.order(f"approve/{batch_id}", approve)


async def _when(world: PayoutWorld, batch_id: str, state: BatchState) -> Batch:
    for _ in range(LIMIT_SECONDS):
        batch = next((each for each in world.all(Batch) if each.batch_id == batch_id), None)
        if batch and (batch.state == state or not batch.moving):
            return batch
        await asyncio.sleep(1.0)
    raise AssertionError(f"{batch_id} was never {state}")


async def office(world: PayoutWorld) -> None:
    """What the statement does not show was not paid; what is mended is then paid once more."""
    await reconcile(world)
    await send_again(world, "last")
    await pay_list(world, "last")
    await world.rest()
    await reconcile(world)
    settled = world.all(Participant)
    await read_statement(world)
    assert world.all(Participant) == settled, "a line that was read before is news"


async def read_statement(world: PayoutWorld) -> None:
    """All of it, from the first line: what is known already must not be news."""
    for number, line in enumerate(world.books.ledger):
        heard = HearPayment(line.reference, line.status, line.code, is_notice=True)  # type: ignore[arg-type]
        await world.order(f"line/{number}/{len(world.replies)}", heard)


async def reconcile(world: PayoutWorld) -> None:
    """The statement explains what is unknown or contradictory; a person decides from it."""
    await read_statement(world)
    for person in world.all(Participant):
        for each in person.entitlements:
            if each.reference and (each.state == EntitlementState.UNKNOWN or each.conflict):
                paid = any(x.reference == each.reference and x.status == "paid" for x in world.books.ledger)
                returned = any(x.reference == each.reference and x.status == "returned" for x in world.books.ledger)
                decide = DecidePayment(each.reference, paid and not returned, "statement 1", "head")
                await world.order(f"decide/{each.reference}/{len(world.replies)}", decide)
