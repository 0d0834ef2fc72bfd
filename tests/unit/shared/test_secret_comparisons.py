"""Whoever compares something secret takes the same time for every guess."""

from __future__ import annotations

import ast
import inspect
import textwrap
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, NoReturn, cast

import pytest

from services.registration.api.desk import Desk
from shared.contracts.decision import Refused
from shared.security.one_time_codes import OneTimeCode
from shared.web.waiting_room import WaitingRoom
from tests.unit.registration.builders import applicant

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Secret(str):
    """Text that must not be compared letter by letter."""

    __hash__ = str.__hash__

    def __eq__(self, other: object) -> NoReturn:
        raise AssertionError("compared with ==")

    def __ne__(self, other: object) -> NoReturn:
        raise AssertionError("compared with !=")


@pytest.mark.parametrize(("typed", "right"), [("a" * 64, True), ("b" * 64, False), ("a", False)])
def test_a_one_time_code_is_compared_in_constant_time(typed: str, right: bool) -> None:
    code = OneTimeCode("ann/purchase", Secret("a" * 64), NOW, 5, NOW, 1)
    assert code.tried(Secret(typed))[0] is right


def test_a_tracking_code_is_compared_in_constant_time() -> None:
    desk = Desk(*cast("tuple[Any, ...]", (None,) * 5))
    found = replace(applicant(), tracking_index=Secret("a" * 64))
    assert desk._checked(found, Secret("a" * 64)) is found
    for wrong in (Secret("b" * 64), Secret("")):
        with pytest.raises(Refused, match="APPLICANT_UNKNOWN"):
            desk._checked(found, wrong)


@pytest.mark.parametrize("place", [WaitingRoom._read, OneTimeCode.tried, Desk._checked])
def test_secrets_are_given_to_compare_digest(place: Any) -> None:
    """The tag of a ticket is cut out of plain bytes, so the code itself is looked at."""
    calls = [each.func for each in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(place)))) if _is_call(each)]
    assert "compare_digest" in {getattr(each, "attr", getattr(each, "id", "")) for each in calls}


def _is_call(node: ast.AST) -> bool:
    return isinstance(node, ast.Call)
