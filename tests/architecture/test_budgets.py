"""Files and functions stay small enough to be read in one go. Complexity is checked by ruff."""

from __future__ import annotations

import pytest

from tests.architecture import waiting
from tests.architecture.rules import TREES, Source, oversized_file, oversized_functions, sources

FILES = [finding for source in sources(*TREES) for finding in oversized_file(source)]
FUNCTIONS = [finding for source in sources(*TREES) for finding in oversized_functions(source)]


def test_files_are_at_most_250_lines() -> None:
    assert [finding for finding in FILES if finding.partition(":")[0] not in waiting.FILES] == []


def test_functions_are_at_most_35_lines() -> None:
    assert [finding for finding in FUNCTIONS if _function(finding) not in waiting.FUNCTIONS] == []


@pytest.mark.parametrize("path", waiting.FILES)
def test_what_waits_to_be_split_is_still_too_large(path: str) -> None:
    """A file that was split leaves the list, and cannot grow back."""
    assert any(finding.startswith(f"{path}:") for finding in FILES), f"take {path} off tests/architecture/waiting.py"


@pytest.mark.parametrize("name", waiting.FUNCTIONS)
def test_what_waits_to_be_shortened_is_still_too_long(name: str) -> None:
    assert name in map(_function, FUNCTIONS), f"take {name} off tests/architecture/waiting.py"


def _function(finding: str) -> str:
    """`path name` of a finding about a function."""
    place, name, *_ = finding.split()
    return f"{place.partition(':')[0]} {name.removesuffix('()')}"


def test_the_budgets_can_be_broken() -> None:
    long = "def f():\n" + "    x = 1\n" * 35
    assert oversized_functions(Source("a.py", long)) == ["a.py:1 f() of 36 lines, at most 35"]
    assert oversized_file(Source("a.py", "x = 1\n" * 250)) == []
    assert oversized_file(Source("a.py", "x = 1\n" * 251))
    assert oversized_file(Source("tests/conftest.py", "x = 1\n" * 151))
