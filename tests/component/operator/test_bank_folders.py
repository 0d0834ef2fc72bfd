"""A backup holds the folders of banks, register and files; a restore checks them and leaves the live ones alone."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Any

import pytest

from deploy.operator.backup import MANIFEST, backup, lines
from deploy.operator.bank_folders import DIRECTORY, folders_of
from deploy.operator.installation import OperatorError
from deploy.operator.restore import checked, restore
from services.incentive.adapters.files.messages import FileOrder
from services.incentive.adapters.files.register import Register
from tests.component.operator.test_backup import twins
from tests.unit.incentive.bank import NOW

NUMBER = "1234567800"


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "master.key"
    path.write_text(secrets.token_hex(32))
    return path


def bank(tmp_path: Path) -> tuple[Path, Register]:
    """A bank's folder with one file to it and one from it; its register is open, as the service has it."""
    folder = tmp_path / "live" / "bni"
    register = Register(folder / "register.sqlite3")
    register.take(FileOrder("GLB" + "A" * 27, "BNINIDJA", NUMBER, "Ann", 600_000), "B1", NOW)
    register.cut("B1", NOW)
    for part, name in (("outbox", "B1-001.xml"), ("taken", "report.xml"), ("outbox", ".B1-002.xml")):
        (folder / part).mkdir(exist_ok=True)
        (folder / part / name).write_text(f"<{part}/>")
    (folder / "inbox").mkdir()
    (folder / "inbox" / "link.xml").symlink_to(tmp_path / "master.key")
    return folder, register


async def test_register_and_files_of_each_bank_are_in_the_backup(tmp_path: Path, key: Path) -> None:
    folder, register = bank(tmp_path)
    manifest = await backup(await twins(), tmp_path / "b", key, {"bni": folder})
    assert sorted(manifest["banks"]["bni"]) == ["outbox/B1-001.xml", "register.sqlite3", "taken/report.xml"]
    copy = Register(tmp_path / "b" / "banks" / "bni" / "register.sqlite3")
    assert [each.amount_rupiah for each in copy.orders_in("B1-001")] == [600_000]
    assert (tmp_path / "b" / "banks" / "bni" / "outbox" / "B1-001.xml").read_text() == "<outbox/>"
    assert (tmp_path / "b" / "banks" / "bni" / "outbox" / "B1-001.xml").stat().st_mode & 0o777 == 0o600
    assert "bank bni: 3 files" in lines(manifest, tmp_path)
    register.handed("B1-001")
    assert [each.file_id for each in copy.unfinished()] == ["B1-001"], "a copy, not the same file"
    for each in (copy, register):
        each.close()


async def test_a_restore_checks_the_copies_and_leaves_the_live_folder_alone(tmp_path: Path, key: Path) -> None:
    folder, register = bank(tmp_path)
    town = await twins()
    await backup(town, tmp_path / "b", key, {"bni": folder})
    (folder / "outbox" / "B1-001.xml").unlink()
    await restore(town, tmp_path / "b", key, "gelombang.")
    assert not (folder / "outbox" / "B1-001.xml").exists(), "it was carried: put back it would be paid twice"
    (tmp_path / "b" / "banks" / "bni" / "taken" / "report.xml").write_text("changed")
    with pytest.raises(OperatorError, match=r"damaged: banks/bni/taken/report\.xml"):
        checked(tmp_path / "b", key)
    register.close()


async def test_a_backup_of_an_earlier_release_is_still_read(tmp_path: Path, key: Path) -> None:
    await backup(await twins(), tmp_path / "b", key)
    manifest: dict[str, Any] = json.loads((tmp_path / "b" / MANIFEST).read_text())
    assert "no folder of a bank: GELOMBANG_BANKS_DIRECTORY names none here" in lines(manifest, tmp_path)
    del manifest["banks"]
    (tmp_path / "b" / MANIFEST).write_text(json.dumps(manifest))
    assert checked(tmp_path / "b", key)["version"] == 1


def test_the_folders_are_those_that_the_banks_files_name(tmp_path: Path) -> None:
    own = {"name": "Dinas", "number": "1234567", "bank_code": "BNINIDJA"}
    row = {"adapter": "files", "folder": str(tmp_path / "bni"), "partners": {"BNI": "BNINIDJA"}, "account": own}
    place = tmp_path / "banks"
    place.mkdir()
    (place / "bni.json").write_text(json.dumps(row))
    assert folders_of({DIRECTORY: str(place)}) == {"bni": tmp_path / "bni"}
    assert folders_of({}) == {}
    (place / "bri.json").write_text("{}")
    with pytest.raises(OperatorError, match=r"bri\.json"):
        folders_of({DIRECTORY: str(place)})
