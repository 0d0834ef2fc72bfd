"""What forms ask: one question each, the controls that answer it, and what was answered (templates/fields.html)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["text", "digits", "tel", "email", "area", "day", "select", "radio", "tick"]
Options = Mapping[str, str]
"""Value that is sent -> what people read, in the order in which it is offered."""
Values = Mapping[str, str]
"""Name of a field -> what was typed or chosen. A day is three fields: <name>_d, <name>_m, <name>_y."""


@dataclass(frozen=True, slots=True)
class Question:
    """`missing` tells what to do when nothing was answered; empty: it may stay so."""

    name: str
    kind: Kind
    label: str
    missing: str = ""
    hint: str = ""
    most: int = 100
    complete: str = ""
    """What browsers may fill in (the autocomplete attribute)."""
    options: Options = field(default_factory=dict)


TRACKING = Question(
    "kode_lacak",
    "text",
    "Kode lacak",
    "Tulis kode lacak yang Anda terima setelah mendaftar.",
    "12 huruf dan angka, misalnya ABCD-EFGH-JKLM. Huruf kecil dan tanda hubung tidak menjadi soal.",
    40,
    "off",
)
ONE_TIME_CODE = Question(
    "kode",
    "digits",
    "Kode sekali pakai",
    "Tulis 6 angka dari pesan kami.",
    "6 angka dari pesan yang baru kami kirim. Berlaku 5 menit.",
    12,
    "one-time-code",
)


def names(question: Question) -> tuple[str, ...]:
    """Names of the controls that answer a question."""
    if question.kind == "day":
        return tuple(f"{question.name}_{part}" for part in "dmy")
    return (question.name,)


def picked(questions: Sequence[Question], sent: Values) -> dict[str, str]:
    """What was answered to these questions, and nothing else of what was sent."""
    return {
        name: sent.get(name, "")[: question.most + 200].strip()
        for question in questions
        for name in names(question)
        if sent.get(name, "").strip()
    }


def answer(question: Question, values: Values) -> str:
    """The answer as the door reads it: a day as `1995-04-05`, digits without the spaces people type between them."""
    if question.kind == "day":
        day, month, year = (values.get(name, "") for name in names(question))
        return f"{year}-{month}-{day}" if day or month or year else ""
    given = values.get(question.name, "")
    return "".join(given.split()) if question.kind == "digits" else given
