"""The database's part: the replica set, and one user per service with the databases of the matrix."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pymongo
from pymongo.errors import OperationFailure

from deploy.provision.matrix import MATRIX

NOT_YET_INITIALISED = 94
Client = pymongo.AsyncMongoClient[dict[str, Any]]


async def create_replica_set(client: Client, name: str, host: str) -> None:
    """Make a lone server the primary of its own set, which transactions need. `client` is connected directly."""
    try:
        await client.admin.command("replSetGetStatus")
    except OperationFailure as error:
        if error.code != NOT_YET_INITIALISED:
            raise
        await client.admin.command("replSetInitiate", {"_id": name, "members": [{"_id": 0, "host": host}]})
    while True:
        if (await client.admin.command("hello"))["isWritablePrimary"]:
            return
        await asyncio.sleep(0.1)


async def create_users(client: Client, passwords: Mapping[str, str], prefix: str = "") -> None:
    """Create each user, or give it this password and exactly these databases."""
    for user, password in passwords.items():
        roles = [{"role": role, "db": prefix + name} for name, role in MATRIX[user].databases.items()]
        known = (await client.admin.command("usersInfo", user))["users"]
        command = "updateUser" if known else "createUser"
        await client.admin.command(command, user, pwd=password, roles=roles, mechanisms=["SCRAM-SHA-256"])
