"""Lists by NIK: entries count as they arrive, and those of the edition before until all are there."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from services.registration.domain import lists
from services.registration.domain.lists import CompleteEditions, ListBook, ListEntry, Listing, OpenEditions
from shared.contracts.decision import Decision, Refused
from tests.unit.registration.builders import NOW, OFFICIALS, changed


def opened(book: ListBook | None, *codes: str, as_of: date = date(2020, 3, 31)) -> Decision:
    known = frozenset(OFFICIALS) | set(lists.OTHER_CODES)
    return lists.open_editions(book, OpenEditions(codes, known, "BKN", as_of, "s"), NOW)


def test_entries_count_while_they_arrive_and_the_old_ones_until_all_are_there() -> None:
    first = changed(opened(None, "ASN"), ListBook)
    assert first.id == ListBook.ID
    old = Listing("n", (ListEntry("ASN", "BKN", NOW.date(), 1),))
    assert lists.codes_of(old, first) == {"ASN"}

    complete = changed(lists.complete_editions(first, CompleteEditions(("ASN",))), ListBook)
    second = opened(complete, "ASN")
    assert second.reply == {"ASN": 2}
    arriving = changed(second, ListBook)
    assert lists.codes_of(old, arriving) == {"ASN"}
    assert arriving.label() == "ASN 2020-03-31 (2)"

    replaced = changed(lists.complete_editions(arriving, CompleteEditions(("ASN",))), ListBook)
    assert lists.codes_of(old, replaced) == frozenset()
    assert lists.codes_of(lists.entered(old, "n", ListEntry("ASN", "BKN", NOW.date(), 2)), replaced) == {"ASN"}


def test_an_interrupted_upload_begins_a_new_edition() -> None:
    first = changed(opened(None, "ASN"), ListBook)

    assert opened(first, "ASN").reply == {"ASN": 2}


def test_a_list_is_not_replaced_by_an_older_one() -> None:
    book = changed(
        lists.complete_editions(changed(opened(None, "ASN"), ListBook), CompleteEditions(("ASN",))), ListBook
    )

    with pytest.raises(Refused, match="LIST_OLDER"):
        opened(book, "ASN", as_of=date(2020, 3, 30))


def test_a_list_is_of_today_in_medan_at_the_latest() -> None:
    command = OpenEditions(("ASN",), frozenset(OFFICIALS), "BKN", date(2020, 4, 4), "s")
    evening = datetime(2020, 4, 3, 16, 59, tzinfo=UTC)
    with pytest.raises(Refused, match="LIST_FROM_FUTURE"):
        lists.open_editions(None, command, evening)
    assert lists.open_editions(None, command, evening + timedelta(minutes=1)).reply == {"ASN": 1}


def test_a_list_has_a_code_of_the_rules() -> None:
    with pytest.raises(Refused, match="LIST_CODE_UNKNOWN"):
        opened(None, "ARTIS")


def test_completing_what_never_arrived_changes_nothing() -> None:
    assert lists.complete_editions(None, CompleteEditions(("ASN",))) == Decision()
    book = ListBook({}, {})
    assert changed(lists.complete_editions(book, CompleteEditions(("ASN",))), ListBook) == book


def test_no_list_means_no_code() -> None:
    assert lists.codes_of(None, ListBook({}, {})) == frozenset()
    assert lists.codes_of(Listing("n", ()), None) == frozenset()


def test_an_entry_replaces_the_older_one_of_its_list() -> None:
    first = lists.entered(None, "n", ListEntry("ASN", "BKN", NOW.date(), 1))
    both = lists.entered(first, "n", ListEntry("TNI", "TNI", NOW.date(), 1))

    again = lists.entered(both, "n", ListEntry("ASN", "BKN", NOW.date(), 2))

    assert [(each.code, each.edition) for each in again.entries] == [("TNI", 1), ("ASN", 2)]
