"""The citizens' pages, twice: for citizens, and under /latihan for staff who practise."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.registration.api import act_pages, apply_pages, code_pages, lost_code_pages, status_pages
from services.registration.api.desk import Desk
from services.registration.api.practice import Towns, sent_code
from services.registration.pages.site import Site, sent
from shared.security.tokens import TokenSeal

PRACTICE = "/latihan"


def add_pages(router: APIRouter, desk: Desk) -> None:
    """What citizens see, and the same for practice."""
    _add_citizens(router, desk)
    _add_practice(router, desk)


def _add_citizens(router: APIRouter, desk: Desk) -> None:

    async def the_desk(request: Request) -> Desk:
        return desk

    base = f"{desk.settings.root_path}{router.prefix}"
    _add_all(router, Site(base, base, False, *_seals(desk, ""), the_desk))


def _add_practice(router: APIRouter, desk: Desk) -> None:
    """The same for signed-in staff: everything is checked as for citizens, and nothing is stored or told."""
    towns, signed_in = Towns(desk), desk.accounts.require()

    async def their_desk(request: Request) -> Desk:
        return towns.desk((await signed_in(request)).username)

    base = f"{desk.settings.root_path}{router.prefix}"
    seals = _seals(desk, "latihan/")
    site = Site(base + PRACTICE, base, True, *seals, their_desk, lambda own: {"sent_code": "".join(sent_code(own))})

    @router.get(PRACTICE, include_in_schema=False)
    async def begin(request: Request) -> Response:
        return site.page(request, await their_desk(request), "practice.html")

    @router.post(PRACTICE, include_in_schema=False)
    async def again(request: Request) -> Response:
        staff = await signed_in(request)
        await sent(request)
        towns.again(staff.username)
        response = site.to("/daftar")
        site.drop_draft(response)
        site.leave(response)
        return response

    _add_all(router, site)


def _seals(desk: Desk, prefix: str) -> tuple[TokenSeal, TokenSeal, TokenSeal]:
    clock = desk.service.clock
    form, session, carried = (
        TokenSeal(desk.vault, f"registration/{prefix}{name}", clock) for name in ("form", "session", "carried")
    )
    return form, session, carried


def _add_all(router: APIRouter, site: Site) -> None:
    for add in (
        apply_pages.add_form,
        apply_pages.add_receipt,
        status_pages.add_status,
        act_pages.add_test,
        act_pages.add_joining,
        act_pages.add_consultation,
        lost_code_pages.add_lost_code,
        lost_code_pages.add_new_code,
    ):
        add(router, site)
    for act in code_pages.ACTS:
        code_pages.add_act(router, site, act)
