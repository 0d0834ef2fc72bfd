"""People whose first incentive is due, stored as the rules made them, for the real service to pay."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from services.incentive import store
from services.incentive.domain.days import day_of
from services.incentive.domain.participant import Participant
from shared.engine.ports import Insert
from shared.engine.states import States
from shared.platform.mongo import MongoDatabase
from shared.security.vault import Vault
from tests.unit.incentive.city import City, city_with

FINISHED_AN_HOUR = 250
"""Courses; where a platform reports more than 300 in an hour a person looks before money moves (partner_rates.py)."""
STATES = States(store.AGGREGATES)


async def seed(database: MongoDatabase, folder: Path, people: list[str]) -> City:
    """States as the rules themselves made them, with names and account numbers really sealed."""
    vault = Vault.from_files(database, folder / "master.key", folder / "index.key")
    city = city_with(*people)
    for number, person in enumerate(people):
        city.now += timedelta(hours=number % FINISHED_AN_HOUR == FINISHED_AN_HOUR - 1)
        city.ready(person, f"1234{number:04d}00")
    city.pass_days((max(city.entitlement(applicant_id=each).due_on for each in people) - day_of(city.now)).days)
    for kind in store.AGGREGATES:
        documents = [STATES.document(each) for each in city.all(kind)]
        for document in documents if kind is Participant else ():
            key = vault.new_key(document["applicant_id"])
            document["full_name"] = key.seal("full_name", document["full_name"])
            document["account"]["number"] = key.seal("account_number", document["account"]["number"])
            assert key.wrapped
            await database.write([Insert(key.wrapped.collection, {"_id": key.person, "wrapped": key.wrapped.wrapped})])
        await database.write([Insert(kind.collection, document) for document in documents])
    return city
