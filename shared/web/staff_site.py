"""The pages of signed-in staff: how they are shown, who may act there, and that a form acts once, sent twice or not."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment

from shared.contracts.decision import Refused
from shared.security.accounts import Accounts, Role, Staff, check_origin
from shared.web.problems import Problem

HOME = "/petugas"
"""Where staff begin their work after signing in, below the service's prefix."""
KEY = "key"
"""The hidden field that makes a form act once."""


class Execute(Protocol):
    """How a service decides a command of its door."""

    async def __call__(self, command: Any, *, key: str | None = None, digest: str = "") -> Mapping[str, Any]: ...


class StaffSite:
    """Where the pages stand (`base`), and what all of them share."""

    def __init__(self, base: str, accounts: Accounts, execute: Execute, templates: Environment) -> None:
        self.base, self._accounts, self._execute, self._templates = base, accounts, execute, templates

    def page(self, name: str, staff: Staff, section: str, **shown: Any) -> HTMLResponse:
        """A page that no browser keeps; `section` is the place in the navigation where it stands."""
        given = {"base": self.base, "style_href": f"{self.base}/style.css", "staff": staff, "section": section}
        html = self._templates.get_template(name).render(**given, new_key=new_key, **shown)
        return HTMLResponse(html, headers={"Cache-Control": "no-store"})

    def to(self, place: str) -> RedirectResponse:
        """See other: what was sent is not sent again by a reload."""
        return RedirectResponse(f"{self.base}{place}", 303)

    def acting(self, *roles: Role) -> Callable[[Request], Awaitable[Staff]]:
        """A dependency of forms: as `Accounts.require`, and another site's form is refused whoever is signed in."""
        signed_in = self._accounts.require(*roles)

        async def of_this_site(request: Request) -> Staff:
            check_origin(request)
            return await signed_in(request)

        return of_this_site

    async def once(self, staff: Staff, form: Mapping[str, str], command: Any) -> Mapping[str, Any]:
        """Decide the command of a form; the same form again gets the first answer, and changes nothing.

        Raises Problem FORM_CHANGED for a form that was sent before with other content, and Refused as the rule does.
        """
        kind = type(command).__name__
        key = f"petugas/{staff.username}/{kind}/{form.get(KEY, '')[:64]}" if form.get(KEY) else None
        return await once(self._execute, command, key, form)


async def once(execute: Execute, command: Any, key: str | None, form: Mapping[str, str]) -> Mapping[str, Any]:
    """Decide a command under the key of the form it came with. Raises Problem FORM_CHANGED, and Refused."""
    try:
        return await execute(command, key=key, digest=digest_of(form))
    except Refused as refused:
        if refused.code != "IDEMPOTENCY_KEY_REUSED":
            raise
        sentence = "Formulir ini sudah diterima dengan isian lain. Buka lagi halamannya, lalu isi kembali."
        raise Problem("FORM_CHANGED", status=409, sentence=sentence) from None


def digest_of(form: Mapping[str, str]) -> str:
    """What tells one content of a form from another."""
    return hashlib.sha256(repr(sorted(form.items())).encode()).hexdigest()


def new_key() -> str:
    """The key of a form that is shown: sent twice it acts once."""
    return str(uuid.uuid4())
