"""The embedded stack with an office and a few people in it, told through its doors as anybody would."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import httpx

from deploy.embedded import Stack, embedded, where
from deploy.operator.installation import Installation, installation
from deploy.processes import free_port
from deploy.servers import Kafka
from shared.engine.ports import Put
from shared.security.accounts import Role
from tests.unit.registration.house import application, person

PEOPLE = 14
SMALL = "12.71.01"
"""The kecamatan of two people: too few to be told in public."""
MIDDLE = "12.71.04"
"""The one of five: enough, but with the total it would give the small one away."""
LARGE = "12.71.05"
PASSWORD = "kata sandi untuk uji {}"
OFFICE: tuple[tuple[str, str, Role], ...] = (
    ("rina", "Rina Siregar", "placement"),
    ("budi", "Budi Nasution", "secretariat"),
    ("dewi", "Dewi Lubis", "disputes"),
    ("kepala", "Kepala Dinas", "approver"),
)
NEW = ("baru", "Petugas Baru")
COMPLAINT = "Insentif saya <b>belum</b> masuk sejak tanggal 3.\nSudah dua kali saya datang ke bank."
BROADCAST: dict[str, Any] = {
    "template": "socialization.programme",
    "title": "Bantuan pelatihan untuk Anda",
    "channels": ["whatsapp", "flyer"],
    "values": {"training_amount": "Rp 1.000.000", "incentive_amount": "Rp 2.400.000"},
}
WAVE = {"wave": 1, "quota": 5106, "opens_at": "2020-04-11T01:00:00Z", "closes_at": "2099-04-16T09:00:00Z"}


@dataclass
class Town:
    """Where it stands, and who can sign in."""

    stack: Stack
    http: httpx.AsyncClient
    installation: Installation
    once: str = ""
    """One-time password of the new member of staff."""
    applicants: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    """Their tracking codes."""
    tickets: dict[str, str] = field(default_factory=dict)
    """Topic -> number."""
    campaign: str = ""
    _tokens: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return self.stack.address

    async def ask(self, method: str, path: str, who: str = "", **request: Any) -> Any:
        """A request of a program; in the name of a member of staff when one is named."""
        headers = self.bearer(who) if who else {}
        answer = await self.http.request(method, path, headers=headers, **request)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def bearer(self, who: str) -> dict[str, str]:
        """What a program sends in somebody's name."""
        return {"Authorization": f"Bearer {self._tokens[who]}"}

    async def until(self, look: Callable[[], Awaitable[Any]], wanted: Callable[[Any], bool]) -> Any:
        """Ask again until what services tell each other has arrived."""
        for _ in range(300):
            if wanted(found := await look()):
                return found
            await asyncio.sleep(0.2)
        raise AssertionError(f"never came: {found}")

    async def hire(self) -> None:
        accounts = self.installation.accounts()
        for username, name, role in OFFICE:
            once = await accounts.add(username, name, [role])
            self._tokens[username] = await accounts.sign_in(username, once, PASSWORD.format(username))
        self.once = await accounts.add(*NEW, ["placement"])

    async def register(self) -> None:
        for number in range(PEOPLE):
            place = SMALL if number < 2 else MIDDLE if number < 7 else LARGE
            body = application(**person(number + 1), district_code=place, email=f"orang{number}@contoh.id")
            answer = await self.ask("POST", "/registration/applications", json=body)
            self.applicants.append(answer["applicant_id"])
            self.codes.append(answer["tracking_code"])

    async def open_wave(self) -> None:
        await self.ask("POST", "/registration/waves", "budi", json=WAVE)
        await self.ask("POST", "/registration/waves/1/opening", "kepala", json={})

    async def complain(self, topic: str, applicant: str) -> None:
        """A complaint that a member of staff writes down for a visitor."""
        body = {"applicant_id": applicant, "topic": topic, "came_by": "walk_in", "complaint": COMPLAINT}
        self.tickets[topic] = (await self.ask("POST", "/notification/tickets", "rina", json=body))["ticket_id"]

    async def broadcast(self) -> None:
        self.campaign = (await self.ask("POST", "/notification/campaigns", "rina", json=BROADCAST))["campaign_id"]
        path = f"/notification/campaigns/{self.campaign}"
        await self.until(lambda: self.ask("GET", path, "rina"), lambda found: found["state"] == "published")

    async def pay(self) -> None:
        """Instalments as reporting keeps them: a participant's whole way would take longer than all tests here."""
        states = ("paid", "paid", "owed", "late")
        why = {"cause": "REVIEW_MISSING", "cause_text": "Ulasan pelatihan belum diisi.", "actor_text": "peserta"}
        causes = {"late": {**why, "actor": "PARTICIPANT", "late": True, "was_late": True}}
        rows = [
            {"_id": f"{one}/post_training/1", "applicant_id": one, "kind": "post_training", "number": 1}
            | {"amount_rupiah": 600_000, "state": state, "due_on": str(date(2020, 7, 1)), "cause": None}
            | causes.get(state, {})
            for one, state in zip(self.applicants, states, strict=False)
        ]
        await self.installation.database("reporting").write([Put("incentives", row) for row in rows])


@asynccontextmanager
async def open_town(folder: Path) -> AsyncIterator[Town]:
    async with embedded(folder, port=free_port(), kafka=Kafka.fetched(), simulators=True) as stack:
        where(stack)
        async with installation(folder) as known, httpx.AsyncClient(base_url=stack.address, timeout=60) as http:
            town = Town(stack, http, known)
            await town.hire()
            await town.register()
            await town.open_wave()
            for topic, applicant in zip(("INCENTIVE", "STATUS", "REVOCATION"), town.applicants, strict=False):
                await town.complain(topic, applicant)
            await town.broadcast()
            await town.pay()
            await town.until(lambda: town.ask("GET", "/reporting/funnel", "budi"), _counted)
            yield town


def _counted(funnel: Any) -> bool:
    """Reporting has heard of everybody, and the civil registry was asked about everybody."""
    rows = funnel["by_kecamatan"]
    return sum(row["registered"] for row in rows) == PEOPLE == sum(row["eligible"] + row["questioned"] for row in rows)
