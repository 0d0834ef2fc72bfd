"""No number on the public page points at a few people, not even by subtraction."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.reporting.domain.suppression import suppressed, suppressed_rows

SMALLEST = 5


def test_a_small_count_alone_takes_the_next_smallest_with_it() -> None:
    assert suppressed([40, 3, 9, 17], SMALLEST) == [40, None, None, 17]


def test_two_small_counts_that_make_a_small_sum_take_another_with_them() -> None:
    assert suppressed([1, 1, 20, 30], SMALLEST) == [None, None, None, 30]
    assert suppressed([2, 4, 20, 30], SMALLEST) == [None, None, 20, 30]


def test_nothing_is_hidden_where_nothing_is_small() -> None:
    assert suppressed([0, 5, 6], SMALLEST) == [0, 5, 6]


def test_each_column_is_judged_by_itself() -> None:
    rows = [{"registered": 40, "paid": 2}, {"registered": 30, "paid": 8}, {"registered": 20, "paid": 9}]
    told = suppressed_rows(rows, SMALLEST)
    assert [row["registered"] for row in told] == [40, 30, 20]
    assert [row["paid"] for row in told] == [None, None, 9]
    assert suppressed_rows([], SMALLEST) == []


@given(st.lists(st.integers(0, 60), max_size=25))
def test_who_knows_the_total_learns_at_most_a_sum_of_several_that_is_not_small(counts: list[int]) -> None:
    told = suppressed(counts, SMALLEST)
    hidden = [count for count, shown in zip(counts, told, strict=True) if shown is None]
    assert all(shown is None or shown == count for count, shown in zip(counts, told, strict=True))
    assert all(shown is None for count, shown in zip(counts, told, strict=True) if 0 < count < SMALLEST)
    people = [count for count in counts if count]
    if hidden and len(people) > 1 and sum(people) >= SMALLEST:
        assert len(hidden) > 1
        assert sum(hidden) >= SMALLEST
