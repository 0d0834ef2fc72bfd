"""Reads the data that ship with the service: rule sets, causes of delay, catalogue and survey questions."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from services.incentive.domain.bank_days import Calendars
from services.incentive.domain.catalogue import Course, read_catalogue
from services.incentive.domain.delays import read_causes
from services.incentive.domain.rules import RuleBook, read_rules
from services.incentive.domain.surveys import Questions
from services.incentive.domain.wishes import WishWord, read_wish_words
from services.incentive.wiring import Desk

SHIPPED = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Reference:
    """All of it, read once at start. Whatever is wrong in a file stops the start with its name."""

    desk: Desk
    catalogue: Mapping[str, Course]
    surveys: Mapping[int, Mapping[str, Any]]
    """Survey number -> title and questions, as the question file says."""
    wish_words: tuple[WishWord, ...] = ()
    guides: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Platform code -> how its redeem codes are used, step by step (pages/guide.py)."""

    def with_calendars(self, calendars: Calendars) -> Reference:
        """The same, knowing when the banks take orders."""
        return replace(self, desk=replace(self.desk, calendars=calendars))

    def questions(self, number: int) -> Questions:
        """Question code -> answer codes of one survey; empty when there is no such survey."""
        survey = self.surveys.get(number, {"questions": ()})
        return {each["code"]: tuple(answer["code"] for answer in each["answers"]) for each in survey["questions"]}


def read_reference(folder: Path = SHIPPED) -> Reference:
    """Raises RulesIncomplete, CausesWrong or CatalogueWrong, each naming what to mend."""
    rule_sets = [read_rules(_json(path)) for path in sorted(folder.glob("programme_rules_*.json"))]
    desk = Desk(RuleBook.of(rule_sets), read_causes(_rows(folder / "delay_causes.csv")))
    surveys = {survey["number"]: survey for survey in _json(folder / "survey_questions.json")}
    guides = _json(folder / "platform_guides.json")
    wishes = read_wish_words(_rows(folder / "wish_words.csv"))
    return Reference(desk, read_catalogue(_rows(folder / "catalogue.csv")), surveys, wishes, guides=guides)


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
