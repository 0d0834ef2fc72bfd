"""What all doors of incentive share: the service, who may come in, and how clear input becomes a sealed command."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hmac import compare_digest
from typing import Any, Protocol

from fastapi import Request

from services.incentive import store
from services.incentive.adapters.bank import Bank
from services.incentive.adapters.border import Border
from services.incentive.adapters.partners import Partners
from services.incentive.catalogue_store import Shelf
from services.incentive.domain.account_numbers import canonical_number
from services.incentive.domain.advice import advise
from services.incentive.domain.applicants import Applicant
from services.incentive.domain.catalogue import Course
from services.incentive.domain.codes import IssueCode, Purpose, TryCode
from services.incentive.domain.days import day_of
from services.incentive.domain.fit import Buyer, points, weigh
from services.incentive.domain.participant import Participant
from services.incentive.domain.purchases import BuyCourse
from services.incentive.domain.wishes import NO_WISH, Wish, read_wish
from services.incentive.reference import Reference
from services.incentive.settings import IncentiveSettings
from shared.contracts.base import Sealed
from shared.contracts.decision import Refused
from shared.engine.batch import ANSWERS
from shared.engine.service import Service
from shared.security.accounts import Accounts
from shared.security.tracking_codes import ALPHABET, tracking_index
from shared.security.vault import PersonKey, Unreadable, Vault
from shared.web.door_limits import DoorLimits
from shared.web.guard import TRACE
from shared.web.visits import Visit


class OneTimeCodes(Protocol):
    """Who sends and checks the six digits that go to a person's confirmed phone or e-mail."""

    async def issue(self, applicant_id: str, purpose: Purpose) -> Mapping[str, Any]:
        """Have a code sent for one purpose. Raises Refused CODE_TOO_SOON, CODE_TOO_OFTEN, PARTICIPANT_UNKNOWN."""
        ...

    async def verify(self, applicant_id: str, purpose: Purpose, code: str, *, key: str | None = None) -> bool:
        """True once for the right code of that purpose. A wrong one counts as a try.

        `key` names one sending of one form: sent twice it gets the first answer again.
        """
        ...


class OwnCodes:
    """Codes of this service, brought to people by notification."""

    def __init__(self, service: Service, vault: Vault) -> None:
        self._service, self._vault = service, vault

    async def issue(self, applicant_id: str, purpose: Purpose) -> Mapping[str, Any]:
        code = f"{secrets.randbelow(1_000_000):06d}"
        try:
            sealed = (await self._vault.key(applicant_id)).seal("code", code)
        except Unreadable:
            raise Refused("PARTICIPANT_UNKNOWN") from None
        digest = self._digest(applicant_id, purpose, code)
        command = IssueCode(applicant_id, purpose, digest, sealed, self._service.clock.wall())
        return await self._service.execute(command, trace=TRACE.get())

    async def verify(self, applicant_id: str, purpose: Purpose, code: str, *, key: str | None = None) -> bool:
        digest = self._digest(applicant_id, purpose, code)
        command = TryCode(applicant_id, purpose, digest, self._service.clock.wall())
        reply = await self._service.execute(command, key=key, digest=digest, trace=TRACE.get())
        return bool(reply["right"])

    def _digest(self, applicant_id: str, purpose: Purpose, code: str) -> str:
        """Keyed hash of a code; one for another person or purpose is another hash."""
        return self._vault.index("tracking", f"{applicant_id}|{purpose}|{code}")


