"""What all doors of notification share: the service, the vault, who may come in."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import Request

from services.notification.adapters.file import Files
from services.notification.domain.ticket import Ticket
from services.notification.domain.words import day_of
from services.notification.reference import Reference
from services.notification.settings import NotificationSettings
from shared.contracts.base import Sealed
from shared.contracts.decision import Refused
from shared.engine.service import Service
from shared.security.accounts import Accounts
from shared.security.vault import Unreadable, Vault

NUMBER_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""No I, O, 0 or 1: people read these numbers out on the phone."""
UNREADABLE = "(data sudah dihapus)"


@dataclass(frozen=True, slots=True)
class Door:
    """Everything an endpoint needs."""

    service: Service
    vault: Vault
    accounts: Accounts
    settings: NotificationSettings
    reference: Reference
    files: Files

    def today(self) -> date:
        """The day in Medan, by programme time."""
        return day_of(self.service.clock.now())

    async def execute(self, request: Request, command: Any, key: str | None = None) -> Mapping[str, Any]:
        """Decide a command under the caller's trace; the same key with the same body gets the first reply again."""
        digest = hashlib.sha256(await request.body()).hexdigest() if key else ""
        name = f"{request.url.path}/{key}" if key else None
        trace = getattr(request.state, "trace", "")
        return await self.service.execute(command, key=name, digest=self.vault.index("body", digest), trace=trace)

    async def seal(self, applicant_id: str, field: str, text: str) -> Sealed:
        """Raises Refused APPLICANT_UNKNOWN for somebody without a key."""
        try:
            return (await self.vault.key(applicant_id)).seal(field, text)
        except Unreadable:
            raise Refused("APPLICANT_UNKNOWN") from None

    async def complaint_of(self, ticket: Ticket) -> str:
        """In clear, for the staff who answer it."""
        try:
            return (await self.vault.key(ticket.applicant_id)).open("complaint", ticket.complaint)
        except Unreadable:
            return UNREADABLE


def new_ticket_id() -> str:
    """`P-` and seven letters or digits: 34 thousand million numbers; a taken one is refused and asked for again."""
    return "P-" + "".join(secrets.choice(NUMBER_LETTERS) for _ in range(7))
