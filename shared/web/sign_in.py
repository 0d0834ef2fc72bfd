"""Signing in and out of staff, for browsers (a page and a cookie) and programs (a token), the same at every service."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from shared.engine.ports import Clock, Database
from shared.security.accounts import COOKIE, SESSION_LIFE, SHORTEST_PASSWORD, Accounts
from shared.web import cookies
from shared.web.guard import GuardedRoute
from shared.web.pages import environment, style_sheet
from shared.web.problems import Problem

HERE = Path(__file__).parent / "templates"
PLACE = re.compile(r"/[A-Za-z0-9][A-Za-z0-9/_.-]*(\?[A-Za-z0-9=&_.-]*)?")
"""A path of this site. Never `//elsewhere`: nobody's link may lead from our sign-in to another site."""
Name = Annotated[str, Field(min_length=1, max_length=64)]
Word = Annotated[str, Field(min_length=1, max_length=200)]
NameField = Annotated[str, Form(min_length=1, max_length=64)]
WordField = Annotated[str, Form(min_length=1, max_length=200)]
OptionalField = Annotated[str, Form(max_length=200)]


class SignInBody(BaseModel):
    """What a program sends; `new_password` is needed with a one-time password."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    username: Name
    password: Word
    new_password: Word | None = None


def router_of(name: str, database: Database, clock: Clock, home: str = "/") -> APIRouter:
    """POST /<service>/session for programs; pages /<service>/sign-in and sign-out for people.

    `home` is where staff begin their work when they did not come from another page.
    """
    router = APIRouter(prefix=f"/{name}", route_class=GuardedRoute, tags=["sign-in"])
    accounts = Accounts(database, clock)
    _add_session(router, accounts)
    _add_page(router, accounts, name, home)
    _add_leaving(router, accounts, name)
    return router


def _add_session(router: APIRouter, accounts: Accounts) -> None:
    @router.post("/session", summary="Masuk (program)")
    async def sign_in(body: SignInBody) -> dict[str, Any]:
        """A token for `Authorization: Bearer`, good for eight hours, and 30 minutes without use."""
        token = await accounts.sign_in(body.username, body.password, body.new_password)
        return {"token": token, "expires_in_seconds": int(SESSION_LIFE.total_seconds())}

    @router.delete("/session", status_code=204, summary="Keluar (program)")
    async def sign_out(request: Request) -> Response:
        _, _, token = request.headers.get("authorization", "").partition(" ")
        await accounts.sign_out(token or request.cookies.get(COOKIE, ""))
        return _without_cookie(Response(status_code=204))


def _add_page(router: APIRouter, accounts: Accounts, name: str, home: str) -> None:
    def page(status: int = 200, **shown: Any) -> HTMLResponse:
        words = {"error": None, "change": False, "left": False, "next": "", "shortest": SHORTEST_PASSWORD, **shown}
        template = environment(HERE).get_template("sign_in.html")
        html = template.render(**words, style_href=f"/{name}/style.css", action=f"/{name}/sign-in")
        return HTMLResponse(html, status)

    @router.get("/sign-in", response_class=HTMLResponse, include_in_schema=False)
    async def show(next: str = "", left: bool = False) -> Response:
        return page(next=_place(next, ""), left=left)

    @router.get("/style.css", include_in_schema=False)
    async def style() -> Response:
        return Response(style_sheet(), media_type="text/css", headers={"Cache-Control": "max-age=3600"})

    @router.post("/sign-in", response_class=HTMLResponse, include_in_schema=False)
    async def sign_in(
        request: Request,
        username: NameField,
        password: WordField,
        new_password: OptionalField = "",
        next: OptionalField = "",
    ) -> Response:
        try:
            token = await accounts.sign_in(username, password, new_password or None)
        except Problem as problem:
            change = problem.code.startswith("PASSWORD")
            return page(problem.status, error=problem.sentence, change=change, next=_place(next, ""))
        return _with_cookie(RedirectResponse(_place(next, home), 303), request, token)


def _add_leaving(router: APIRouter, accounts: Accounts, name: str) -> None:
    @router.post("/sign-out", include_in_schema=False)
    async def sign_out(request: Request) -> Response:
        """The button of a page. Another site's form brings no cookie and ends nothing."""
        leaving = RedirectResponse(f"/{name}/sign-in?left=true", 303)
        if not (token := request.cookies.get(COOKIE)):
            return leaving
        await accounts.sign_out(token)
        return _without_cookie(leaving)


def _place(asked: str, otherwise: str) -> str:
    return asked if PLACE.fullmatch(asked) else otherwise


def _with_cookie(response: Response, request: Request, token: str) -> Response:
    cookies.keep(response, request, COOKIE, token, path="/")
    return response


def _without_cookie(response: Response) -> Response:
    cookies.drop(response, COOKIE, path="/")
    return response