@dataclass(frozen=True, slots=True)
class Door:
    """Everything an endpoint needs."""

    service: Service
    vault: Vault
    accounts: Accounts
    settings: IncentiveSettings
    reference: Reference
    codes: OneTimeCodes
    partners: Partners
    bank: Bank | None
    limits: DoorLimits
    shelf: Shelf

    @property
    def border(self) -> Border:
        return Border(self.partners)

    def today(self) -> date:
        """The day in Medan, by programme time."""
        return day_of(self.service.clock.now())

    async def execute(self, command: Any, *, key: str | None = None, digest: str = "") -> Mapping[str, Any]:
        """Decide a command under the caller's trace; as Service.execute."""
        return await self.service.execute(command, key=key, digest=digest, trace=TRACE.get())

    async def holder(self, applicant_id: str, tracking_code: str) -> Participant:
        """The participant whose tracking code this is; else PARTICIPANT_UNKNOWN, whatever of the two is wrong.

        Raises Problem TOO_MANY_TRIES for a caller who was wrong too often.
        """
        self.limits.may_try()
        return await self._checked([await store.one(self.service.database, Participant, applicant_id)], tracking_code)

    async def tracked(self, tracking_code: str) -> Participant:
        """As `holder`, for a person who has the code alone."""
        self.limits.may_try()
        index = tracking_index(self.vault, tracking_code)
        return await self._checked(await store.tracked_participants(self.service.database, index), tracking_code)

    async def visitor(self, visit: Visit | None) -> Participant | None:
        """Whose pages a browser may see now: nobody's any more once the person has a new tracking code."""
        found = await store.one(self.service.database, Participant, visit.person) if visit else None
        return found if found and visit and compare_digest(found.tracking_index, visit.tracking_index) else None

    async def _checked(self, found: Sequence[Participant | None], tracking_code: str) -> Participant:
        person = found[0] if len(found) == 1 else None
        applicant = await store.one(self.service.database, Applicant, person.applicant_id) if person else None
        if person is None or applicant is None or not await self._is_code_of(applicant, tracking_code):
            self.limits.tried_wrongly()
            raise Refused("PARTICIPANT_UNKNOWN")
        return person

    async def _is_code_of(self, applicant: Applicant, typed: str) -> bool:
        """The sealed code itself is compared: whatever an index says, it only helps to find whom to ask about."""
        try:
            known = (await self.vault.key(applicant.applicant_id)).open("tracking_code", applicant.tracking_code)
        except Unreadable:
            return False
        return compare_digest(tracking_index(self.vault, known), tracking_index(self.vault, typed))

    async def key(self, applicant_id: str) -> PersonKey:
        """Raises PARTICIPANT_UNKNOWN for an erased person."""
        try:
            return await self.vault.key(applicant_id)
        except Unreadable:
            raise Refused("PARTICIPANT_UNKNOWN") from None

    async def allowed(self, request: Request, applicant_id: str, purpose: Purpose, code: str | None) -> str | None:
        """May this request spend or change? The person with a one-time code, or staff, who are then named.

        Returns the staff's name, or None for the person. Raises CODE_WRONG, or a problem of signing in.
        """
        if code is None:
            staff = await self.accounts.require("placement", "secretariat")(request)
            return staff.username
        if not await self.codes.verify(applicant_id, purpose, code):
            raise Refused("CODE_WRONG")
        return None

    async def buyer(self, person: Participant, interests: tuple[str, ...] = ()) -> Buyer:
        """What a course is weighed by for this person; an erased person has no wish that can be read."""
        known = await store.one(self.service.database, Applicant, person.applicant_id)
        if known is None:
            return Buyer(person.balance_rupiah, interests=interests)
        wish = await self._wish(known)
        return Buyer(person.balance_rupiah, known.education, known.work_status, wish, interests)

    async def _wish(self, applicant: Applicant) -> Wish:
        if applicant.desired_training is None:
            return NO_WISH
        try:
            key = await self.vault.key(applicant.applicant_id)
            return read_wish(key.open("desired_training", applicant.desired_training), self.reference.wish_words)
        except Unreadable:
            return NO_WISH

    async def buying(
        self, person: Participant, course: Course, top_up: bool, by: str | None, interests: tuple[str, ...] = ()
    ) -> BuyCourse:
        """The purchase of a course, with the score and the warnings that were shown before it."""
        buyer = await self.buyer(person, interests)
        warned = tuple(each.code for each in advise(course, buyer) if each.warns)
        score = points(weigh(course, buyer))
        return BuyCourse(person.applicant_id, course, new_code(), top_up, by, warned, score)

    async def answered(self, request: Request, act: str, key: str | None) -> tuple[str | None, str, Any]:
        """For an idempotent act: its key and digest as keyed hashes, and the reply when it was given before.

        A repetition needs no new one-time code: the first one is used up.
        """
        if key is None:
            return None, "", None
        name = f"{act}/{self.vault.index('tracking', key)}"
        digest = self.vault.index("tracking", hashlib.sha256(await request.body()).hexdigest())
        known = await self.service.database.get(ANSWERS, name)
        return name, digest, known["reply"] if known and known["digest"] == digest else None

    async def sealed_account(self, applicant_id: str, bank: str, typed: str) -> tuple[str, Sealed, Sealed]:
        """Blind index, sealed number and sealed mask of an account as it was typed. Raises ACCOUNT_NUMBER_WRONG."""
        number = canonical_number(typed, bank in self.reference.desk.rules.wallets)
        key = await self.key(applicant_id)
        masked = key.seal("account_number", f"{bank} ••••{number[-4:]}")
        return self.vault.index("account", f"{bank}/{number}"), key.seal("account_number", number), masked


def new_code(letters: int = 12) -> str:
    """A code for people: groups of four, 5 bits of chance per letter."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(letters))
    return "-".join(drawn[start : start + 4] for start in range(0, letters, 4))
