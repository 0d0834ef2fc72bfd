"""Backup and restore of one database, and reporting's rebuild marks, on the session's real servers."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from deploy.operator import rebuild
from deploy.operator.backup import backup
from deploy.operator.installation import ACCESS, Installation
from deploy.operator.restore import confirm, restore
from shared.engine.marks import FEEDS
from shared.engine.ports import Put
from shared.engine.restore import is_quarantined
from tests.servers import Space

pytestmark = pytest.mark.servers


def installed(space: Space, folder: Path) -> Installation:
    key = folder / "master.key"
    key.write_text(secrets.token_hex(32))
    told = {"MONGO": space.mongo, "KAFKA": space.kafka, "MASTER_KEY_FILE": str(key)}
    told |= {"DATABASE_PREFIX": space.database_prefix, "TOPIC_PREFIX": space.topic_prefix}
    environment = {f"GELOMBANG_{name}": value for name, value in told.items()}
    return Installation(folder, environment, "http://127.0.0.1:1", {})


async def test_a_database_comes_back_as_it_was_and_in_quarantine(space: Space, tmp_path: Path) -> None:
    here = installed(space, tmp_path)
    incentive, key = here.database("incentive"), here.settings.master_key_file
    rows = [Put("journal", {"_id": n, "epoch": 1, "commit": f"c{n}", "entries": []}) for n in range(1, 1201)]
    head = {"_id": "head", "n": 1200, "epoch": 1, "sequences": {"3": 7}, "starts": {}}
    await incentive.write([*rows, Put("heads", head)])
    manifest = await backup(here, tmp_path / "b", key)
    assert manifest["databases"]["incentive"]["files"]["journal.bson"]["documents"] == 1200

    await incentive.write([Put("journal", {"_id": 1201, "epoch": 1, "commit": "late", "entries": []})])
    await here.database(ACCESS).write([Put("staff", {"_id": "later"})])
    told = await restore(here, tmp_path / "b", key, here.settings.topic_prefix, await here.running())
    assert told["epochs"]["incentive"] == 2
    assert await incentive.count("journal") == 1200
    assert await here.database(ACCESS).count("staff") == 0
    after = await incentive.get("heads", "head")
    assert after == {**head, "epoch": 2, "starts": {"3": 7}}
    assert await is_quarantined(incentive)
    await confirm(incentive, "incentive")
    assert not await is_quarantined(incentive)
    await here.close()


async def test_a_service_that_runs_is_seen_by_its_lease(space: Space, tmp_path: Path) -> None:
    here = installed(space, tmp_path)
    assert await here.database("incentive").lease("incentive", "somebody", 10)
    assert await here.running() == ["incentive"]
    await here.database("incentive").release("incentive", "somebody")
    assert await here.running() == []
    await here.close()


async def test_a_rebuild_leaves_nothing_projected_and_marks_that_no_log_holds(space: Space, tmp_path: Path) -> None:
    here = installed(space, tmp_path)
    reporting = here.database("reporting")
    await reporting.write([Put("waves", {"_id": "wave-1"}), Put("parked", {"_id": "a", "state": "waiting"})])
    await rebuild.start(reporting, ["registration"], space.topic_prefix, partitions=3)
    assert await reporting.count("waves") == await reporting.count("parked") == 0
    marks = await reporting.find(FEEDS)
    assert [(mark["offset"], mark["mark"], mark["epoch"], mark["last"]) for mark in marks] == [(1, 0, 1, "rebuild")] * 3
    await here.close()
