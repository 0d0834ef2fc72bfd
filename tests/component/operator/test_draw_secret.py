"""What an official does on the own machine: make a secret once, check a share, bring it all to the draw."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from deploy.cli import app
from deploy.operator import draw_secret
from deploy.operator.installation import OperatorError
from services.registration.adapters.share_signatures import genuine
from services.registration.domain import officials, sharing
from services.registration.domain.officials import Official

NAMES = ["Kepala Dinas", "Inspektur", "Kominfo", "Forum Pekerja", "Forum Pelatihan"]


def made(folder: Path, name: str = NAMES[1]) -> dict[str, Any]:
    return draw_secret.make(folder, 1, name, NAMES)


def test_an_official_gets_a_secret_a_commitment_and_a_share_for_each_of_the_others(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    found = made(folder)
    assert found["files"] == [
        "commitment.json",
        "secret.json",
        "share-1-kepala-dinas.json",
        "share-3-kominfo.json",
        "share-4-forum-pekerja.json",
        "share-5-forum-pelatihan.json",
    ]
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in folder.iterdir())
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    own, public = (draw_secret.read(folder / name) for name in ("secret.json", "commitment.json"))
    assert sharing.commitment(own["secret"]) == public["points"][0] == found["commitment"]
    assert own["secret"] not in (folder / "commitment.json").read_text()
    assert len(public["points"]) == found["threshold"] == 3


def test_a_secret_is_made_once(tmp_path: Path) -> None:
    made(tmp_path / "mine")
    with pytest.raises(OperatorError, match="would replace one whose shares"):
        made(tmp_path / "mine")


@pytest.mark.parametrize("names", [[], NAMES[:2], [*NAMES, NAMES[1]], NAMES[2:], [str(n) for n in range(10)]])
def test_an_official_names_everybody_and_the_own_name(names: list[str], tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="name all officials"):
        draw_secret.make(tmp_path / "mine", 1, NAMES[1], names)
    assert not (tmp_path / "mine").exists()


def test_a_share_is_checked_against_the_commitment_of_its_official_alone(tmp_path: Path) -> None:
    for name in NAMES[:2]:
        made(tmp_path / name, name)
    share, own, other = (
        tmp_path / NAMES[1] / "share-3-kominfo.json",
        tmp_path / NAMES[1] / "commitment.json",
        tmp_path / NAMES[0] / "commitment.json",
    )
    assert draw_secret.check(share, own) == {"official": NAMES[1], "holder": "Kominfo", "number": 3, "holds": True}
    assert not draw_secret.check(share, other)["holds"]
    share.write_text(json.dumps({**draw_secret.read(share), "number": 4}))
    assert not draw_secret.check(share, own)["holds"]
    with pytest.raises(OperatorError, match="not a share and its commitment"):
        draw_secret.check(own, share)


def test_a_holder_signs_for_the_share_with_the_own_secret(tmp_path: Path) -> None:
    for number, name in enumerate(NAMES[:3]):
        made(tmp_path / str(number), name)
    share, promised, own = (
        tmp_path / "1" / "share-3-kominfo.json",
        tmp_path / "1" / "commitment.json",
        tmp_path / "2" / "secret.json",
    )
    target = tmp_path / "signed.json"
    found = draw_secret.sign(target, share, promised, own)

    assert found == {"official": "Inspektur", "holder": "Kominfo", "file": str(target)}
    word, points = draw_secret.read(target), draw_secret.read(promised)["points"]
    key = draw_secret.read(tmp_path / "2" / "commitment.json")["points"][0]
    text = officials.acknowledgement(1, NAMES, "Inspektur", points, "Kominfo")
    assert genuine(key, text, word["signature"])
    assert (word["wave"], word["official"], word["points"], word["holder"]) == (1, "Inspektur", points, "Kominfo")
    assert draw_secret.read(own)["secret"] not in target.read_text()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"share": "05" * 32}, "does not fit"),
        ({"holder": "Forum Pekerja"}, "does not fit"),
        ({"number": 4}, "does not fit"),
        ({"wave": 2}, "does not fit"),
        ({"share": None}, "does not fit"),
    ],
)
def test_a_holder_signs_for_no_share_that_does_not_fit(changed: dict[str, Any], said: str, tmp_path: Path) -> None:
    for number, name in ((1, NAMES[1]), (2, NAMES[2])):
        made(tmp_path / str(number), name)
    share = tmp_path / "1" / "share-3-kominfo.json"
    share.write_text(json.dumps({**draw_secret.read(share), **changed}))
    with pytest.raises(OperatorError, match=said):
        draw_secret.sign(tmp_path / "x.json", share, tmp_path / "1" / "commitment.json", tmp_path / "2" / "secret.json")
    assert not (tmp_path / "x.json").exists()


def test_nobody_signs_with_a_file_that_is_no_secret_of_a_holder(tmp_path: Path) -> None:
    made(tmp_path / "1")
    share, promised = tmp_path / "1" / "share-3-kominfo.json", tmp_path / "1" / "commitment.json"
    with pytest.raises(OperatorError, match="is not the secret of a holder"):
        draw_secret.sign(tmp_path / "x.json", share, promised, promised)
    with pytest.raises(OperatorError, match="does not fit"):
        draw_secret.sign(tmp_path / "x.json", share, promised, tmp_path / "1" / "secret.json")


def test_a_name_is_kept_as_the_office_keeps_it(tmp_path: Path) -> None:
    spaced = ["Kepala  Dinas ", *NAMES[1:]]
    draw_secret.make(tmp_path / "mine", 1, "Kepala Dinas", spaced)
    assert draw_secret.read(tmp_path / "mine" / "secret.json")["officials"] == NAMES
    with pytest.raises(OperatorError, match="1 to 80 readable characters"):
        draw_secret.make(tmp_path / "other", 1, NAMES[1], ["\x00", *NAMES[1:]])


def test_three_share_files_and_four_secret_files_open_everything(tmp_path: Path) -> None:
    people = []
    for number, name in enumerate(NAMES):
        made(tmp_path / str(number), name)
        points = draw_secret.read(tmp_path / str(number) / "commitment.json")["points"]
        people.append(Official(name, tuple(points), tuple(NAMES)))
    given = [tmp_path / str(number) / "secret.json" for number in (0, 2, 3, 4)]
    shares = sorted((tmp_path / "1").glob("share-*.json"))[1:]
    draw_secret.write_opening(tmp_path / "opening.json", given, shares)
    body = draw_secret.read(tmp_path / "opening.json")
    by_holder = {each["holder"]: each["share"] for each in body["shares"]}
    secrets = {each["official"]: each["secret"] for each in body["secrets"]}
    opened = officials.open_secrets(people, 3, secrets, {NAMES[1]: by_holder})
    assert opened.secrets[1] == draw_secret.read(tmp_path / "1" / "secret.json")["secret"]
    assert opened.by_shares == (NAMES[1],)


@pytest.mark.parametrize("text", ["", "[]", "{}"])
def test_what_is_no_file_of_the_ceremony_is_said_in_words(text: str, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(OperatorError):
        draw_secret.opening([path], [])
    with pytest.raises(OperatorError, match="cannot be read"):
        draw_secret.read(tmp_path / "none.json")


def test_the_commands_do_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = tmp_path / "mine"
    every = [word for name in NAMES for word in ("--official", name)]
    assert app(["draw", "secret", str(mine), "--wave", "1", "--name", NAMES[0], *every]) == 0
    share, commitment = str(mine / "share-2-inspektur.json"), str(mine / "commitment.json")
    assert app(["draw", "share", "check", share, commitment]) == 0
    assert "holds: True" in capsys.readouterr().out
    made(tmp_path / "other")
    signing = [str(tmp_path / "signed.json"), share, commitment, str(tmp_path / "other" / "secret.json")]
    assert app(["draw", "share", "sign", *signing]) == 0
    assert "holder: Inspektur" in capsys.readouterr().out
    (mine / "commitment.json").write_text(json.dumps({"wave": 2, "official": NAMES[0], "points": []}))
    assert app(["draw", "share", "check", share, commitment]) == 1
    assert app(["draw", "opening", str(tmp_path / "all.json"), str(mine / "secret.json"), "--share", share]) == 0
    assert app(["draw", "verify", str(tmp_path)]) == 1
    assert "lacks wave.json" in capsys.readouterr().err
