"""Texts and the table of who is told what: a gap is an alarm code, never silence."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from services.notification.domain.routing import PERSON, Route, RouteBroken, Routes, route
from services.notification.domain.templates import (
    MOST_CHARACTERS,
    Catalogue,
    TextFault,
    fitted,
    parse,
    parts_of,
    render,
)
from services.notification.domain.words import day_of, listed, long_date, long_instant, rupiah, working_days_later
from services.notification.reference import read_reference
from services.notification.settings import NotificationSettings

SHIPPED = read_reference(NotificationSettings().messages_directory)


def line(event: str = "IncentivePaid", variant: str = "", audience: str = PERSON, channels: str = "sms|email") -> Route:
    return route(event, variant, audience, channels.split("|"), "id", "incentive.paid", "Judul", "/x")


def test_values_stand_in_their_places_and_are_not_read_again() -> None:
    template = parse("k", "id", "Halo {name}, {amount}.")
    assert template.places == {"name", "amount"}
    assert render(template, {"name": "{amount}\n\x00Budi", "amount": "Rp 1"}) == "Halo {amount} Budi, Rp 1."


@pytest.mark.parametrize("given", [{}, {"name": " "}])
def test_a_missing_or_empty_value_is_a_fault_that_names_it(given: dict[str, str]) -> None:
    with pytest.raises(TextFault) as fault:
        render(parse("k", "id", "Halo {name}"), given)
    assert (fault.value.code, fault.value.what) == ("FIELD_MISSING", "k: name")


@pytest.mark.parametrize("text", ["Halo {Name}", "Halo {name", "{% if x %}", "{a.b}", "  "])
def test_a_text_with_anything_but_names_is_broken(text: str) -> None:
    with pytest.raises(TextFault, match="TEMPLATE_BROKEN"):
        parse("k", "id", text)


def test_an_unknown_text_is_a_fault() -> None:
    catalogue = Catalogue([parse("k", "id", "x")])
    assert catalogue.get("k", "id").text == "x"
    assert catalogue.keys("id") == ("k",)
    with pytest.raises(TextFault, match="TEMPLATE_MISSING"):
        catalogue.get("k", "en")


def test_a_text_that_a_channel_cannot_take_is_a_fault_and_never_cut() -> None:
    assert fitted("a\u2013b", "sms") == "a-b"
    assert fitted("a\u2013b", "email") == "a\u2013b"
    for channel, text in (("sms", "😀" * 400), ("instagram", "a" * (MOST_CHARACTERS["instagram"] + 1))):
        with pytest.raises(TextFault, match="TEXT_TOO_LONG"):
            fitted(text, channel)
    assert (parts_of("a" * 161, "sms"), parts_of("a" * 161, "email")) == (2, 1)


def test_the_line_of_a_variant_goes_before_the_line_for_all() -> None:
    routes = Routes([line(), line(variant="last", channels="email")])
    assert routes.find("IncentivePaid", "last", PERSON) == line(variant="last", channels="email")
    assert routes.find("IncentivePaid", "first", PERSON) == line()
    assert routes.find("Other", "", PERSON) is None
    assert routes.events() == {"IncentivePaid"}
    assert routes.templates() == {("incentive.paid", "id")}


@pytest.mark.parametrize(
    "broken",
    [{"audience": "nobody"}, {"channels": "sms|pigeon"}, {"channels": "sms|sms"}, {"event": ""}, {"channels": "flyer"}],
)
def test_a_line_that_cannot_be_meant_stops_the_start(broken: dict[str, str]) -> None:
    with pytest.raises(RouteBroken):
        line(**broken)


def test_two_lines_for_one_audience_stop_the_start() -> None:
    with pytest.raises(RouteBroken):
        Routes([line(), line()])


def test_every_line_that_ships_names_a_text_that_ships() -> None:
    named = list(SHIPPED.routes.templates())
    assert named
    assert all(SHIPPED.catalogue.get(key, language) for key, language in named)


def test_indonesian_words_for_money_days_and_lists() -> None:
    late = datetime(2020, 12, 15, 17, 30, tzinfo=UTC)
    assert rupiah(600_000) == "Rp 600.000"
    assert long_date(date(2020, 12, 15)) == "15 Desember 2020"
    assert long_instant(late) == "16 Desember 2020 pukul 00.30 WIB"
    assert day_of(late) == date(2020, 12, 16)
    assert [listed(names) for names in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a dan b", "a, b dan c"]


def test_weekends_and_holidays_are_no_working_days() -> None:
    friday = date(2020, 4, 3)
    assert working_days_later(friday, 0) == friday
    assert working_days_later(friday, 1) == date(2020, 4, 6)
    assert working_days_later(friday, 5, [date(2020, 4, 10)]) == date(2020, 4, 13)
