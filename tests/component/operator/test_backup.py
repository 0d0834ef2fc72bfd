"""Backup and restore on twins: what comes back, what does not, and that nothing is paid before a person confirms."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from deploy.operator import restore as restoring
from deploy.operator.backup import MANIFEST, ORDER, backup
from deploy.operator.installation import OperatorError
from deploy.operator.restore import restore
from shared.engine.ports import Database, Put
from shared.engine.restore import is_quarantined
from tests.component.operator.town import ANNA, BUDI
from tests.fakes import MemoryDatabase, MemoryStore


@dataclass
class Twins:
    """All databases of an installation."""

    stores: dict[str, MemoryStore] = field(default_factory=lambda: {name: MemoryStore() for name in ORDER})

    def database(self, name: str) -> Database:
        return MemoryDatabase(self.stores[name])

    async def collections(self, name: str) -> list[str]:
        return sorted(self.stores[name].collections)

    async def put(self, name: str, collection: str, **document: Any) -> None:
        id = document.pop("id")
        await self.database(name).write([Put(collection, {"_id": id, **document})])


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "master.key"
    path.write_text(secrets.token_hex(32))
    return path


async def twins() -> Twins:
    made = Twins()
    for name in ("registration", "incentive", "notification"):
        await made.put(name, "heads", id="head", n=2, epoch=1, sequences={"0": 3, "1": 1}, starts={})
        await made.put(name, "leases", id=name, owner="x", until=0)
    for n in (1, 2):
        await made.put("registration", "journal", id=n, epoch=1, commit=f"c{n}", entries=[])
    for person in (ANNA, BUDI):
        await made.put("registration", "applicants", id=person, stage="eligible")
        await made.put("vault", "person_keys", id=person, wrapped="w")
    await made.put("access", "staff", id="kepala", password="hash")
    await made.put("access", "sessions", id="token", username="kepala")
    return made


async def test_a_backup_brings_everything_back_and_ends_in_quarantine(tmp_path: Path, key: Path) -> None:
    town = await twins()
    manifest = await backup(town, tmp_path / "b", key)
    assert manifest["databases"]["registration"]["n"] == 2
    before = town.stores["registration"].collections["journal"].copy()
    await town.put("registration", "journal", id=3, epoch=1, commit="c3", entries=[])
    await town.put("registration", "applicants", id="later", stage="pending")

    told = await restore(town, tmp_path / "b", key, "gelombang.")
    assert town.stores["registration"].collections["journal"] == before
    assert town.stores["registration"].document("applicants", "later") is None
    assert told["epochs"] == {"registration": 2, "incentive": 2, "notification": 2}
    head = town.stores["registration"].document("heads", "head")
    assert head == {"_id": "head", "n": 2, "epoch": 2, "sequences": {"0": 3, "1": 1}, "starts": {"0": 3, "1": 1}}
    for name in told["epochs"]:
        assert await is_quarantined(town.database(name))
    assert not await is_quarantined(town.database("reporting"))


async def test_leases_and_sessions_do_not_come_back(tmp_path: Path, key: Path) -> None:
    town = await twins()
    await backup(town, tmp_path / "b", key)
    await restore(town, tmp_path / "b", key, "gelombang.")
    assert town.stores["access"].documents("sessions") == []
    assert town.stores["registration"].documents("leases") == []
    assert town.stores["access"].document("staff", "kepala")


async def test_the_epoch_is_above_every_epoch_that_anybody_saw(tmp_path: Path, key: Path) -> None:
    town = await twins()
    await backup(town, tmp_path / "b", key)
    # Meanwhile: restored before, and a listener on another machine is further still.
    await town.put("registration", "heads", id="head", n=9, epoch=4, sequences={})
    await town.put("reporting", "feeds", id="gelombang.incentive.v1/0", mark=1, epoch=6)
    told = await restore(town, tmp_path / "b", key, "gelombang.")
    assert told["epochs"] == {"registration": 5, "incentive": 7, "notification": 2}


async def test_who_was_erased_after_the_backup_stays_erased(tmp_path: Path, key: Path) -> None:
    town = await twins()
    await backup(town, tmp_path / "b", key)
    await town.put("registration", "applicants", id=BUDI, stage="erased")
    told = await restore(town, tmp_path / "b", key, "gelombang.")
    assert told["erased_again"] == 1
    assert [each["_id"] for each in town.stores["vault"].documents("person_keys")] == [ANNA]


async def test_confirming_ends_the_quarantine_once(tmp_path: Path, key: Path) -> None:
    town = await twins()
    await backup(town, tmp_path / "b", key)
    await restore(town, tmp_path / "b", key, "gelombang.")
    told = await restoring.confirm(town.database("incentive"), "incentive")
    assert told["quarantine"] is False
    assert not await is_quarantined(town.database("incentive"))
    assert await is_quarantined(town.database("notification"))
    with pytest.raises(OperatorError, match="not in quarantine"):
        await restoring.confirm(town.database("incentive"), "incentive")


async def refusal(town: Twins, folder: Path, key: Path, running: tuple[str, ...] = ()) -> str:
    """Why it is refused; nothing was touched."""
    await town.put("registration", "applicants", id="later", stage="pending")
    with pytest.raises(OperatorError) as error:
        await restore(town, folder, key, "gelombang.", running)
    assert town.stores["registration"].document("applicants", "later")
    return str(error.value)


def edited(folder: Path, database: str, **fields: Any) -> None:
    path = folder / MANIFEST
    manifest = json.loads(path.read_text())
    manifest["databases"][database].update(fields)
    path.write_text(json.dumps(manifest))


async def test_what_must_not_be_restored_is_refused_before_anything_is_touched(tmp_path: Path, key: Path) -> None:
    town, folder = await twins(), tmp_path / "b"
    await backup(town, folder, key)
    assert "still running: incentive" in await refusal(town, folder, key, ("incentive",))
    other = tmp_path / "other.key"
    other.write_text(secrets.token_hex(32))
    assert "master key" in await refusal(town, folder, other)
    file = folder / "registration" / "applicants.bson"
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + b"x")
    assert "damaged: registration/applicants.bson" in await refusal(town, folder, key)
    file.write_bytes(whole)
    edited(folder, "vault", at="2000-01-01T00:00:00.000+00:00")
    assert "the vault is older than registration" in await refusal(town, folder, key)
    (folder / MANIFEST).unlink()
    assert "holds no manifest" in await refusal(town, folder, key)


async def test_a_backup_never_lands_on_another_one(tmp_path: Path, key: Path) -> None:
    town = await twins()
    await backup(town, tmp_path / "b", key)
    with pytest.raises(OperatorError, match="not empty"):
        await backup(town, tmp_path / "b", key)
    assert (tmp_path / "b" / MANIFEST).stat().st_mode & 0o077 == 0
