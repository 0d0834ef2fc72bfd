"""The catalogue on a page, a course with what one should know before buying it, and what was bought."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from services.incentive.api.bodies import CoursePath, PurchaseNumber
from services.incentive.api.buying import purchase_of
from services.incentive.api.citizens import courses
from services.incentive.api.coded import show, take
from services.incentive.domain.participant import Participant
from services.incentive.pages.site import PLACE, Site
from services.incentive.pages.words import MODES, TOPICS
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
        self, request: Request, platform: Word = "", bidang: Word = "", kata: Word = "", dari: Skip = 0
    ) -> Response:
        async def serve(request: Request, person: Participant) -> Response:
            found = courses(self._site.door, platform or None, bidang or None, kata.strip() or None)
            chosen = {"platform": platform, "bidang": bidang, "kata": kata}
            return self._site.page(
                request,
                "catalogue.html",
                found=found[dari : dari + AT_ONCE],
                total=len(found),
                more=f"?{urlencode({**chosen, 'dari': dari + AT_ONCE})}" if dari + AT_ONCE < len(found) else "",
                chosen=chosen,
                platforms=self._platforms(),
                topics=TOPICS,
                modes=MODES,
                person=person,
            )

        return await self._site.for_visitor(serve)(request)

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
            return self._site.page(request, "bought.html", purchase=purchase, fresh=bool(baru))

        return await self._site.for_visitor(serve)(request)

    def _platforms(self) -> dict[str, str]:
        found = {each.platform_code: each.platform for each in self._site.door.reference.catalogue.values()}
        return dict(sorted(found.items(), key=lambda each: each[1]))
