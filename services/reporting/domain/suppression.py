"""What a public table of counts may tell: no small cell, and none that the total gives away."""

from __future__ import annotations

from collections.abc import Sequence


def suppressed(counts: Sequence[int], smallest: int) -> list[int | None]:
    """One column of a table whose total is public: the counts in their order, None where a count is not told.

    Primary: 1 up to below `smallest` people could be pointed at. Complementary: whoever subtracts the told cells
    from the total learns the sum of the others, so at least two are hidden, of `smallest` people together; the
    smallest told ones are added until that holds. A zero is told: it points at nobody.
    """
    hidden = {place for place, count in enumerate(counts) if 0 < count < smallest}
    told = sorted((count, place) for place, count in enumerate(counts) if count >= smallest)
    for _, place in told if hidden else ():
        if len(hidden) > 1 and sum(counts[each] for each in hidden) >= smallest:
            break
        hidden.add(place)
    return [None if place in hidden else count for place, count in enumerate(counts)]


def suppressed_rows(rows: Sequence[dict[str, int]], smallest: int) -> list[dict[str, int | None]]:
    """The same for each column of a table; every row has the columns of the first."""
    columns = {name: suppressed([row[name] for row in rows], smallest) for name in (rows[0] if rows else ())}
    return [{name: column[place] for name, column in columns.items()} for place in range(len(rows))]
