"""Where the pages stand, what they carry between them, and how they are shown: the real ones and those for practice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment

from services.registration import store
from services.registration.api.desk import Desk
from services.registration.domain.applicant import Applicant
from services.registration.domain.calendar import long_date
from shared.security.tokens import TokenSeal
from shared.web import cookies
from shared.web.forms import sent as sent
from shared.web.pages import environment
from shared.web.visits import Visit, Visits, number_device

HERE = Path(__file__).parent
FORM_LIFE = timedelta(days=7)
"""As long as the answer to an Idempotency-Key is kept: a form is never sent twice by somebody who comes back."""
RECEIPT_LIFE = timedelta(hours=1)
PARTICIPANT = "/incentive/status"
"""Incentive's page for the stages 3 to 7, where messages lead as well (notification's routing.csv)."""


@lru_cache(maxsize=1)
def templates() -> Environment:
    made = environment(HERE)
    made.filters["long"] = long_date
    return made


@dataclass(frozen=True)
class Site:
    """One set of the pages. `desk` gives the desk that serves a visitor (for practice: a signed-in member of staff)."""

    base: str
    """`/registration`, or `/registration/latihan`."""
    service_base: str
    practice: bool
    forms: TokenSeal
    sessions: TokenSeal
    carried: TokenSeal
    """What one form hands to the next without showing it."""
    desk: Callable[[Request], Awaitable[Desk]]
    extra: Callable[[Desk], Mapping[str, Any]] = field(default=lambda desk: {})
    """What else every page shows, such as the code that practice sends to nobody."""

    @property
    def path(self) -> str:
        """Below the service's own prefix."""
        return self.base.removeprefix(self.service_base)

    # ---- showing

    def page(self, request: Request, desk: Desk, name: str, status: int = 200, **shown: Any) -> HTMLResponse:
        """A page; `desk` gives the office's profile. A browser without a device number gets one."""
        given = {
            "base": self.base,
            "service_base": self.service_base,
            "style_href": f"{self.service_base}/style.css",
            "practice": self.practice,
            "sent_code": "",
            "office": desk.settings,
            **self.extra(desk),
            **shown,
        }
        response = HTMLResponse(templates().get_template(name).render(**given), status)
        number_device(response, request, self.service_base)
        return response

    def to(self, place: str) -> RedirectResponse:
        """See other: what was sent is not sent again by a reload."""
        return RedirectResponse(f"{self.base}{place}", 303)

    # ---- the form that is being filled in

    def draft(self, request: Request) -> dict[str, Any]:
        """{key, values}, or {receipt} after sending; empty when nothing was begun on this device."""
        return self.forms.open(request.cookies.get(self._name("form"))) or {}

    def keep_draft(self, response: Response, request: Request, draft: Mapping[str, Any], life: timedelta) -> None:
        """Raises TokenTooLarge."""
        token = self.forms.seal(draft, life)
        cookies.keep(response, request, self._name("form"), token, path=f"{self.base}/daftar", life=life)

    def drop_draft(self, response: Response) -> None:
        cookies.drop(response, self._name("form"), path=f"{self.base}/daftar")

    # ---- a new tracking code that is being written down

    def receipt(self, request: Request) -> str | None:
        found = self.carried.open(request.cookies.get(self._name("receipt")))
        return found["code"] if found else None

    def keep_receipt(self, response: Response, request: Request, code: str) -> None:
        token = self.carried.seal({"code": code}, RECEIPT_LIFE)
        path = f"{self.base}/kode-hilang"
        cookies.keep(response, request, self._name("receipt"), token, path=path, life=RECEIPT_LIFE)

    def drop_receipt(self, response: Response) -> None:
        cookies.drop(response, self._name("receipt"), path=f"{self.base}/kode-hilang")

    # ---- who looks at an application

    @property
    def visits(self) -> Visits:
        return Visits(self.sessions, self._name("status"), f"{self.base}/status")

    def enter(self, response: Response, request: Request, applicant: Applicant) -> None:
        """From now on this browser sees the application, until it rests for 30 minutes or the code is renewed."""
        self.visits.enter(response, request, Visit(applicant.applicant_id, applicant.tracking_index))

    def leave(self, response: Response) -> None:
        self.visits.leave(response)

    async def visitor(self, request: Request, desk: Desk) -> Applicant | None:
        """Whose application this browser may see now."""
        visit = self.visits.read(request)
        if visit is None:
            return None
        found = await store.applicant(desk.service.database, visit.person)
        return found if found and found.tracking_index == visit.tracking_index else None

    def _name(self, what: str) -> str:
        return f"gelombang_{'latihan_' if self.practice else ''}{what}"
