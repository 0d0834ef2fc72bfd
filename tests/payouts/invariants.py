"""What must hold when a month of payouts has come to rest, whatever happened on the way (reliability.md, I1 to I3)."""

from __future__ import annotations

from collections import Counter, defaultdict

from services.incentive.domain.batches import Batch
from services.incentive.domain.ledger import Move, Posting, differences
from services.incentive.domain.participant import EntitlementState as State
from services.incentive.domain.participant import Participant
from services.incentive.domain.payouts import Payment
from tests.payouts.world import PayoutWorld

SETTLED = (State.PAID, State.FAILED, State.RETURNED, State.DUE)


def check(world: PayoutWorld) -> None:
    """All invariants; an AssertionError names the one that broke."""
    check_once(world)
    check_nothing_lost(world)
    check_books(world)
    check_batches(world)


def net(world: PayoutWorld) -> Counter[str]:
    """Payments that left and did not come back, by reference, as the bank's own books have them."""
    found: Counter[str] = Counter()
    for line in world.books.ledger:
        found[line.reference] += 1 if line.status == "paid" else -1
    return found


def check_once(world: PayoutWorld) -> None:
    """I2: no reference is paid twice, and no incentive under two references."""
    for reference in world.books.transfers:
        assert world.books.paid_times(reference) <= 1, f"{reference} was paid twice"
    bank = net(world)
    held: Counter[tuple[str, str, int]] = Counter()
    known = {payment.reference: payment for payment in world.all(Payment)}
    for reference, count in bank.items():
        assert reference in known, f"the bank paid {reference}, which nobody asked for"
        payment = known[reference]
        held[(payment.applicant_id, payment.kind, payment.number)] += count
    doubled = {key: count for key, count in held.items() if count > 1}
    assert not doubled, f"money left twice for {doubled}"


def check_nothing_lost(world: PayoutWorld) -> None:
    """Everybody on a list has the money or is still owed it, and our books say the same as the bank's."""
    bank, listed = net(world), {(each.applicant_id, each.kind, each.number) for each in world.all(Payment)}
    assert listed, "nothing was ever given to the bank"
    for person in world.all(Participant):
        for each in person.entitlements:
            if (person.applicant_id, each.kind, each.number) not in listed:
                continue
            assert each.state in SETTLED, f"{person.applicant_id}/{each.kind}/{each.number} is left {each.state}"
            arrived = bank[each.reference or ""]
            assert (each.state == State.PAID) == (arrived == 1), f"we say {each.state}, the bank's net is {arrived}"
            assert not each.conflict, f"{person.applicant_id}/{each.kind}/{each.number} is still a conflict"


def check_books(world: PayoutWorld) -> None:
    """I1 and I3: balances are their postings, nobody got more than is theirs, and the statement shows it all."""
    moves: defaultdict[str, list[Move]] = defaultdict(list)
    for each in world.all(Posting):
        moves[each.applicant_id].append(each.move)
    paid = 0
    for person in world.all(Participant):
        assert differences(person.money, moves[person.applicant_id]) == {}, (
            f"{person.applicant_id}: balances differ from postings"
        )
        assert sum(person.money.values()) == 0
        assert all(amount >= 0 for account, amount in person.money.items() if account != "treasury")
        entitled = sum(each.amount_rupiah for each in person.entitlements)
        assert person.money.get("paid", 0) <= entitled, f"{person.applicant_id} was paid more than is theirs"
        paid += person.money.get("paid", 0)
    statement = sum(line.amount_rupiah * (1 if line.status == "paid" else -1) for line in world.books.ledger)
    assert paid == statement, f"our books say {paid} rupiah, the statement {statement}"


def check_batches(world: PayoutWorld) -> None:
    for batch in world.all(Batch):
        assert batch.state == "closed", f"{batch.batch_id} is left {batch.state}"
        assert sum(batch.counts.values()) == batch.lines, f"{batch.batch_id}: {batch.counts} of {batch.lines} lines"
