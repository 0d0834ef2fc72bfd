"""After the draw: accounts, courses, certificates, reviews, and what goes wrong with them.

Each selected person has a part to play (`Part`), given in the order of the results, so that every kind of trouble
that plan.json names happens to somebody.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from deploy.demo import bank_files
from deploy.demo.found import Found
from deploy.demo.office import DemoFailed, Office, together, until
from deploy.demo.people import Person
from deploy.demo.progress import Tell
from deploy.demo.rest import go_to, until_idle
from deploy.demo.sheets import PLAN, City, scaled
from deploy.demo.story import Online, tracking_code, wib
from deploy.simulators.course_platform import Badge, CoursePlatforms, Enrolment

COURSE_DAY = date(2020, 4, 24)
FORGERIES = ("body_changed", "strangers_key", "symmetric", "no_signature", "doubled_key", "other_course", "not_json")
BANK = "BNI"
HELPER = "penempatan2"
WITH_CODE = 3
"""So many buy alone with a code from their phone, the others at the office's counter."""


@dataclass
class Part:
    """One selected person and the part they play."""

    applicant_id: str
    person: Person
    tracking_code: str
    role: str
    account_number: str
    course: dict[str, Any]
    redeem_code: str = ""
    bank: str = BANK

    @property
    def headers(self) -> dict[str, str]:
        return {"Tracking-Code": self.tracking_code}

    @property
    def buys(self) -> bool:
        return self.role != "never_buy"


def roles(rows: int) -> Iterator[str]:
    """Trouble first, then people with whom all goes well. `rows` of both sheets: a small city has fewer debtors."""
    for name in ("shared_account", "never_link", "other_holder", "no_review", "no_certificate_number"):
        yield from itertools.repeat(name, PLAN[name])
    for name in ("foreign_certificate", "never_buy"):
        yield from itertools.repeat(name, PLAN[name])
    for suffix, count in PLAN["bank"].items():
        yield from itertools.repeat(f"bank_{suffix}", count)
    for way, count in PLAN["clawback"].items():
        yield from itertools.repeat(way, scaled(count, rows))
    yield from itertools.repeat("well")


async def cast(office: Office, found: Found, online: Online, city: City) -> list[Part]:
    """Who the selected are: their tracking codes are in the messages on their own phones."""
    offered = (await office.ask("GET", "/incentive/catalogue"))["courses"]
    catalogue = [course for course in offered if course["mode"] == "online" and course["price_rupiah"] <= 1_000_000]
    phones = {applicant: person.mobile for applicant, (person, _) in online.items()} | found.phones
    # One of the ring here is a violation, which the summary tells; on a shared phone nobody can be told apart.
    selected = [id for id in found.first.selected if id not in found.review.ring]
    office.phones.look()
    parts = []
    for number, (applicant_id, role) in enumerate(zip(selected, roles(city.rows), strict=False)):
        code = tracking_code(office, found, online, applicant_id)
        suffix = role.removeprefix("bank_") if role.startswith("bank_") else "01"
        account = "9900001201" if role == "shared_account" else f"{88000000 + number:08}{suffix}"
        course = catalogue[number % len(catalogue)]
        parts.append(Part(applicant_id, city.persons[phones[applicant_id]], code, role, account, course))
    for part in with_other_bank(parts):
        part.bank, part.account_number = bank_files.PARTNER, f"0{part.account_number}"  # a wallet: a phone's number
    found.files.people = {part.applicant_id for part in parts if part.bank == bank_files.PARTNER}
    return parts


