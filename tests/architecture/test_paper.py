"""docs/paper.md names only what is there, and leaves out no fact of registration or incentive."""

from __future__ import annotations

import re

from deploy.servers import ROOT

PAGE = (ROOT / "docs" / "paper.md").read_text(encoding="utf-8")
OF_REGISTRATION = {
    *(1, 2, 3, 4, 5, 7, 11, 16, *range(18, 30), 42, 43, 44, 49, 50, 52, 55, 61, 66),
    *(80, 81, 82, 83, 85, 88, 92, 94, 95, 96, 97, 103, 109, 111, 118, 119, 121, 122, 131, 136, 139, 144, 150),
}
"""Numbers of the study's facts that are registration's to answer."""
OF_INCENTIVE = {
    *(9, 10, 13, 15, 17, 30, 31, 32, 33, 34, 36, 37, 38, 39, 54),
    *(89, 102, 104, 105, 113, 127, 130, 133, 134),
}
"""Those that are incentive's."""


def answers() -> dict[int, str]:
    """Fact -> the cell that says where it is answered."""
    rows = re.findall(r"^\| (\d+) \| [^|]+ \| ([^|]+) \|$", PAGE, re.MULTILINE)
    return {int(number): where for number, where in rows}


def test_every_fact_of_registration_and_incentive_has_an_answer_once() -> None:
    assert set() == OF_REGISTRATION & OF_INCENTIVE
    assert set(answers()) == OF_REGISTRATION | OF_INCENTIVE
    assert len(re.findall(r"^\| \d+ \|", PAGE, re.MULTILINE)) == len(answers())


def test_every_file_and_test_that_is_named_is_there() -> None:
    named = re.findall(r"`((?:services|tests|deploy|docs|shared)/[^`]+)`", PAGE)
    missing = [name for name in named if not found(name)]
    assert len(named) > 40
    assert not missing


def found(name: str) -> bool:
    path, _, test = name.partition("::")
    file = ROOT / path
    return file.exists() and (
        not test or re.search(rf"^(async )?def {test}\(", file.read_text(), re.MULTILINE) is not None
    )


def test_an_answer_is_more_than_a_hint_at_another() -> None:
    """`as 22` must lead to a row that names something."""
    known = answers()
    for where in known.values():
        for other in re.findall(r"\bas (\d+)", where):
            assert "`" in known[int(other)]
