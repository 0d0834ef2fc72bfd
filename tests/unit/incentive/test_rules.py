"""Rules are data; a rule file that lacks what is needed stops the start with the key's name."""

from __future__ import annotations

import copy
import csv
import json
from datetime import date
from typing import Any

import pytest

from services.incentive.domain.catalogue import CatalogueWrong, read_catalogue
from services.incentive.domain.delays import CausesWrong, read_causes
from services.incentive.domain.rules import RulesIncomplete, read_rules
from services.incentive.reference import SHIPPED
from tests.unit.incentive.builders import reference, rules


def rule_file(year: int = 2020) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((SHIPPED / f"programme_rules_{year}.json").read_text(encoding="utf-8"))
    return document


@pytest.mark.parametrize(
    ("year", "post_training", "survey", "total", "last_day"),
    [
        (2020, (4, 600_000), (3, 50_000), 3_550_000, date(2020, 12, 15)),
        (2023, (1, 600_000), (2, 50_000), 4_200_000, None),
    ],
)
def test_amounts_and_clocks_come_from_the_file(
    year: int, post_training: tuple[int, int], survey: tuple[int, int], total: int, last_day: date | None
) -> None:
    read = rules(year)
    assert (read.count("post_training"), read.amount("post_training")) == post_training
    assert (read.count("survey"), read.amount("survey")) == survey
    assert read.total_rupiah == total
    assert read.balance_usable_until == last_day


@pytest.mark.parametrize(
    "path",
    [
        "rule_set",
        "amounts.training_balance",
        "amounts.survey_incentive.count",
        "clocks.incentive_due_days_after_completion",
        "clocks.account_change_hold_hours",
        "purchase.platforms",
        "payment_partners",
        "wallets",
    ],
)
def test_a_missing_or_null_value_is_named(path: str) -> None:
    document = copy.deepcopy(rule_file())
    *parents, last = path.split(".")
    node = document
    for key in parents:
        node = node[key]
    node[last] = {"value": None}
    with pytest.raises(RulesIncomplete, match=path):
        read_rules(document)
    del node[last]
    with pytest.raises(RulesIncomplete, match=path):
        read_rules(document)


def test_a_balance_without_last_day_must_be_written_as_such() -> None:
    document = rule_file(2023)
    assert read_rules(document).balance_usable_until is None
    del document["clocks"]["balance_usable_until"]
    with pytest.raises(RulesIncomplete, match=r"clocks\.balance_usable_until"):
        read_rules(document)


@pytest.mark.parametrize("value", ["14", -1, 1.5, True])
def test_a_clock_is_a_whole_number(value: Any) -> None:
    document = rule_file()
    document["clocks"]["appeal_days"]["value"] = value
    with pytest.raises(RulesIncomplete, match=r"clocks\.appeal_days"):
        read_rules(document)


def test_reminder_days_must_rise() -> None:
    document = rule_file()
    document["clocks"]["purchase_reminder_days"]["value"] = [20, 7]
    with pytest.raises(RulesIncomplete, match="purchase_reminder_days"):
        read_rules(document)


def test_a_total_that_is_not_the_sum_is_found() -> None:
    document = rule_file()
    document["amounts"]["total"]["value"] = 2_440_000
    with pytest.raises(RulesIncomplete, match="total"):
        read_rules(document)


def test_an_unknown_rule_set_is_named() -> None:
    with pytest.raises(RulesIncomplete, match="prakerja-1999"):
        reference().desk.rules["prakerja-1999"]


def cause_rows() -> list[dict[str, str]]:
    with (SHIPPED / "delay_causes.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_every_cause_of_the_file_has_a_test_and_the_file_gives_the_order() -> None:
    causes = read_causes(reversed(cause_rows()))
    assert [cause.code for cause in causes][:3] == ["BANK_UNKNOWN", "STATUS_CONFLICT", "TRANSFER_FAILED"]
    assert causes[-1].code == "MANUAL_BACKLOG"


@pytest.mark.parametrize("rows", [cause_rows()[1:], [*cause_rows(), cause_rows()[0]]])
def test_a_cause_that_lacks_or_stands_twice_stops_the_start(rows: list[dict[str, str]]) -> None:
    with pytest.raises(CausesWrong):
        read_causes(rows)


def test_the_catalogue_holds_the_eight_platforms_of_the_rules() -> None:
    courses = reference().catalogue.values()
    assert {course.platform for course in courses} == set(rules().platforms)
    assert len(courses) >= 40
    assert any(course.price_rupiah > rules().training_balance_rupiah for course in courses)
    assert len({course.certificate_prefix for course in courses}) == 8


@pytest.mark.parametrize(
    "change",
    [
        {"price_rupiah": "0"},
        {"price_rupiah": "mahal"},
        {"hours": None},
        {"kkni_level": "10"},
        {"entry_education": "TK"},
        {"unknown_column": "x"},
    ],
)
def test_a_wrong_row_of_the_catalogue_is_named(change: dict[str, Any]) -> None:
    row = {
        "course_code": "TKP-999", "course_name": "x", "platform_code": "TOKOPEDIA", "platform": "Tokopedia",
        "certificate_prefix": "TKP", "institution": "x", "price_rupiah": "1", "hours": "1", "mode": "online",
        "topic": "FOOD", "kbji": "1", "skkni": "x", "kkni_level": "1", "entry_education": "SD", "needs": "",
    }  # fmt: skip
    assert "TKP-999" in read_catalogue([row])
    with pytest.raises(CatalogueWrong, match="TKP-999"):
        read_catalogue([{**row, **change}])
    with pytest.raises(CatalogueWrong, match="TKP-999: kode dua kali"):
        read_catalogue([row, row])


def test_every_survey_of_the_rules_has_questions() -> None:
    assert [bool(reference().questions(number)) for number in (1, 2, 3, 4)] == [True, True, True, False]
