"""Double entry: sums are 0, ids are unique, and differences are found."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.incentive.domain.ledger import LedgerAccount, Overdrawn, Posting, balances, differences, post

AT = datetime(2020, 8, 10, tzinfo=UTC)
MOVES = st.lists(
    st.tuples(st.sampled_from(LedgerAccount), st.sampled_from(LedgerAccount), st.integers(-5, 1_000_000)), max_size=40
)


def posting(source: LedgerAccount, target: LedgerAccount, amount: int, number: int = 1) -> Posting:
    return Posting(f"ann/{number}", "ann", source, target, amount, AT)


@given(MOVES)
def test_whatever_is_posted_adds_up_to_nothing_and_never_overdraws(
    moves: list[tuple[LedgerAccount, LedgerAccount, int]],
) -> None:
    money: dict[str, int] = {}
    posted = []
    for number, (source, target, amount) in enumerate(moves):
        each = posting(source, target, amount, number)
        try:
            money = post(money, each)
        except Overdrawn:
            continue
        posted.append(each)
    assert sum(money.values()) == 0
    assert all(amount >= 0 for account, amount in money.items() if account != "treasury")
    assert differences(money, [each.move for each in posted]) == {}


def test_what_is_not_there_cannot_move() -> None:
    with pytest.raises(Overdrawn, match="holds 0 rupiah"):
        post({}, posting(LedgerAccount.OWED, LedgerAccount.PAID, 1))


def test_a_difference_is_named_with_its_account() -> None:
    given_ = posting(LedgerAccount.TREASURY, LedgerAccount.OWED, 600_000)
    assert balances([given_.move]) == {"treasury": -600_000, "owed": 600_000}
    assert differences({"owed": 600_001, "treasury": -600_000}, [given_.move]) == {"owed": 1}
    assert differences({}, [given_.move]) == {"owed": -600_000, "treasury": 600_000}
    assert given_.id == "ann/1"
