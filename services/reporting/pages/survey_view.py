"""What participants answered in the surveys, in the words of the question file: counts, never who (fact 39)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from services.reporting.domain.suppression import suppressed
from shared.engine.ports import Document

QUESTIONS = Path(__file__).parents[1] / "data" / "survey_questions.json"


@dataclass(frozen=True)
class Question:
    """One question of a survey: its words, how many answered it, and each answer with its count and share in percent.

    A count that is not told is None, and its share 0: a bar is a number too.
    """

    survey: int
    title: str
    code: str
    text: str
    total: int
    answers: Sequence[tuple[str, str, int | None, int]]


def questions(rows: Sequence[Document], smallest: int = 0) -> list[Question]:
    """In the order of the question file, those that nobody answered left out; counts below `smallest` are hidden."""
    counts = {(row["survey"], row["question"], row["answer"]): row["count"] for row in rows}
    asked = [(survey, question) for survey in _file() for question in survey["questions"]]
    found = [_question(survey, question, counts, smallest) for survey, question in asked]
    return [question for question in found if question.total]


def _question(
    survey: Mapping[str, Any], asked: Mapping[str, Any], counts: Mapping[tuple[int, str, str], int], smallest: int
) -> Question:
    number, code = survey["number"], asked["code"]
    given = [counts.get((number, code, each["code"]), 0) for each in asked["answers"]]
    total = sum(given)
    told = zip(asked["answers"], suppressed(given, smallest), strict=True)
    answers = [(each["code"], each["text"], count, round(100 * (count or 0) / (total or 1))) for each, count in told]
    return Question(number, survey["title"], code, asked["text"], total, answers)


def plain(found: Sequence[Question]) -> list[dict[str, Any]]:
    """For programs."""
    return [
        {
            "survey": each.survey,
            "question": each.code,
            "text": each.text,
            "total": each.total,
            "answers": [{"answer": code, "text": text, "count": count} for code, text, count, _ in each.answers],
        }
        for each in found
    ]


@lru_cache(maxsize=1)
def _file() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(QUESTIONS.read_text(encoding="utf-8"))
    return found
