"""How old what waits is, in the spans by which staff look at it: without a gap, and no day in two of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple


class Age(NamedTuple):
    """More than so many days, and at most so many."""

    code: str
    words: str
    more: int | None
    most: int | None


LATE: Sequence[Age] = (
    Age("baru", "sampai 7 hari", None, 7),
    Age("lama", "8 sampai 30 hari", 7, 30),
    Age("sangat-lama", "lebih dari 30 hari", 30, None),
)
"""Days since money was due."""
DEBTS: Sequence[Age] = (
    Age("baru", "sampai 30 hari", None, 30),
    Age("lama", "31 sampai 60 hari", 30, 60),
    Age("sangat-lama", "lebih dari 60 hari", 60, None),
)
"""Days since a case was opened. 60 days: art. 31C."""


def span_of(ages: Sequence[Age], code: str, today: date) -> tuple[date | None, date | None]:
    """Days on which something of that age began: from the first on, and before the second; both None for no age."""
    age = next((each for each in ages if each.code == code), None)
    if age is None:
        return None, None
    since = today - timedelta(days=age.most) if age.most is not None else None
    return since, today - timedelta(days=age.more) if age.more is not None else None
