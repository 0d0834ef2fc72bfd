"""The file of partners is changed by commands: keys come and go in one step that no reader sees half done."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from deploy.operator import partner_file, partner_kit
from deploy.operator.installation import OperatorError
from deploy.partner_cli import partner
from deploy.simulators.badges import as_document, list_document
from deploy.simulators.base58 import multibase_key
from deploy.simulators.claims import new_platforms, partners_file
from services.incentive.adapters.partners import PartnerFile, status_list_path

NOW = datetime(2020, 8, 20, 3, 0, tzinfo=UTC)


@pytest.fixture
def key(tmp_path: Path) -> Path:
    partner_file.make_key(tmp_path / "own.pem")
    return tmp_path / "own.pem"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "partners.json"
    path.write_text(partners_file(PLATFORMS))
    path.chmod(0o600)
    return path


PLATFORMS = new_platforms({"TOKOPEDIA": "TKP", "BUKALAPAK": "BKL"})
OLD = PLATFORMS[0].public_key()


def test_a_key_is_rotated_step_by_step_without_a_moment_in_which_none_counts(file: Path, key: Path) -> None:
    new = partner_kit.platform_of("X", partner_kit.private_key(key)).public_key()
    partners = PartnerFile(file)

    def active() -> list[bool]:
        found = partners.by_code("TOKOPEDIA")
        assert found
        return [each.active for each in found.keys]

    assert active() == [True]
    partner_file.add_key(file, "TOKOPEDIA", new)
    assert active() == [True, True]
    with pytest.raises(OperatorError, match="at most 2"):
        partner_file.add_key(file, "TOKOPEDIA", multibase_key(PLATFORMS[1].key))
    with pytest.raises(OperatorError, match="already"):
        partner_file.add_key(file, "TOKOPEDIA", new)
    partner_file.revoke_key(file, "TOKOPEDIA", OLD, None, NOW)
    assert active() == [False, True]
    assert file.stat().st_mode & 0o777 == 0o600
    told = [(each["partner"], each["for"], each["status"]) for each in partner_file.keys(file)]
    assert told == [
        ("TOKOPEDIA", "claims", "revoked"),
        ("TOKOPEDIA", "claims", "active"),
        ("TOKOPEDIA", "badges", "active"),
        ("TOKOPEDIA", "requests", "active"),
        ("BUKALAPAK", "claims", "active"),
        ("BUKALAPAK", "badges", "active"),
        ("BUKALAPAK", "requests", "active"),
    ]


def test_a_key_of_badges_is_rotated_too(file: Path, key: Path) -> None:
    new = partner_kit.platform_of("X", partner_kit.private_key(key)).public_key()
    partner_file.add_key(file, "TOKOPEDIA", new, for_badges=True)
    found = PartnerFile(file).by_code("TOKOPEDIA")
    assert found
    assert found.badges
    assert ([each.active for each in found.badges.keys], len(found.keys)) == ([True, True], 1)
    with pytest.raises(OperatorError, match="already"):
        partner_file.add_key(file, "TOKOPEDIA", new, for_badges=True)
    plain = [{**row, "badges": None} for row in json.loads(file.read_text())]
    file.write_text(json.dumps(plain))
    with pytest.raises(OperatorError, match="no agreement about badges"):
        partner_file.add_key(file, "TOKOPEDIA", new, for_badges=True)
    assert {each["for"] for each in partner_file.keys(file)} == {"claims", "requests"}


def test_the_secret_of_requests_is_rotated_without_a_moment_in_which_none_counts(file: Path, tmp_path: Path) -> None:
    old, target = PLATFORMS[0].sign_key, tmp_path / "new.secret"
    partners = PartnerFile(file)

    def counting() -> list[bytes]:
        found = partners.by_code("TOKOPEDIA")
        assert found
        return list(found.sign_keys)

    told = partner_file.add_sign_key(file, "TOKOPEDIA", target)
    new = target.read_text()
    assert counting() == [old.encode(), new.encode()]
    assert (len(new), target.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (64, 0o600, 0o600)
    assert new not in json.dumps(told)
    assert old not in json.dumps(partner_file.keys(file))
    with pytest.raises(OperatorError, match="exists"):
        partner_file.add_sign_key(file, "BUKALAPAK", target)
    with pytest.raises(OperatorError, match="has one sign key, or 2"):
        partner_file.add_sign_key(file, "TOKOPEDIA", tmp_path / "third.secret")
    assert not (tmp_path / "third.secret").exists()
    first, second = (each["fingerprint"] for each in told["requests"])
    with pytest.raises(OperatorError, match="no such key"):
        partner_file.retire_sign_key(file, "TOKOPEDIA", "0" * 12)
    partner_file.retire_sign_key(file, "TOKOPEDIA", first)
    assert counting() == [new.encode()]
    with pytest.raises(OperatorError, match="add another first"):
        partner_file.retire_sign_key(file, "TOKOPEDIA", second)
    assert counting() == [new.encode()]


def test_a_stolen_key_is_revoked_from_the_time_of_the_theft(file: Path) -> None:
    stolen = datetime(2020, 8, 19, 20, 0, tzinfo=UTC)
    partner_file.revoke_key(file, "TOKOPEDIA", multibase_key(PLATFORMS[0].key), stolen, NOW)
    found = PartnerFile(file).by_code("TOKOPEDIA")
    assert found
    assert found.keys[0].revoked_at == stolen
    for since, said in ((stolen.replace(tzinfo=None), "time zone"), (NOW.replace(year=2021), "ahead")):
        with pytest.raises(OperatorError, match=said):
            partner_file.revoke_key(file, "TOKOPEDIA", OLD, since, NOW)


def test_a_key_that_is_revoked_again_keeps_the_time_of_the_theft(file: Path) -> None:
    stolen = datetime(2020, 8, 19, 20, 0, tzinfo=UTC)
    partners = PartnerFile(file)

    def revoked_at() -> datetime | None:
        found = partners.by_code("TOKOPEDIA")
        assert found
        assert not found.keys[0].active
        return found.keys[0].revoked_at

    partner_file.revoke_key(file, "TOKOPEDIA", OLD, stolen, NOW)
    partner_file.revoke_key(file, "TOKOPEDIA", OLD, None, NOW)
    assert revoked_at() == stolen
    earlier = stolen.replace(hour=8)
    partner_file.revoke_key(file, "TOKOPEDIA", OLD, earlier, NOW)
    assert revoked_at() == earlier
    rows = json.loads(file.read_text())
    rows[0]["keys"][0].pop("revoked_at")
    file.write_text(json.dumps(rows))
    partner_file.revoke_key(file, "TOKOPEDIA", OLD, None, NOW)
    assert revoked_at() is None, "its signatures counted for nothing, and still do"


@pytest.mark.parametrize(
    ("partner_code", "text", "said"),
    [("NOBODY", OLD, "knows no partner"), ("BUKALAPAK", OLD, "no such key"), ("TOKOPEDIA", "whpk_x", "public key is")],
)
def test_a_slip_changes_nothing(file: Path, partner_code: str, text: str, said: str) -> None:
    before = file.read_bytes()
    with pytest.raises(OperatorError, match=said):
        partner_file.revoke_key(file, partner_code, text, None, NOW)
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]


def test_a_status_list_is_kept_once_it_is_verified(file: Path, tmp_path: Path) -> None:
    badge_key = PLATFORMS[0].badge_key
    assert badge_key
    source = tmp_path / "list.json"
    source.write_text(json.dumps(as_document(badge_key, list_document("tokopedia", NOW, (3, 5)))))
    assert partner_file.store_status_list(file, "TOKOPEDIA", source, NOW)["withdrawn"] == 2
    assert PartnerFile(file).status_list("TOKOPEDIA") == source.read_bytes()
    with pytest.raises(OperatorError, match="BADGE_ISSUER_WRONG"):
        partner_file.store_status_list(file, "BUKALAPAK", source, NOW)
    with pytest.raises(OperatorError, match="cannot be read"):
        partner_file.store_status_list(file, "TOKOPEDIA", tmp_path / "none", NOW)
    assert not status_list_path(file, "BUKALAPAK").exists()


def test_an_older_list_never_takes_the_place_of_a_newer_one(file: Path, tmp_path: Path) -> None:
    badge_key, source = PLATFORMS[0].badge_key, tmp_path / "list.json"
    assert badge_key

    def offer(made_at: datetime, *withdrawn: int) -> None:
        source.write_text(json.dumps(as_document(badge_key, list_document("tokopedia", made_at, withdrawn))))
        partner_file.store_status_list(file, "TOKOPEDIA", source, NOW)

    offer(NOW - timedelta(days=1), 3, 5)
    newer = source.read_bytes()
    with pytest.raises(OperatorError, match="STATUS_LIST_OLDER"):
        offer(NOW - timedelta(days=1, seconds=1), 3)
    assert PartnerFile(file).status_list("TOKOPEDIA") == newer
    offer(NOW - timedelta(days=1), 3, 5, 7)
    offer(NOW, 3)
    assert PartnerFile(file).status_list("TOKOPEDIA") == source.read_bytes()
    status_list_path(file, "TOKOPEDIA").write_text("cut off by a full disk")
    offer(NOW - timedelta(days=1), 3, 5)


def test_a_private_key_is_never_written_over(key: Path) -> None:
    assert key.stat().st_mode & 0o777 == 0o600
    with pytest.raises(OperatorError, match="exists"):
        partner_file.make_key(key)


def test_the_commands_of_the_line_do_what_the_functions_do(file: Path, capsys: Any) -> None:
    assert partner(["keys", "--file", str(file), "--json"], result_action="return_value") == 0
    assert len(json.loads(capsys.readouterr().out)) == 6
    rotate = ["add-sign-key", "TOKOPEDIA", str(file.parent / "new.secret"), "--file", str(file), "--json"]
    assert partner(rotate, result_action="return_value") == 0
    first = json.loads(capsys.readouterr().out)["requests"][0]["fingerprint"]
    assert partner(["retire-sign-key", "TOKOPEDIA", first, "--file", str(file)], result_action="return_value") == 0
    badges = ["add-key", "TOKOPEDIA", multibase_key(PLATFORMS[1].key), "--badges", "--file", str(file)]
    assert partner(badges, result_action="return_value") == 0
    capsys.readouterr()
    revoke = ["revoke-key", "TOKOPEDIA", OLD, "--file", str(file)]
    assert partner([*revoke, "--since", "2020-08-19T20:00:00+07:00"], result_action="return_value") == 0
    assert partner(["add-key", "NOBODY", OLD, "--file", str(file)], result_action="return_value") == 1
    assert "knows no partner" in capsys.readouterr().err
