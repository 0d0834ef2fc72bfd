"""When everything is at rest: conditions read from the services' own records, so that no step waits for a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

from deploy.demo.office import Office, until
from deploy.provision.matrix import MATRIX
from shared.engine.ports import Document

TELLING = ("registration", "incentive", "notification")
WAKING = {"registration": ("applicants", "wake_at"), "incentive": ("participants", "next_action_at")}
"""Where a service keeps the instants at which time alone changes something."""
SOON = timedelta(hours=1)
"""Outside work that is due later waits for something: for a bank to open."""
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
"""Lower end of a range of times: without one SecantusDB walks through all that have none."""


async def until_idle(office: Office, *services: str, seconds: float = 900) -> None:
    """Wait until the named services have told and heard everything and done all their outside work."""
    for service in services:
        await until(f"{service} to finish its work", partial(_idle, office, service), seconds)


async def go_to(office: Office, programme: datetime) -> None:
    """Programme time jumps, once all is done that belongs before it: else days would pass within one act, and a
    message on its way would be given up as too old."""
    await until_idle(office, *TELLING)
    await office.set_time(programme)


async def until_day_is_done(office: Office) -> None:
    """Wait until the bank has acted and incentive has decided all that the time now causes."""
    await until("the bank to act", partial(_bank_is_idle, office))
    await until_idle(office, "incentive")


async def _bank_is_idle(office: Office) -> bool | None:
    return (await office.outside("GET", "/bank/simulator/waiting"))["acts"] == 0 or None


async def _idle(office: Office, service: str) -> bool | None:
    """What is cheap to ask comes first: SecantusDB reads all that match, whatever the limit."""
    busy = (
        await _has_more_to_tell(office, service)
        or await _has_more_to_hear(office, service)
        or await _has_effects(office, service)
        or await _is_overdue(office, service)
        or await _has_rings(office, service)
    )
    return None if busy else True


async def _has_more_to_tell(office: Office, service: str) -> bool:
    position = await office.database.get(f"{service}:relay", "position") or {"n": 0}
    return bool((await _head(office, service)).get("n", 0) != position["n"])


async def _has_more_to_hear(office: Office, service: str) -> bool:
    """Some mark does not stand where its source's numbers do."""
    marks = {feed["_id"]: feed["mark"] for feed in await office.database.find(f"{service}:feeds")}
    for source in MATRIX[service].hears:
        for partition, number in (await _head(office, source)).get("sequences", {}).items():
            if marks.get(f"gelombang.{source}.v1/{partition}", 0) < number:
                return True
    return False


async def _has_effects(office: Office, service: str) -> bool:
    """Work is under way or due, or an unknown outcome is to be asked about now."""
    collection = f"{service}:effects"
    if await office.database.find(collection, {"state": "attempting"}, limit=1):
        return True
    now = office.clock.now()
    unknown = await office.database.find(collection, {"state": "unknown"}, fields=["next_at"])
    if any(each["next_at"] <= now for each in unknown):
        return True
    due = {"state": "due", "next_at": {"$gt": LONG_AGO, "$lte": now + SOON}}
    return bool(await office.database.find(collection, due, limit=1, fields=["_id"]))


async def _is_overdue(office: Office, service: str) -> bool:
    if service not in WAKING:
        return False
    collection, field = WAKING[service]
    where = {field: {"$gt": LONG_AGO, "$lte": office.clock.now()}}
    return bool(await office.database.find(f"{service}:{collection}", where, limit=1, fields=["_id"]))


async def _has_rings(office: Office, service: str) -> bool:
    """Rings of identities have members to hold, release or refuse."""
    if service != "registration":
        return False
    return bool(await office.database.find("registration:rings", {"waiting": True}, limit=1, fields=["_id"]))


async def _head(office: Office, service: str) -> Document:
    return await office.database.get(f"{service}:heads", "head") or {}
