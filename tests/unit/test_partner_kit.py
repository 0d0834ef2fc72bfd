"""The conformance kit: one command, no server; other languages compute what it writes, and it finds mistakes."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from deploy.operator import partner_badges, partner_file, partner_kit
from deploy.operator.partner_vectors import SEED, vectors
from deploy.partner_cli import check
from deploy.servers import ROOT
from deploy.simulators.badges import as_token, badge_document
from deploy.simulators.claims import FORGERIES
from deploy.simulators.forged_badges import CHANGES, MANNERS
from deploy.simulators.forged_bodies import FORGED

GUIDE = ROOT / "docs" / "partners"
NOW = datetime(2020, 8, 20, 3, 0, tzinfo=UTC)
PROGRAMS = {
    "sign.mjs": ("node", ["node"]),
    "sign.go": ("go", ["go", "run"]),
    "Sign.java": ("java", ["java"]),
    "sign.py": (sys.executable, [sys.executable]),
}


@pytest.fixture
def key(tmp_path: Path) -> Path:
    partner_file.make_key(tmp_path / "own.pem")
    return tmp_path / "own.pem"


def test_one_command_tries_every_rule_and_writes_samples(key: Path, tmp_path: Path, capsys: Any) -> None:
    assert check(key=key, partner="TOKOPEDIA", out=tmp_path / "out") == 0
    printed = capsys.readouterr().out
    assert printed.count("pass  ") > 25
    assert "FAIL" not in printed
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"claims.json", "forged.json", "vectors.json"}
    claims = json.loads((tmp_path / "out" / "claims.json").read_text())
    assert [each["expected"] for each in claims] == ["believed", "believed"]
    assert len(json.loads((tmp_path / "out" / "forged.json").read_text())) > 100


def test_claims_of_one_s_own_program_are_judged_and_a_mistake_is_named(key: Path, tmp_path: Path, capsys: Any) -> None:
    out = tmp_path / "out"
    check(key=key, partner="TOKOPEDIA", out=out)
    assert check(key=key, partner="TOKOPEDIA", claims=out / "claims.json", out=out) == 0
    assert check(key=key, partner="TOKOPEDIA", claims=out / "forged.json", out=out) == 0
    rows = json.loads((out / "claims.json").read_text())
    # The commonest mistake: the body is written anew after signing.
    compact = json.dumps(json.loads(base64.b64decode(rows[0]["body_base64"])), separators=(",", ":"))
    rows[0]["body_base64"] = base64.b64encode(compact.encode()).decode()
    (out / "mine.json").write_text(json.dumps(rows))
    capsys.readouterr()
    assert check(key=key, partner="TOKOPEDIA", claims=out / "mine.json", out=out, json=True) == 1
    told = json.loads(capsys.readouterr().out)
    (failed,) = [each for each in told["rules"] if not each["holds"]]
    assert (failed["rule"], failed["said"]) == ("own: with certificate number", "SIGNATURE_WRONG")


def test_a_key_of_another_partner_is_found(key: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    check(key=key, partner="TOKOPEDIA", out=out)
    partner_file.make_key(tmp_path / "other.pem")
    assert check(key=tmp_path / "other.pem", partner="TOKOPEDIA", claims=out / "claims.json", out=out) == 1


def test_a_badge_key_is_tried_too_and_own_badges_are_judged(key: Path, tmp_path: Path, capsys: Any) -> None:
    out, badge_file = tmp_path / "out", tmp_path / "badge.pem"
    partner_file.make_key(badge_file)
    assert check(key=key, partner="TOKOPEDIA", badge_key=badge_file, out=out) == 0
    assert capsys.readouterr().out.count("refused: BADGE_") > 20
    scene = partner_kit.scene_of(partner_kit.platform_of("TOKOPEDIA", partner_kit.private_key(key)), NOW)
    document = badge_document("tokopedia", partner_kit.CODE, partner_kit.COURSE, NOW, 7)
    document |= {"issuer": "https://own.example"}
    credential = as_token(partner_kit.private_key(badge_file), document)
    sent = scene.with_fields(certificate_number=None, credential=credential)
    row = {"name": "badge", "key": partner_kit.CODE, "at": NOW.isoformat()}
    row |= {"headers": {name: value.decode() for name, value in sent.headers}}
    row |= {"body_base64": base64.b64encode(sent.body or b"").decode()}
    mine = tmp_path / "mine.json"
    mine.write_text(json.dumps([row]))
    known: dict[str, Any] = {"key": key, "partner": "TOKOPEDIA", "claims": mine, "badge_key": badge_file, "out": out}
    assert check(**known, issuer="https://own.example") == 0
    assert check(**known, issuer="https://other.example") == 1
    assert "FAIL  own: badge  (BADGE_ISSUER_WRONG)" in capsys.readouterr().out


@pytest.mark.parametrize("content", ["", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "whsk_AAAA"])
def test_what_is_no_key_is_said_so(content: str, tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "key"
    path.write_text(content)
    assert check(key=path, partner="TOKOPEDIA", out=tmp_path) == 1
    assert "no private key" in capsys.readouterr().err


def test_the_standard_webhooks_form_of_a_key_is_read(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text(vectors()["key"]["private"] + "\n")
    assert partner_kit.private_key(path).private_bytes_raw() == SEED


def test_the_published_vectors_are_those_of_today() -> None:
    assert json.loads((GUIDE / "vectors.json").read_text(encoding="utf-8")) == vectors()


def test_every_reason_is_explained_to_platforms() -> None:
    guide = (GUIDE / "README.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"\b[A-Z][A-Z0-9]+(?:_[A-Z0-9]+)+\b", guide))
    judged = {expected for table in (FORGED, CHANGES, MANNERS, FORGERIES) for expected, _ in table.values()}
    source = (ROOT / "services/incentive/domain/completion.py").read_text(encoding="utf-8")
    decided = set(re.findall(r'Refused\("([A-Z_]+)"\)', source)) - {"COURSE_NOT_FINISHED"}
    border = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "services/incentive/adapters").glob("*.py"))
    raised = {code for code in re.findall(r'NotBelieved\("([A-Z0-9_]+)"', border) if not code.startswith("STATUS_LIST")}
    assert (judged | decided | raised) - explained == set()


def test_the_vectors_cover_every_kind_of_refusal_that_fits_into_a_file() -> None:
    kinds = {each["expected"] for each in vectors()["refused"]}
    assert kinds >= {"SIGNATURE_WRONG", "CLAIM_TOO_OLD", "DUPLICATE_JSON_KEY", "FIELD_UNKNOWN", "RECORD_KEY_DIFFERS"}
    assert len(kinds) >= 20


@pytest.mark.parametrize("program", sorted(PROGRAMS))
def test_programs_in_other_languages_sign_the_same(program: str) -> None:
    needs, command = PROGRAMS[program]
    if shutil.which(needs) is None:
        pytest.skip(f"{needs} is not here")
    found = vectors()
    step = found["steps"][0]
    arguments = [found["key"]["seed_hex"], step["id"], step["timestamp"], step["body"]]
    ended = subprocess.run([*command, str(GUIDE / program), *arguments], capture_output=True, timeout=110, check=False)
    assert ended.stdout.decode().strip() == step["signature"], ended.stderr.decode()[-500:]


def test_a_rule_that_the_border_no_longer_keeps_is_told_as_a_failure(
    key: Path, tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kit must not praise a border that believes everybody, nor one that believes nobody."""
    for module in (partner_kit, partner_badges):
        monkeypatch.setattr(module, "reason_of", lambda border, sent, at: "believed")
    assert check(key=key, partner="TOKOPEDIA", badge_key=key, out=tmp_path) == 1
    told = capsys.readouterr().out
    assert "FAIL  refused: SIGNATURE_WRONG" in told
    assert "FAIL  refused: BADGE_SIGNATURE_WRONG" in told
    assert "pass  refused" not in told
    for module in (partner_kit, partner_badges):
        monkeypatch.setattr(module, "reason_of", lambda border, sent, at: "BODY_MISSING")
    assert check(key=key, partner="TOKOPEDIA", badge_key=key, out=tmp_path) == 1
    assert capsys.readouterr().out.count("FAIL  believed") == 5
