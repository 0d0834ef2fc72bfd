"""Rules are data: a file that lacks a clock stops the service, and the version names the file's content."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from services.registration.domain.rules import RuleMissing, rule_set
from tests.unit.registration.builders import DATA, rules


def test_a_clock_that_is_missing_stops_the_service_with_its_name() -> None:
    file = json.loads((DATA / "programme_rules_2020.json").read_bytes())
    file["clocks"]["first_purchase_days"]["value"] = None

    with pytest.raises(RuleMissing, match=r"clocks\.first_purchase_days"):
        rule_set(file, "0" * 64)
    del file["clocks"]["first_purchase_days"]
    with pytest.raises(RuleMissing, match=r"clocks\.first_purchase_days"):
        rule_set(file, "0" * 64)


def test_the_version_names_the_file_s_content() -> None:
    raw = (DATA / "programme_rules_2020.json").read_bytes()

    assert rules().version == f"prakerja-2020@{hashlib.sha256(raw).hexdigest()[:12]}"
    assert rules(2023).legal_basis == "aturan program prakerja-2023"


@pytest.mark.parametrize(
    ("notice", "deadline"),
    [
        (datetime(2021, 8, 24, 5, tzinfo=UTC), date(2021, 9, 22)),
        (datetime(2021, 9, 1, 5, tzinfo=UTC), date(2021, 9, 30)),
    ],
)
def test_the_day_of_notice_is_the_first_day_of_the_purchase_clock(notice: datetime, deadline: date) -> None:
    assert rules().first_purchase_deadline(notice) == deadline
    assert replace(rules(), notice_is_day_1=False).first_purchase_deadline(notice) == deadline + timedelta(days=1)
