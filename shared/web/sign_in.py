"""Signing in and out of staff, for browsers (a page and a cookie) and programs (a token), the same at every service."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from shared.engine.ports import Clock, Database
from shared.security.accounts import COOKIE, SESSION_LIFE, Accounts
from shared.web.pages import environment, style_sheet
from shared.web.problems import Problem

HERE = Path(__file__).parent / "templates"
LOCKED = {"Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'"}
Name = Annotated[str, Field(min_length=1, max_length=64)]
Word = Annotated[str, Field(min_length=1, max_length=200)]


class SignInBody(BaseModel):
    """What a program sends; `new_password` is needed with a one-time password."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    username: Name
    password: Word
    new_password: Word | None = None


def router_of(name: str, database: Database, clock: Clock) -> APIRouter:
    """POST /<service>/session for programs; GET and POST /<service>/sign-in for people."""
    router = APIRouter(prefix=f"/{name}", tags=["sign-in"])
    accounts = Accounts(database, clock)
    _add_session(router, accounts)
    _add_page(router, accounts, name)
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
        gone = Response(status_code=204)
        gone.delete_cookie(COOKIE, path="/")
        return gone


def _add_page(router: APIRouter, accounts: Accounts, name: str) -> None:
    def page(error: str | None, status: int = 200, change: bool = False) -> HTMLResponse:
        template = environment(HERE).get_template("sign_in.html")
        shown = {"error": error, "change": change, "style_href": f"/{name}/sign-in.css", "action": f"/{name}/sign-in"}
        return HTMLResponse(template.render(**shown), status, LOCKED)

    @router.get("/sign-in", response_class=HTMLResponse, include_in_schema=False)
    async def show() -> Response:
        return page(None)

    @router.get("/sign-in.css", include_in_schema=False)
    async def style() -> Response:
        return Response(style_sheet(), media_type="text/css", headers={"Cache-Control": "max-age=3600"})

    @router.post("/sign-in", response_class=HTMLResponse, include_in_schema=False)
    async def sign_in(
        request: Request,
        username: Annotated[str, Form(min_length=1, max_length=64)],
        password: Annotated[str, Form(min_length=1, max_length=200)],
        new_password: Annotated[str, Form(max_length=200)] = "",
    ) -> Response:
        try:
            token = await accounts.sign_in(username, password, new_password or None)
        except Problem as problem:
            change = problem.code.startswith("PASSWORD")
            return page(problem.sentence, problem.status, change)
        return _with_cookie(RedirectResponse("/", 303), request, token)


def _with_cookie(response: Response, request: Request, token: str) -> Response:
    """For this site alone, unreadable for scripts; over TLS whenever the page came over TLS."""
    secure = request.headers.get("x-forwarded-proto", request.url.scheme) == "https"
    response.set_cookie(COOKIE, token, path="/", httponly=True, secure=secure, samesite="strict")
    return response
