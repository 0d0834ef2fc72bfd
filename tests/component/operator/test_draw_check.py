"""`gelombang draw verify` on files as registration serves them, whole and with one thing changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from deploy.operator.draw_check import verify
from deploy.operator.installation import OperatorError
from services.registration.domain import draw
from services.registration.domain.draw import Stratum
from tests.component.operator.town import SECRETS

LINES = [f"{n:04d},{'MIGRANT' if n % 5 == 0 else 'UMUM'}" for n in range(50)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    seed = draw.seed_of(SECRETS)
    commitments = [draw.commitment(secret) for secret in SECRETS]
    rows = draw.draw(LINES, [Stratum("MIGRANT", 3)], 10, seed)
    strata = [{"code": "MIGRANT", "quota": 3, "members": 10}, {"code": "UMUM", "quota": 7, "members": 40}]
    wave: dict[str, Any] = {"wave": 1, "rule": draw.RULE, "quota": 10, "strata": strata, "entries": 50, "seed": seed}
    wave |= {"secrets": SECRETS, "commitments": commitments, "commitment": draw.together(commitments)}
    wave["root"] = draw.root([draw.leaf(line) for line in LINES]).hex()
    (tmp_path / "wave.json").write_text(json.dumps(wave))
    (tmp_path / "list.csv").write_text("".join(f"{line}\n" for line in LINES))
    written = [f"{r.applicant_id},{r.stratum},{r.rank},{r.pool_size},{r.quota},{int(r.selected)}\n" for r in rows]
    head = "applicant_id,stratum,rank,pool_size,quota,selected\n"
    (tmp_path / "results.csv").write_text(head + "".join(written))
    return tmp_path


def failing(folder: Path) -> set[str]:
    found = verify(folder)
    assert not found["holds"]
    return {name for name, holds in found["checks"].items() if not holds}


def test_an_honest_draw_holds(folder: Path) -> None:
    found = verify(folder)
    assert found["holds"], found
    assert (found["people"], found["selected"]) == (50, 10)


def test_an_exchanged_person_is_seen(folder: Path) -> None:
    path = folder / "list.csv"
    path.write_text(path.read_text().replace("0007,", "0007a,"))
    assert {"root", "ranks"} <= failing(folder)


def test_a_result_that_was_changed_is_seen_and_named(folder: Path) -> None:
    path = folder / "results.csv"
    lines = path.read_text().splitlines()
    lines[-1] = lines[-1][:-1] + "1"
    path.write_text("\n".join(lines) + "\n")
    assert {"ranks", "seats"} <= failing(folder)
    assert verify(folder)["first_differences"] == [lines[-1].split(",")[0]]


def test_another_seed_than_the_committed_one_is_seen(folder: Path) -> None:
    path = folder / "wave.json"
    wave = json.loads(path.read_text())
    wave["secrets"] = ["4" * 64, *wave["secrets"][1:]]
    path.write_text(json.dumps(wave))
    assert failing(folder) == {"commitments", "seed"}


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "results.csv").unlink()
    with pytest.raises(OperatorError, match=r"lacks results\.csv"):
        verify(folder)
