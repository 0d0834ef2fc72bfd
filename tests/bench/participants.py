"""A city of participants who are there before: each as the rules themselves made one, under an id of their own."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from services.incentive import store
from services.incentive.domain.applicants import Applicant
from services.incentive.domain.days import day_of
from services.incentive.domain.ledger import Posting
from shared.engine.ports import Database, Document, Insert
from shared.engine.states import States
from shared.security.tracking_codes import tracking_index
from shared.security.vault import PersonKey, Vault
from tests.bench.stored import AT_ONCE, tell
from tests.unit.incentive.city import City, city_with

MODEL = "model"
"""The one participant from whom all others are copied."""
TRACKING_CODE = "CDEF-GHJK-MNPQ"
"""Of the first person stored, who looks at their page."""
STATES = States(store.AGGREGATES)
ACCOUNT, MASKED = "1234567800", "BNI ••••7800"


@cache
def _model(paid: bool) -> City:
    """A city of one whose first incentive is due, or was paid."""
    city = city_with(MODEL)
    city.ready(MODEL, ACCOUNT)
    city.pass_days((city.entitlement(applicant_id=MODEL).due_on - day_of(city.now)).days)
    if paid:
        city.pay(city.send())
    return city


@dataclass
class Participants:
    """Puts participants into incentive's database: state, postings and key, all that a payment and the audit read."""

    database: Database
    vault: Vault
    stored: int = 0

    @staticmethod
    def now() -> datetime:
        """The moment at which the model's incentive is due."""
        return _model(paid=False).now

    @classmethod
    async def made(cls, database: Database, secrets: Path) -> Participants:
        return cls(database, Vault.from_files(database, secrets / "master.key", secrets / "index.key"))

    async def store(self, count: int, *, due: bool) -> None:
        """So many more people; what they have coming is due now, or was paid."""
        city = _model(paid=not due)
        person = STATES.document(city.person(MODEL))
        postings = [STATES.document(each) for each in city.all(Posting)]
        for start in range(0, count, AT_ONCE):
            ids = [str(uuid.uuid4()) for _ in range(min(AT_ONCE, count - start))]
            await self.database.write([Insert(*each) for each in self._people(ids, person)])
            await self.database.write([Insert("ledger", _of(each, id)) for id in ids for each in postings])
            if start % 50_000 == 0:
                tell(f"{start:,} of {count:,} participants stored")

    def _people(self, ids: Iterable[str], person: Document) -> Iterable[tuple[str, Document]]:
        for id in ids:
            key = self.vault.new_key(id)
            assert key.wrapped
            yield key.wrapped.collection, {"_id": id, "wrapped": key.wrapped.wrapped}
            yield "participants", self._person(person, key)
            if not self.stored:
                code = key.seal("tracking_code", TRACKING_CODE)
                yield "applicants", STATES.document(Applicant(id, code, "SMA"))
            self.stored += 1

    def _person(self, person: Document, key: PersonKey) -> Document:
        index = tracking_index(self.vault, TRACKING_CODE) if not self.stored else uuid.uuid4().hex
        texts = {"number": ACCOUNT, "masked": MASKED}
        account = {**person["account"], **{name: key.seal("account_number", text) for name, text in texts.items()}}
        named = {
            "full_name": key.seal("full_name", "Siti Siregar"),
            "card_number": key.seal("card_number", "0005000000001234"),
            "account": account,
            "tracking_index": index,
        }
        return {**_of(person, key.person), **named}


def _of(value: Any, id: str) -> Any:
    """The same for another person."""
    if isinstance(value, str):
        return value.replace(MODEL, id)
    if isinstance(value, dict):
        return {name: _of(each, id) for name, each in value.items()}
    return [_of(each, id) for each in value] if isinstance(value, list) else value
