"""People of the town who were selected some time ago, as the rules themselves have brought them to today."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from deploy.demo.phones import Phones
from deploy.simulators.claims import Platform, make_claim, new_platforms, partners_file
from deploy.simulators.course_platform import CoursePlatforms
from services.incentive import store
from services.incentive.domain.accounts import LinkAccount
from services.incentive.domain.days import day_of
from shared.engine.ports import Put
from shared.engine.states import States
from shared.platform.clock import SystemClock
from shared.security.vault import Vault
from tests.e2e.town import Town
from tests.unit.incentive.builders import ineligible, reference, selected
from tests.unit.incentive.city import City
from tests.unit.registration.house import person

YEAR = 2023
"""The rule set whose training balance has no last day: these tests run in whatever year it is."""
BANK = "BNI"


@dataclass(frozen=True)
class Card:
    """A participant: the town's person of that number (from 0)."""

    number: int
    applicant_id: str
    code: str

    @property
    def mobile(self) -> str:
        return str(person(self.number + 1)["mobile"])

    @property
    def account(self) -> str:
        """One that the simulated bank serves without any fault."""
        return f"88000{self.number:05d}"


class Cards:
    """Makes participants out of people of the town."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self._phones = Phones(town.stack.folder / "state" / "messages")
        folder = town.stack.folder / "secrets"
        self.vault = Vault.from_files(
            town.installation.database("incentive"), folder / "master.key", folder / "index.key"
        )

    async def select(
        self, number: int, days_ago: float, *, learned: bool = False, account: str = "", owes: bool = False
    ) -> Card:
        """Selected so many days ago. `learned`: the course is finished, and reviewed where there is an account.

        `owes`: a course was bought, and then a list named the person as not eligible.
        """
        card = Card(number, self.town.applicants[number], self.town.codes[number])
        city = City(datetime.now(UTC).replace(microsecond=0) - timedelta(days=days_ago))
        known = person(number + 1)
        key = await self.vault.key(card.applicant_id)
        city.hear(
            selected(
                card.applicant_id,
                YEAR,
                city.now,
                card_number=key.seal("card_number", f"12345678{number:08d}"),
                full_name=key.seal("full_name", known["full_name"]),
                nik_index=self.vault.index("nik", known["nik"]),
            )
        )
        if learned:
            await self._learn(city, card, account)
        if owes:
            city.redeem(city.buy(applicant_id=card.applicant_id))
            city.hear(ineligible(card.applicant_id))
        city.pass_to(datetime.now(UTC))
        await self._keep(city)
        return card

    def last_code(self, card: Card) -> str | None:
        """What came to the phone so far. Messages are read as they come: their files have no order of their own."""
        self._phones.look()
        return self._phones.one_time_code(card.mobile)

    async def next_code(self, card: Card, before: str | None) -> str:
        """The one-time code that comes after another."""
        for _ in range(200):
            if (code := self.last_code(card)) and code != before:
                return code
            await asyncio.sleep(0.2)
        raise AssertionError("no code came")

    async def _learn(self, city: City, card: Card, account: str) -> None:
        if not account:
            code = city.buy(applicant_id=card.applicant_id)
            city.redeem(code)
            city.ask(city.claim(code, claim_id=f"claim-{card.number}", certificate_number=f"TKP-{card.number:06d}"))
            return
        city.learn(card.applicant_id)
        key = await self.vault.key(card.applicant_id)
        index = self.vault.index("account", f"{BANK}/{account}")
        masked = key.seal("account_number", f"{BANK} ••••{account[-4:]}")
        city.ask(LinkAccount(card.applicant_id, BANK, index, key.seal("account_number", account), masked))
        nik_index = self.vault.index("nik", person(card.number + 1)["nik"])
        city.bank_says(city.work[-1], holder_nik_index=nik_index)
        await self.open_account(card, account)

    async def open_account(self, card: Card, account: str = "") -> None:
        """An account of their own at the simulated bank."""
        known = person(card.number + 1)
        body = {
            "bank": BANK,
            "account_number": account or card.account,
            "holder_nik": known["nik"],
            "holder_name": known["full_name"],
        }
        async with httpx.AsyncClient(base_url=self.town.stack.extra["SIMULATORS_URL"]) as outside:
            answer = await outside.post("/bank/simulator/accounts", json=[body])
            assert answer.status_code == 200, answer.text

    async def _keep(self, city: City) -> None:
        states = States(store.AGGREGATES)
        writes = [Put(kind.collection, states.document(state)) for kind in store.AGGREGATES for state in city.all(kind)]
        await self.town.installation.database("incentive").write(writes)


class Platforms:
    """The course platforms, which the town's incentive trusts from now on."""

    def __init__(self, town: Town) -> None:
        self._town = town
        catalogue = reference().catalogue.values()
        self.all = new_platforms({each.platform_code: each.certificate_prefix for each in catalogue})
        (town.stack.folder / "secrets" / "partners.json").write_text(partners_file(self.all))

    def of(self, code: str) -> Platform:
        return next(each for each in self.all if each.partner_code == code)

    async def redeem(self, platform: str, code: str) -> None:
        async def nowhere(claim: Any) -> None:
            return None

        taken = await CoursePlatforms(self.all, self._town.http, nowhere, SystemClock()).redeem(self.of(platform), code)
        assert taken.get("success"), taken

    async def finish(self, platform: str, code: str, course: str) -> None:
        fields = {
            "redeem_code": code,
            "course_code": course,
            "finished_on": day_of(datetime.now(UTC)),
            "certificate_number": f"{self.of(platform).certificate_prefix}-777001",
        }
        claim = make_claim(self.of(platform), datetime.now(UTC), f"claim-{code}", fields)
        headers = {**claim.headers, "content-type": "application/json"}
        answer = await self._town.http.post("/incentive/partner/claims", content=claim.body, headers=headers)
        assert answer.status_code < 300, answer.text
