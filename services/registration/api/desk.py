"""What all doors of registration share: the service, the vault, who may come in, and how a form becomes a command."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hmac import compare_digest
from typing import Any

from services.registration import store
from services.registration.api import sealing
from services.registration.domain.applicant import Applicant
from services.registration.domain.application import RegisterApplicant
from services.registration.domain.calendar import wib_date
from services.registration.domain.codes import IssueCode, Purpose, WithCode
from services.registration.domain.correction import Correction
from services.registration.domain.intake import Form, examine
from services.registration.domain.joining import JoinWave
from services.registration.domain.status import Status, status
from services.registration.reference import Reference
from services.registration.settings import RegistrationSettings
from shared.contracts.base import Sealed
from shared.contracts.decision import Refused
from shared.contracts.registration_terms import Actor, Channel
from shared.engine.service import Service
from shared.security.accounts import Accounts
from shared.security.vault import PersonKey, Unreadable, Vault
from shared.web.door_limits import DoorLimits
from shared.web.guard import TRACE


@dataclass(frozen=True, slots=True)
class Desk:
    service: Service
    vault: Vault
    accounts: Accounts
    settings: RegistrationSettings
    reference: Reference
    limits: DoorLimits | None = None
    """None: nobody comes in from outside here (sheets, practice)."""

    async def execute(self, command: Any, *, key: str | None = None, digest: str = "") -> Mapping[str, Any]:
        """Decide a command of the door under the caller's trace; as Service.execute."""
        return await self.service.execute(command, key=key, digest=digest, trace=TRACE.get())

    def today(self) -> date:
        """The day in Medan, by programme time."""
        return wib_date(self.service.clock.now())

    def registration(
        self, form: Form, channel: Channel, on: date, import_id: str | None = None, device: str = ""
    ) -> tuple[RegisterApplicant, str]:
        """A form as a sealed command, and the tracking code in clear. Raises Refused as `examine`."""
        found = examine(form, self.reference.places, on)
        applicant_id, code = str(uuid.uuid4()), sealing.new_tracking_code()
        key = self.vault.new_key(applicant_id)
        command = RegisterApplicant(
            applicant_id=applicant_id,
            channel=channel,
            personal=sealing.sealed(key, form, code),
            indexes=sealing.indexes(self.vault, form, code, device),
            profile=found.profile,
            contradictions=found.contradictions,
            warnings=found.warnings,
            rules=self.reference.rules,
            key=key.wrapped,
            import_id=import_id,
        )
        return command, code

    async def known(self, applicant_id: str) -> Applicant:
        """Raises Refused APPLICANT_UNKNOWN."""
        found = await store.applicant(self.service.database, applicant_id)
        if found is None:
            raise Refused("APPLICANT_UNKNOWN")
        return found

    async def holder(self, applicant_id: str, tracking_code: str) -> Applicant:
        """The application whose tracking code this is; else APPLICANT_UNKNOWN, whatever of the two is wrong.

        Raises Problem TOO_MANY_TRIES for a caller who was wrong too often.
        """
        if self.limits:
            self.limits.may_try()
        found = await store.applicant(self.service.database, applicant_id)
        return self._checked(found, sealing.tracking_index(self.vault, tracking_code))

    async def tracked(self, tracking_code: str) -> Applicant:
        """As `holder`, for a person who has the code alone."""
        if self.limits:
            self.limits.may_try()
        index = sealing.tracking_index(self.vault, tracking_code)
        return self._checked(await store.tracked_applicant(self.service.database, index), index)

    def _checked(self, found: Applicant | None, index: str) -> Applicant:
        if found is None or not compare_digest(found.tracking_index, index):
            if self.limits:
                self.limits.tried_wrongly()
            raise Refused("APPLICANT_UNKNOWN")
        return found

    def status(self, applicant: Applicant) -> Status:
        rules = self.reference.rules_of(applicant.rule_set)
        return status(applicant, rules.officials, self.reference.places.names, self.today())

    async def correction(self, applicant: Applicant, changes: Mapping[str, Any], by: Actor) -> Correction | None:
        """A correction sealed anew; None when nothing really changes. Raises Refused as `examine`."""
        key = await self._key(applicant.applicant_id)
        before, code = sealing.opened(key, applicant)
        form, fields = sealing.corrected(before, changes)
        if not fields:
            return None
        found = examine(form, self.reference.places, wib_date(applicant.received_at))
        return Correction(
            applicant_id=applicant.applicant_id,
            fields=fields,
            personal=sealing.sealed(key, form, code),
            indexes=sealing.indexes(self.vault, form, code),
            profile=found.profile,
            contradictions=found.contradictions,
            warnings=found.warnings,
            rules=self.reference.rules_of(applicant.rule_set),
            by=by,
        )

    async def sealed_for(self, applicant_id: str, field: str, text: str) -> Sealed:
        return (await self._key(applicant_id)).seal(field, text)

    async def open_for(self, applicant_id: str, field: str, text: Sealed | str) -> str:
        return (await self._key(applicant_id)).open(field, text)

    async def _key(self, applicant_id: str) -> PersonKey:
        try:
            return await self.vault.key(applicant_id)
        except Unreadable:
            raise Refused("APPLICATION_CLOSED") from None

    async def join(self, applicant: Applicant, wave: int) -> None:
        """Into an open wave, as their own rule set has it. Raises Refused as `join_wave`."""
        required = self.reference.rules_of(applicant.rule_set).test_required
        await self.execute(JoinWave(applicant.applicant_id, wave, required))

    async def new_code(self, applicant_id: str, purpose: Purpose) -> Mapping[str, Any]:
        """Issue a one-time code; notification brings it to the person. Raises Refused as `issue_code`."""
        code = f"{secrets.randbelow(1_000_000):06d}"
        digest = sealing.code_digest(self.vault, applicant_id, purpose, code)
        sealed = await self.sealed_for(applicant_id, "code", code)
        return await self.execute(IssueCode(applicant_id, purpose, digest, sealed))

    async def confirmed(self, applicant_id: str, purpose: Purpose, code: str, act: Any) -> Mapping[str, Any]:
        """Do what only a right code may do. Raises Refused CODE_WRONG, CODE_EXPIRED, or as the act itself."""
        digest = sealing.code_digest(self.vault, applicant_id, purpose, code)
        reply = await self.execute(WithCode(applicant_id, purpose, digest, act))
        if "refused" in reply:
            raise Refused(reply["refused"], tries_left=reply["tries_left"])
        return reply
