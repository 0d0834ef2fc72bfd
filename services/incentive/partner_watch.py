"""What the partners' files tell about completions that were taken before: withdrawn badges, keys stolen earlier.

A timer of the service looks every 30 seconds; what it finds becomes ordinary commands (later_findings.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from services.incentive import claim_store
from services.incentive.adapters.claim_body import NotBelieved
from services.incentive.adapters.partners import Badges, Partner, PartnerFile, PartnersUnreadable
from services.incentive.adapters.status_lists import StatusList, status_list_of
from services.incentive.domain.certificates import Certificate
from services.incentive.domain.later_findings import DoubtClaim, HearBadgeStatus
from shared.engine.ports import Clock, Database
from shared.engine.rules import Timer

AT_ONCE = 400
EVERY = timedelta(seconds=30)
"""A revocation reaches what was taken before within a minute; for new claims it counts at once."""


class PartnerWatch:
    """Remembers per partner which list it has gone through, so that a list is walked once and not each time."""

    def __init__(self, partners: PartnerFile, clock: Clock) -> None:
        self._partners, self._clock = partners, clock
        self._done: dict[str, str] = {}

    async def due(self, database: Database, now: datetime) -> Sequence[Any]:
        """Commands for what was found; a file that cannot be read finds nothing, and the border stops by itself."""
        try:
            partners = self._partners.all()
        except PartnersUnreadable:
            return []
        found: list[Any] = []
        for partner in partners:
            found += await self._stolen(database, partner)
            found += await self._withdrawn(database, partner)
        return found

    async def _stolen(self, database: Database, partner: Partner) -> list[Any]:
        """Claims signed from the instant on from which their key is revoked now."""
        found: list[Any] = []
        for key in partner.keys:
            if key.revoked_at is not None and not key.active:
                claims = await claim_store.claims_by_key(database, key.multibase, key.revoked_at, AT_ONCE)
                found += [DoubtClaim(claim.claim_key) for claim in claims if claim.claim_key.startswith(_own(partner))]
        return found

    async def _withdrawn(self, database: Database, partner: Partner) -> list[Any]:
        """A partner's badges looked up in a list that has not been gone through yet."""
        raw = self._partners.status_list(partner.partner_code) if partner.badges else None
        if partner.badges is None or raw is None:
            return []
        name, stamp = partner.partner_code, hashlib.sha256(raw).hexdigest()
        known = self._fresh(partner.badges, raw)
        if known is None or self._done.get(name) == stamp:
            return []
        found, after = [], ""
        while page := await claim_store.badges_of(database, name, after, AT_ONCE):
            after = page[-1].id
            found += [command for badge in page if (command := _told(badge, known))]
            if len(found) >= AT_ONCE:
                return found
        if not found:  # only a walk that found nothing is the last: what a restart interrupts is found again
            self._done[name] = stamp
        return found

    def _fresh(self, badges: Badges, raw: bytes) -> StatusList | None:
        wall = self._clock.wall()
        try:
            known = status_list_of(badges, raw, wall)
        except NotBelieved:
            return None
        return known if known.made_at >= wall - badges.fresh else None


def _own(partner: Partner) -> str:
    return f"{partner.partner_code}/"


def _told(badge: Certificate, known: StatusList) -> HearBadgeStatus | None:
    """What the list says about a badge, if it is news."""
    try:
        withdrawn = known.withdrawn(badge.status_index)
    except NotBelieved:
        return None
    is_news = withdrawn != badge.withdrawn or not badge.status_known
    return HearBadgeStatus(badge.certificate_key, withdrawn) if is_news and not badge.withdrawn else None


def watch_timer(partners: PartnerFile, clock: Clock) -> Timer:
    return Timer("partners", EVERY, PartnerWatch(partners, clock).due)
