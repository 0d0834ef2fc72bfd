"""Files and functions stay small enough to be read in one go. Complexity is checked by ruff."""

from __future__ import annotations

from tests.architecture.rules import TREES, Source, oversized_file, oversized_functions, sources


def test_files_are_at_most_250_lines() -> None:
    assert [finding for source in sources(*TREES) for finding in oversized_file(source)] == []


def test_functions_are_at_most_35_lines() -> None:
    assert [finding for source in sources(*TREES) for finding in oversized_functions(source)] == []


def test_the_budgets_can_be_broken() -> None:
    long = "def f():\n" + "    x = 1\n" * 35
    assert oversized_functions(Source("a.py", long)) == ["a.py:1 f() of 36 lines, at most 35"]
    assert oversized_file(Source("a.py", "x = 1\n" * 250)) == []
    assert oversized_file(Source("a.py", "x = 1\n" * 251))
    assert oversized_file(Source("tests/conftest.py", "x = 1\n" * 151))
