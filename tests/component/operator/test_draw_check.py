"""Attacks on a draw, each against `gelombang draw verify` and against docs/verify_draw.py, which shares no code."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from deploy.operator.draw_check import publish, verify
from deploy.operator.installation import OperatorError
from deploy.servers import ROOT
from tests.component.operator.draw_folder import CAREFUL, OTHER, TAMPERED, Published, honest

SCRIPT = ROOT / "docs" / "verify_draw.py"


def ours(folder: Path, *noted: str) -> bool:
    try:
        return verify(folder, *noted)["holds"] is True
    except OperatorError:
        return False


def independent(folder: Path, *noted: str) -> bool:
    """The script as anybody runs it: isolated, so that it cannot import anything of this project."""
    command = [sys.executable, "-I", str(SCRIPT), str(folder), *noted]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=folder)
    assert done.stderr == "", "what is wrong is named, and nothing makes it fall over"
    assert done.returncode == ("WRONG" in done.stdout)
    return done.returncode == 0


VERIFIERS = pytest.mark.parametrize("holds", [ours, independent])


@pytest.fixture
def published() -> Published:
    return honest()


@VERIFIERS
@pytest.mark.parametrize("beacon", [False, True])
def test_an_honest_draw_holds(holds: Callable[..., bool], beacon: bool, tmp_path: Path) -> None:
    published = honest(beacon=beacon)
    published.write(tmp_path)
    assert holds(tmp_path)
    assert holds(tmp_path, published.wave["commitment"])
    assert not holds(tmp_path, "ab" * 32)


@VERIFIERS
@pytest.mark.parametrize("beacon", [False, True])
def test_a_draw_of_before_holders_signed_still_holds(holds: Callable[..., bool], beacon: bool, tmp_path: Path) -> None:
    published = honest(beacon=beacon, signed=False)
    published.write(tmp_path)
    assert published.wave["rule"] == "gelombang-draw-2"
    assert holds(tmp_path, published.wave["commitment"])
    for each in published.wave["officials"]:
        del each["signatures"]  # as it was served then
    published.write(tmp_path)
    assert holds(tmp_path, published.wave["commitment"])


@VERIFIERS
@pytest.mark.parametrize("size", [0, 1, 2, 3, 1025])
def test_lists_of_every_length_hold(holds: Callable[..., bool], size: int, tmp_path: Path) -> None:
    honest([f"{n:05d},UMUM" for n in range(size)]).write(tmp_path)
    assert holds(tmp_path)


@VERIFIERS
@pytest.mark.parametrize("attack", TAMPERED)
def test_an_attack_on_the_published_files_is_seen(
    holds: Callable[..., bool], attack: str, published: Published, tmp_path: Path
) -> None:
    TAMPERED[attack](published)
    published.write(tmp_path)
    assert not holds(tmp_path)


@VERIFIERS
@pytest.mark.parametrize("attack", CAREFUL)
def test_a_forger_of_everything_is_betrayed_by_the_line_that_somebody_noted(
    holds: Callable[..., bool], attack: str, published: Published, tmp_path: Path
) -> None:
    noted = published.wave["commitment"]
    CAREFUL[attack](published)
    published.write(tmp_path)
    assert holds(tmp_path), "in itself it fits: that is why the line is printed before the draw"
    assert not holds(tmp_path, noted)


def test_a_signature_of_another_round_is_seen_and_so_is_a_round_before_the_list(tmp_path: Path) -> None:
    published = honest(beacon=True)
    published.wave["beacon"]["signature"] = OTHER
    published.write(tmp_path)
    assert not verify(tmp_path)["checks"]["beacon_signature"]
    assert not independent(tmp_path), "it cannot check signatures, but the seed is not made of this one"

    published = honest(beacon=True)
    published.wave["frozen_at"] = published.wave["beacon"]["at"]
    published.write(tmp_path)
    assert not verify(tmp_path)["checks"]["beacon_after_the_list"]
    assert not independent(tmp_path)


def test_differences_are_named_first(published: Published, tmp_path: Path) -> None:
    TAMPERED["result_changed"](published)
    published.write(tmp_path)
    found = verify(tmp_path)
    assert {name for name, holds in found["checks"].items() if not holds} == {"ranks", "seats"}
    assert found["first_differences"] == [published.results[-1].split(",")[0]]


def test_a_missing_file_is_named_and_an_undrawn_wave_is_told(published: Published, tmp_path: Path) -> None:
    published.wave["seed"] = None
    published.write(tmp_path)
    with pytest.raises(OperatorError, match="not drawn yet"):
        verify(tmp_path)
    (tmp_path / "results.csv").unlink()
    with pytest.raises(OperatorError, match=r"lacks results\.csv"):
        verify(tmp_path)


@pytest.mark.parametrize("text", ["[]", "{}", '{"seed": 1}', "no json"])
def test_what_registration_never_serves_is_said_in_words(text: str, published: Published, tmp_path: Path) -> None:
    published.write(tmp_path)
    (tmp_path / "wave.json").write_text(text)
    with pytest.raises(OperatorError, match="not as registration serves it"):
        verify(tmp_path)


def test_the_second_verifier_is_short_and_stands_on_the_standard_library_alone() -> None:
    text = SCRIPT.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 100
    imports = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {
        alias.name if isinstance(each, ast.Import) else str(each.module) for each in imports for alias in each.names
    }
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names


def test_the_public_files_are_fetched_with_a_page_that_needs_no_server(published: Published, tmp_path: Path) -> None:
    published.write(tmp_path / "office")
    files = {"": "wave.json", "/list.csv": "list.csv", "/results.csv": "results.csv"}

    def office(request: httpx.Request) -> httpx.Response:
        name = files.get(request.url.path.removeprefix("/registration/waves/1"))
        return httpx.Response(200, content=(tmp_path / "office" / name).read_bytes()) if name else httpx.Response(404)

    with httpx.Client(transport=httpx.MockTransport(office), base_url="http://medan") as client:
        written = publish(tmp_path / "copy", 1, client)
        with pytest.raises(OperatorError, match=r"wave\.json of wave 2"):
            publish(tmp_path / "none", 2, client)
    assert [Path(name).name for name in written] == ["wave.json", "list.csv", "results.csv", "verify.html"]
    assert ours(tmp_path / "copy")
    assert json.loads((tmp_path / "copy" / "wave.json").read_text()) == published.wave
