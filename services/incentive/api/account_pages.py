"""The payout account on its page: what the bank said of it, linking and changing it, and asking the bank again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.incentive.api import views
from services.incentive.api.coded import Act, Confirmed, show, take
from services.incentive.domain.account import Account
from services.incentive.domain.accounts import LinkAccount, RecheckAccount
from services.incentive.domain.participant import Participant
from services.incentive.pages.account_view import remarks
from services.incentive.pages.site import PLACE, Site
from services.incentive.pages.words import told
from shared.contracts.decision import Refused
from shared.web.forms import sent
from shared.web.questions import Question, Values, answer, picked
from shared.web.two_turns import Checked

HERE, AGAIN = "/rekening", "/rekening/periksa"
NUMBER = Question(
    "nomor",
    "digits",
    "Nomor rekening atau nomor dompet elektronik",
    "Tulis nomornya, 8 sampai 20 angka.",
    "Harus atas nama dan NIK Anda sendiri",
    40,
    "off",
)
DONE = {
    "sambung": "Rekening sudah tersambung. Bank sedang memeriksa pemiliknya.",
    "periksa": "Bank sedang memeriksa ulang rekening Anda.",
}


def add_account(router: APIRouter, site: Site) -> None:
    """One page: the account as it is, a form to link another, and one to have it checked again."""

    async def read(request: Request, selesai: str = "") -> Response:
        async def serve(request: Request, person: Participant) -> Response:
            return show(site, request, await _linking(site, person, {}, DONE.get(selesai, "")))

        return await site.for_visitor(serve)(request)

    async def link(request: Request) -> Response:
        async def serve(request: Request, person: Participant) -> Response:
            return await take(site, request, person, await _linking(site, person, await sent(request)))

        return await site.for_visitor(serve)(request)

    router.get(f"{PLACE}{HERE}", include_in_schema=False)(read)
    router.post(f"{PLACE}{HERE}", include_in_schema=False)(link)


def add_recheck(router: APIRouter, site: Site) -> None:
    """After the person mended something at the bank."""

    async def read(request: Request) -> Response:
        async def serve(request: Request, person: Participant) -> Response:
            return show(site, request, _recheck(person))

        return await site.for_visitor(serve)(request)

    async def ask(request: Request) -> Response:
        async def serve(request: Request, person: Participant) -> Response:
            return await take(site, request, person, _recheck(person))

        return await site.for_visitor(serve)(request)

    router.get(f"{PLACE}{AGAIN}", include_in_schema=False)(read)
    router.post(f"{PLACE}{AGAIN}", include_in_schema=False)(ask)


def _partner(site: Site, person: Participant) -> Question:
    names = site.door.reference.desk.rules[person.rule_set].payment_partners
    return Question(
        "mitra", "select", "Bank atau dompet elektronik", "Pilih salah satu.", options={name: name for name in names}
    )


async def _linking(site: Site, person: Participant, fields: Values, done: str = "") -> Act:
    partner = _partner(site, person)
    values = picked((partner, NUMBER), fields)

    async def check() -> Checked:
        if values.get(partner.name) not in partner.options:
            return {partner.name: partner.missing}
        try:
            await site.door.sealed_account(person.applicant_id, values[partner.name], answer(NUMBER, values))
        except Refused as refused:
            return {NUMBER.name: told(refused)}
        return {}

    async def do(confirmed: Confirmed) -> str:
        bank, typed = values[partner.name], answer(NUMBER, values)
        index, number, masked = await site.door.sealed_account(person.applicant_id, bank, typed)
        await confirmed.execute(LinkAccount(person.applicant_id, bank, index, number, masked))
        return f"{HERE}?selesai=sambung"

    hours = site.door.reference.desk.rules[person.rule_set].account_hold_hours
    return Act(
        purpose="payout_account",
        place=HERE,
        template="account.html",
        button="Ganti rekening" if person.account else "Sambungkan rekening",
        do=do,
        questions=(partner, NUMBER),
        values=values,
        check=check,
        shown={"done": done, "hours": hours, "active": person.active, **await _account(site, person)},
    )


async def _account(site: Site, person: Participant) -> Mapping[str, Any]:
    account: Account | None = person.account
    if account is None:
        return {"account": None, "remarks": ()}
    key = await site.door.key(person.applicant_id)
    now = site.door.service.clock.now()
    held = account.hold_until if account.held(now) else None
    return {
        "account": {
            "name": views.opened(key, "account_number", account.masked),
            "linked_at": account.linked_at,
            "checked_at": account.check.checked_at if account.check else None,
            "verified": account.verified,
            "held": held,
        },
        "remarks": remarks(account),
    }


def _recheck(person: Participant) -> Act:
    """Raises ACCOUNT_NOT_LINKED."""
    if person.account is None:
        raise Refused("ACCOUNT_NOT_LINKED")

    async def do(confirmed: Confirmed) -> str:
        await confirmed.execute(RecheckAccount(person.applicant_id))
        return f"{HERE}?selesai=periksa"

    return Act("payout_account", AGAIN, "recheck.html", "Minta pemeriksaan ulang", do)
