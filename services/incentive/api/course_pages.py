"""The catalogue on a page, a course with what one should know before buying it, and what was bought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from services.incentive.api.bodies import CoursePath, PurchaseNumber
from services.incentive.api.buying import purchase_of
from services.incentive.api.citizens import courses
from services.incentive.api.coded import show, take
from services.incentive.catalogue_store import ratings_of
from services.incentive.domain.catalogue import Course
from services.incentive.domain.fit import best_first
from services.incentive.domain.participant import Participant
from services.incentive.pages import guide
from services.incentive.pages.site import PLACE, Site
from services.incentive.pages.words import MODES, ORDERS, TOPICS
from shared.contracts.decision import Refused
from shared.web.forms import sent

AT_ONCE = 12
"""Courses on one page of the list: a phone's few screens, and small."""
Word = Annotated[str, Query(max_length=40)]
Skip = Annotated[int, Query(ge=0, le=100_000)]


def add_catalogue(router: APIRouter, site: Site) -> None:
    """Searching by platform, topic and words; whoever looked at a page of a topic is interested in it."""
    catalogue = _Catalogue(site)
    router.get(f"{PLACE}/pelatihan", include_in_schema=False)(catalogue.search)
    router.get(f"{PLACE}/pelatihan/{{course_code}}", include_in_schema=False)(catalogue.course)
    router.post(f"{PLACE}/pelatihan/{{course_code}}", include_in_schema=False)(catalogue.buy)
    router.get(f"{PLACE}/pembelian/{{number}}", include_in_schema=False)(catalogue.bought)


class _Catalogue:
    def __init__(self, site: Site) -> None:
        self._site = site

    async def search(
        self,
        request: Request,
        platform: Word = "",
        bidang: Word = "",
        kata: Word = "",
        urut: Word = "",
        dari: Skip = 0,
    ) -> Response:
        async def serve(request: Request, person: Participant) -> Response:
            chosen = {"platform": platform, "bidang": bidang, "kata": kata, "urut": urut}
            found = await self._found(person, chosen)
            shown = found[dari : dari + AT_ONCE]
            return self._site.page(
                request,
                "catalogue.html",
                found=shown,
                ratings=await ratings_of(self._site.door.service.database, [each.course_code for each, _ in shown]),
                total=len(found),
                more=f"?{urlencode({**chosen, 'dari': dari + AT_ONCE})}" if dari + AT_ONCE < len(found) else "",
                chosen=chosen,
                platforms=await self._site.door.shelf.platforms(),
                topics=TOPICS,
                modes=MODES,
                orders=ORDERS,
                person=person,
            )

        return await self._site.for_visitor(serve)(request)

    async def _found(self, person: Participant, chosen: Mapping[str, str]) -> Sequence[tuple[Course, int | None]]:
        """Courses in the order asked for; with their points when they are ordered by them."""
        platform, topic, text = chosen["platform"], chosen["bidang"], chosen["kata"].strip()
        found = await courses(self._site.door, platform or None, topic or None, text or None)
        if chosen["urut"] == "sesuai":
            return best_first(found, await self._site.door.buyer(person, (topic,) if topic in TOPICS else ()))
        if chosen["urut"] == "harga":
            found = sorted(found, key=lambda each: each.price_rupiah)
        return [(each, None) for each in found]

    async def course(self, request: Request, course_code: CoursePath, minat: Word = "") -> Response:
        async def serve(request: Request, person: Participant) -> Response:
            return show(self._site, request, await purchase_of(self._site, person, course_code, {"minat": minat}))

        return await self._site.for_visitor(serve)(request)

    async def buy(self, request: Request, course_code: CoursePath) -> Response:
        async def serve(request: Request, person: Participant) -> Response:
            act = await purchase_of(self._site, person, course_code, await sent(request))
            return await take(self._site, request, person, act)

        return await self._site.for_visitor(serve)(request)

    async def bought(self, request: Request, number: PurchaseNumber, baru: str = "") -> Response:
        async def serve(request: Request, person: Participant) -> Response:
            purchase = person.purchase(number)
            if purchase is None:
                raise Refused("COURSE_UNKNOWN")
            course = (await self._site.door.shelf.courses()).get(purchase.course_code)
            told = guide.steps(self._site.door.reference.guides, purchase, course)
            return self._site.page(request, "bought.html", purchase=purchase, fresh=bool(baru), steps=told)

        return await self._site.for_visitor(serve)(request)
