"""`gelombang draw verify`: recompute a draw from what the office published, with nothing else.

Three files, each as registration serves it to everybody under `/registration/waves/<number>`:
`wave.json` (that address itself), `list.csv` (`/list.csv`) and `results.csv` (`/results.csv`).
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from deploy.operator.findings import SHOWN
from deploy.operator.installation import OperatorError
from services.registration.domain import draw
from services.registration.domain.draw import GENERAL, Row, Stratum

FILES = ("wave.json", "list.csv", "results.csv")


def verify(folder: Path) -> dict[str, Any]:
    """Every check with its result. Raises OperatorError when a file is missing or is not what it should be."""
    absent = [name for name in FILES if not (folder / name).is_file()]
    if absent:
        raise OperatorError(
            f"{folder} lacks {', '.join(absent)}. Fetch /registration/waves/<number> as wave.json, and list.csv and "
            "results.csv below that address"
        )
    try:
        wave = json.loads((folder / "wave.json").read_text(encoding="utf-8"))
        lines = (folder / "list.csv").read_text(encoding="utf-8").splitlines()
        published = _published(folder / "results.csv")
        return _checked(wave, lines, published)
    except (KeyError, ValueError, TypeError) as error:
        raise OperatorError(f"a file is not as registration serves it: {type(error).__name__} {error}") from error


def _published(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Row(
                row["applicant_id"],
                row["stratum"],
                int(row["rank"]),
                int(row["pool_size"]),
                int(row["quota"]),
                row["selected"] == "1",
            )
            for row in csv.DictReader(file)
        ]


def _checked(wave: Mapping[str, Any], lines: Sequence[str], published: Sequence[Row]) -> dict[str, Any]:
    if not wave["seed"]:
        raise OperatorError("this wave is not drawn yet: its seed is not published")
    strata = [Stratum(each["code"], each["quota"]) for each in wave["strata"] if each["code"] != GENERAL]
    rows = draw.draw(lines, strata, wave["quota"], wave["seed"])
    ids = [line.partition(",")[0] for line in lines]
    different = [a.applicant_id for a, b in zip(rows, published, strict=False) if a != b]
    checks = {
        "rule": wave["rule"] == draw.RULE,
        "list_sorted_without_repetition": all(first < second for first, second in pairwise(ids)),
        "entries": wave["entries"] == len(lines),
        "root": wave["root"] == draw.root([draw.leaf(line) for line in lines]).hex(),
        "commitments": [draw.commitment(secret) for secret in wave["secrets"]] == wave["commitments"],
        "commitment": draw.together(wave["commitments"]) == wave["commitment"],
        "seed": draw.seed_of(wave["secrets"]) == wave["seed"],
        "everybody_has_a_result": len(rows) == len(published),
        "ranks": not different,
        "seats": sum(row.selected for row in published) <= wave["quota"],
    }
    return {
        "wave": wave["wave"],
        "holds": all(checks.values()),
        "checks": checks,
        "people": len(lines),
        "selected": sum(row.selected for row in rows),
        "first_differences": different[:SHOWN],
    }
