"""The page on which a visitor's own browser draws a wave again: served here, and as one file that needs no server."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from services.registration.api.bodies import WaveNumber
from services.registration.api.desk import Desk
from shared.web.pages import environment, style_sheet

HERE = Path(__file__).parents[1] / "pages" / "verifier"
SCRIPTS = ("draw.js", "page.js")
KINDS = {"draw.js": "text/javascript", "page.js": "text/javascript", "page.css": "text/css"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""The only page that runs a script: our own, which may ask nobody but us."""


def add_verifier(router: APIRouter, desk: Desk) -> None:
    """The page of each wave, and its two scripts."""
    base = f"{desk.settings.root_path}{router.prefix}"

    @router.get("/waves/{wave}/verifier", include_in_schema=False)
    async def page(wave: WaveNumber) -> HTMLResponse:
        return HTMLResponse(_page(wave, base), headers={"Content-Security-Policy": POLICY})

    for name, kind in KINDS.items():
        router.add_api_route(f"/verifier/{name}", _file(name, kind), include_in_schema=False)


def _file(name: str, kind: str) -> Callable[[], Awaitable[Response]]:
    async def serve() -> Response:
        text = (HERE / name).read_text(encoding="utf-8")
        return Response(text, media_type=kind, headers={"Cache-Control": "public, max-age=300"})

    return serve


def _page(wave: int, base: str) -> str:
    return environment(HERE).get_template("page.html").render(wave=wave, base=base, inline=None)


def folder_page(wave: int) -> str:
    """The same as one file for a folder of published files. It asks nobody for anything: the policy says so."""
    script = "\n".join((HERE / name).read_text(encoding="utf-8") for name in SCRIPTS)
    style = style_sheet() + (HERE / "page.css").read_text(encoding="utf-8")
    policy = f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; img-src data:"
    inline = {"script": script, "style": style, "policy": policy}
    return environment(HERE).get_template("page.html").render(wave=wave, base="", inline=inline)


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
