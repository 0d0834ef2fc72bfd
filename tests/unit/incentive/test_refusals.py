"""Every code that a rule can raise has an Indonesian sentence, which asks for no detail that is not given."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import services.incentive
from services.incentive.domain.refusals import REFUSALS
from shared.security import one_time_codes

ROOTS = (Path(services.incentive.__file__).parent, Path(one_time_codes.__file__).parent)
OF_THE_TIMER = {"BATCH_MOVED_ON"}
"""Answers to our own timers: nobody outside ever sees them."""


def raised() -> Iterator[tuple[str, set[str]]]:
    """(code, names of its details) of every `Refused(...)` in the service and in the rules it shares."""
    for path in (path for root in ROOTS for path in root.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refused":
                code = node.args[0]
                if isinstance(code, ast.Constant):
                    yield str(code.value), {keyword.arg or "*" for keyword in node.keywords}


def test_every_code_has_a_sentence_and_every_sentence_a_code() -> None:
    codes = {code for code, _ in raised()} - OF_THE_TIMER
    assert codes - set(REFUSALS) == set()
    assert set(REFUSALS) - codes == set()


def test_a_sentence_asks_only_for_details_that_are_given() -> None:
    for code, details in raised():
        if code in REFUSALS and "*" not in details:
            wanted = {name for _, name, _, _ in string.Formatter().parse(REFUSALS[code].sentence) if name}
            assert wanted <= details, code


def test_every_sentence_says_what_the_person_can_do() -> None:
    assert all(refusal.sentence.count(".") >= 1 and len(refusal.sentence) > 20 for refusal in REFUSALS.values())
