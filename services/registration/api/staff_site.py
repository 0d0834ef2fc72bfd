"""The pages of signed-in staff: how they are shown, who may act there, and that a form acts once, sent twice or not."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, ValidationError

from services.registration.api.desk import Desk
from services.registration.pages.site import templates
from shared.contracts.decision import Refused
from shared.security.accounts import Role, Staff, check_origin
from shared.web.problems import Problem

HOME = "/petugas"
"""Where staff begin their work after signing in, below the service's prefix."""
KEY = "key"
"""The hidden field that makes a form act once."""
MOST_DIGITS = 8
Kind = TypeVar("Kind", bound=BaseModel)


class StaffSite:
    """Where the pages stand, and what all of them share."""

    def __init__(self, router: APIRouter, desk: Desk) -> None:
        self.desk, self.base = desk, f"{desk.settings.root_path}{router.prefix}"

    def page(self, name: str, staff: Staff, section: str, **shown: Any) -> HTMLResponse:
        """A page that no browser keeps; `section` is the place in the navigation where it stands."""
        given = {"base": self.base, "style_href": f"{self.base}/style.css", "staff": staff, "section": section}
        html = templates().get_template(name).render(**given, new_key=_new_key, **shown)
        return HTMLResponse(html, headers={"Cache-Control": "no-store"})

    def to(self, place: str) -> RedirectResponse:
        """See other: what was sent is not sent again by a reload."""
        return RedirectResponse(f"{self.base}{place}", 303)

    def acting(self, *roles: Role) -> Callable[[Request], Awaitable[Staff]]:
        """A dependency of forms: as `Accounts.require`, and another site's form is refused whoever is signed in."""
        signed_in = self.desk.accounts.require(*roles)

        async def of_this_site(request: Request) -> Staff:
            check_origin(request)
            return await signed_in(request)

        return of_this_site

    async def once(self, staff: Staff, form: Mapping[str, str], command: Any) -> Mapping[str, Any]:
        """Decide the command of a form; the same form again gets the first answer, and changes nothing.

        Raises Problem FORM_CHANGED for a form that was sent before with other content, and Refused as the rule does.
        """
        kind, content = type(command).__name__, repr(sorted(form.items()))
        key = f"petugas/{staff.username}/{kind}/{form.get(KEY, '')[:64]}" if form.get(KEY) else None
        try:
            return await self.desk.execute(command, key=key, digest=hashlib.sha256(content.encode()).hexdigest())
        except Refused as refused:
            if refused.code != "IDEMPOTENCY_KEY_REUSED":
                raise
            sentence = "Formulir ini sudah diterima dengan isian lain. Buka lagi halamannya, lalu isi kembali."
            raise Problem("FORM_CHANGED", status=409, sentence=sentence) from None


def _new_key() -> str:
    return str(uuid.uuid4())


def read(kind: type[Kind], values: Mapping[str, Any]) -> Kind:
    """What a form says, under the very rules of the body that programs send; fields left empty are not given."""
    try:
        return kind.model_validate({name: value for name, value in values.items() if value not in (None, "")})
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_url=False, include_input=False)) from None


def whole(text: str) -> int | str:
    """A number as typed; what is none stays text, and the body refuses it."""
    plain = text.strip().replace(".", "")
    return int(plain) if plain.isascii() and plain.isdecimal() and len(plain) <= MOST_DIGITS else text
