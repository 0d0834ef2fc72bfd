"""Queries about claims and badges of course platforms, by name, each bounded and on an index of store.py."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.incentive.domain.certificates import Certificate
from services.incentive.domain.completion import ClaimSeen
from services.incentive.domain.partner_rates import KEPT_PER_HOUR, PartnerHour
from services.incentive.domain.refused_claims import RefusedClaim
from services.incentive.store import LONG_AGO, some
from shared.engine.ports import Database

NOBODYS = "-"
"""Asks for the refused claims that no signature proved to be anybody's."""


async def refused_claims(
    database: Database, limit: int, *, of: str | None = None, since: datetime = LONG_AGO, skip: int = 0
) -> list[RefusedClaim]:
    """Refused claims since an instant, the latest first: all, those a platform's key had signed, or NOBODYS."""
    where: dict[str, Any] = {"refused_at": {"$gte": since}}
    if of:
        where["partner_code"] = None if of == NOBODYS else of
    latest = [("refused_at", -1), ("_id", 1)]
    return await some(database, RefusedClaim, where, sort=latest, skip=skip, limit=limit)


async def floods(database: Database) -> list[PartnerHour]:
    """Platforms of whom more was refused in their last hour than is kept. There are as many hours as platforms."""
    hours = await some(database, PartnerHour, {}, limit=200)
    return [hour for hour in hours if hour.refusals > KEPT_PER_HOUR]


async def refused_claims_by_digest(database: Database, digests: Sequence[str]) -> list[RefusedClaim]:
    """Refused claims with these bodies, whoever sent them; a body may have been refused more than once."""
    return await some(database, RefusedClaim, {"digest": {"$in": list(digests)}}, limit=4 * len(digests))


async def claims_by_key(database: Database, key: str, since: datetime, limit: int) -> list[ClaimSeen]:
    """Claims that a key signed from an instant on and that nobody doubts yet."""
    where = {"key": key, "signed_at": {"$gte": since}, "doubted": False}
    return await some(database, ClaimSeen, where, sort=[("signed_at", 1)], limit=limit)


async def badges_of(database: Database, partner_code: str, after: str, limit: int) -> list[Certificate]:
    """A page of the badges that stand in a platform's list, in order of id."""
    return await some(database, Certificate, {"status_list": partner_code, "_id": {"$gt": after}}, limit=limit)
