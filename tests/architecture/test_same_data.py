"""Services share no files, so a file of one name may lie in two of them: what both say is then the same."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

SERVICES = Path(__file__).parents[2] / "services"


def pairs() -> list[tuple[Path, Path]]:
    """Files of data that lie under one name in two services."""
    named: dict[str, list[Path]] = defaultdict(list)
    for path in sorted(SERVICES.glob("*/data/*")):
        if path.suffix in (".json", ".csv"):
            named[path.name].append(path)
    return [pair for paths in named.values() for pair in combinations(paths, 2)]


def document(path: Path) -> Any:
    """A JSON file, or the rows of a table by their first column."""
    with path.open(encoding="utf-8", newline="") as file:
        if path.suffix == ".json":
            return json.load(file)
        return {next(iter(row.values())): row for row in csv.DictReader(file)}


def differing(one: Any, other: Any, place: str = "") -> Iterator[str]:
    """Where two documents contradict each other; what only one of them has is that service's own."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in one.keys() & other.keys():
            yield from differing(one[key], other[key], f"{place}/{key}")
    elif one != other:
        yield place


def named(pair: tuple[Path, Path]) -> str:
    return f"{pair[0].name} of {pair[0].parts[-3]} and {pair[1].parts[-3]}"


def test_there_are_such_files() -> None:
    assert {pair[0].name for pair in pairs()} == {
        "kecamatan.csv",
        "programme_rules_2020.json",
        "programme_rules_2023.json",
        "survey_questions.json",
    }


@pytest.mark.parametrize("pair", pairs(), ids=named)
def test_what_two_services_know_of_the_same_is_the_same(pair: tuple[Path, Path]) -> None:
    one, other = map(document, pair)
    assert one
    assert list(differing(one, other)) == []


def test_a_rupiah_that_one_of_them_changes_alone_is_seen() -> None:
    rules = {"incentive": {"value": 600_000, "source": "33"}, "own": 1}
    changed = {"incentive": {"value": 650_000, "source": "33"}, "theirs": 2}
    assert list(differing(rules, changed)) == ["/incentive/value"]
