"""The database of an embedded installation that is not up: started for one command, stopped after it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from deploy.embedded import KEYS
from deploy.operator.installation import Installation, OperatorError, find
from deploy.servers import Secantus
from shared.engine.ports import TransientError


@asynccontextmanager
async def with_database(folder: Path) -> AsyncIterator[Installation]:
    """The installation, its database answering. One that never ran is begun when its secrets are there."""
    found = _found(folder)
    try:
        await found.database("registration").get("heads", "head")
    except TransientError:
        await found.close()
        async with _started(found) as started:
            yield started
        return
    try:
        yield found
    finally:
        await found.close()


def _found(folder: Path) -> Installation:
    try:
        return find(folder)
    except OperatorError:
        files = {key: folder / "secrets" / f"{key}.key" for key in KEYS}
        if not all(path.is_file() for path in files.values()):
            raise OperatorError(f"bring the installation's secrets to {folder / 'secrets'} first") from None
        told = {f"GELOMBANG_{key.upper()}_KEY_FILE": str(path) for key, path in files.items()}
        return Installation(folder, {"GELOMBANG_MONGO": "mongodb://127.0.0.1:1/?directConnection=true", **told}, "", {})


@asynccontextmanager
async def _started(found: Installation) -> AsyncIterator[Installation]:
    server = Secantus(found.folder.resolve() / "database")
    await server.start()
    here = replace(found, environment={**found.environment, "GELOMBANG_MONGO": server.uri}, _open={}, _brokers=[])
    try:
        yield here
    finally:
        await here.close()
        await server.stop()