def with_other_bank(parts: list[Part]) -> list[Part]:
    """People with whom the bank has no trouble: all who will owe what they received, and a share of the others."""
    well = [part for part in parts if part.role == "well"]
    share = -(-len(well) * PLAN["bank_files"]["percent"] // 100)
    return [part for part in parts if part.role in PLAN["clawback"]] + well[len(well) - share :]


async def link_accounts(office: Office, parts: list[Part], tell: Tell) -> None:
    """Bank accounts exist outside; people link them, most at the office's counter, some alone with a code."""
    accounts = [
        {
            "bank": part.bank,
            "account_number": part.account_number,
            "holder_nik": "1271010101800001" if part.role == "other_holder" else part.person.nik,
            "holder_name": part.person.full_name,
        }
        for part in parts
    ]
    await office.outside("POST", "/bank/simulator/accounts", json=accounts)
    linking = [part for part in parts if part.role != "never_link" and part.buys]
    done = itertools.count(1)

    async def link(part: Part) -> None:
        path = f"/incentive/participants/{part.applicant_id}/payout-account"
        body = {"bank": part.bank, "account_number": part.account_number}
        await office.ask("POST", path, HELPER, json=body, headers=part.headers)
        tell(next(done), len(linking))

    await together({part.applicant_id: partial(link, part) for part in linking})


async def buy_courses(office: Office, parts: list[Part], platforms: CoursePlatforms, tell: Tell) -> None:
    """One step for the person; the platform takes the redeem code over the real partner interface."""
    buying = [part for part in parts if part.buys]
    done = itertools.count(1)

    async def one(part: Part) -> None:
        await (_buy_with_code(office, part) if part in buying[:WITH_CODE] else _buy(office, part, {}))
        await _redeem(platforms, part)
        tell(next(done), len(buying))

    await together({part.applicant_id: partial(one, part) for part in buying}, 16)


async def _redeem(platforms: CoursePlatforms, part: Part) -> None:
    platform = platforms.platform(part.course["platform_code"])
    if platform is None:
        raise DemoFailed(f"no platform {part.course['platform_code']}")
    answer = await platforms.redeem(platform, part.redeem_code)
    if not answer.get("success"):
        raise DemoFailed(f"platform could not take the code: {answer}")


async def _buy(office: Office, part: Part, code: dict[str, str]) -> None:
    path = f"/incentive/participants/{part.applicant_id}/purchases"
    who = None if code else HELPER
    body = {"course_code": part.course["course_code"], **code}
    answer = await office.ask("POST", path, who, json=body, headers=part.headers)
    part.redeem_code = answer["redeem_code"]


async def _buy_with_code(office: Office, part: Part) -> None:
    """As a citizen does: ask for a code, read it on the phone, buy."""
    office.phones.look()
    before = office.phones.one_time_code(part.person.mobile)
    codes = f"/incentive/participants/{part.applicant_id}/codes"
    await office.ask("POST", codes, json={"purpose": "purchase"}, headers=part.headers)

    async def look() -> str | None:
        office.phones.look()
        code = office.phones.one_time_code(part.person.mobile)
        return code if code != before else None

    await _buy(office, part, {"code": await until("one-time code on the phone", look)})


async def finish_courses(
    office: Office, parts: list[Part], platforms: CoursePlatforms, found: Found, tell: Tell
) -> None:
    """Claims on the partner topic, signed; some forged, which the border must refuse each for its own reason."""
    await go_to(office, wib(2020, 4, 25))
    learning = [part for part in parts if part.buys]
    badged = badge_holders(learning)
    found.badges = len(badged)
    for part in badged[: PLAN["badges"]["withdrawn"]]:
        await platforms.publish(_enrolment(part, platforms, None, "withdrawn"))
        found.forged["badge_withdrawn"] += 1
    for number, part in enumerate(learning):
        if number < len(FORGERIES):
            await platforms.publish(_enrolment(part, platforms, FORGERIES[number]))
            found.forged[FORGERIES[number]] += 1
        await platforms.publish(_enrolment(part, platforms, None, "genuine" if part in badged else ""))

    waiting = {part.applicant_id: part for part in learning}

    async def look() -> bool | None:
        pages = await together({id: partial(_page, office, part) for id, part in list(waiting.items())[:50]})
        for id, page in pages.items():
            if page["purchases"][0]["finished_on"]:
                del waiting[id]
        tell(len(learning) - len(waiting), len(learning))
        return None if waiting else True

    await until("claims to be believed", look, 600)
    await until_idle(office, "incentive")
    reviewing = [part for part in learning if part.role not in ("no_review", "no_certificate_number")]
    await together({p.applicant_id: partial(_review, office, p) for p in reviewing})


def badge_holders(learning: list[Part]) -> list[Part]:
    """People with whom all goes well and whose platform issues an Open Badge: a share of them, and at least two."""
    well = [part for part in learning if part.role == "well"]
    return well[: max(2, len(well) * PLAN["badges"]["percent"] // 100)]


def _enrolment(part: Part, platforms: CoursePlatforms, forgery: str | None, badge: Badge = "") -> Enrolment:
    platform = platforms.platform(part.course["platform_code"])
    assert platform is not None
    prefix = "ASING" if part.role == "foreign_certificate" else part.course["certificate_prefix"]
    number = None if part.role == "no_certificate_number" else f"{prefix}-2020-{part.applicant_id[:8].upper()}"
    now = platforms.clock.now()
    return Enrolment(platform, part.redeem_code, part.course["course_code"], now, COURSE_DAY, number, forgery, badge)


async def _page(office: Office, part: Part) -> Any:
    return await office.ask("GET", f"/incentive/participants/{part.applicant_id}", headers=part.headers)


async def _review(office: Office, part: Part) -> None:
    path = f"/incentive/participants/{part.applicant_id}/reviews"
    body = {"purchase_number": 1, "rating": 5, "comment": "Materinya jelas."}
    # A door that is full has taken nothing, and with a key the office asks again.
    again = {"Idempotency-Key": f"demo-review-{part.applicant_id}"}
    await office.ask("POST", path, HELPER, json=body, headers=part.headers | again)
