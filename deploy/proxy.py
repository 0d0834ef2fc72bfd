"""One port in front of the embedded services: `/<service>/...` goes to that service, `/` to reporting's public page.

In compose a reverse proxy of its own does this, with TLS; here it is enough to pass requests on.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from shared.web import error_pages

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "te", "upgrade", "host", "content-length"}
FORWARDED = b"x-forwarded-for"
OURS = HOP_BY_HOP | {FORWARDED.decode()}
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
AWAY = "Bagian ini sedang dimulai ulang. Yang sudah Anda kirim tetap aman. Buka lagi halaman ini beberapa detik lagi."
INTEGRATION = "api"
"""The real partner interface of the programme stands under /api and belongs to incentive."""


def proxy(targets: Mapping[str, str]) -> Starlette:
    """`targets` maps the first path segment to the address of a service."""
    client = _client()

    async def forward(request: Request) -> Response:
        first = request.url.path.split("/")[1]
        target = targets.get("incentive" if first == INTEGRATION else first)
        if target is None:
            return _told(request, "NOT_FOUND", 404, "Tidak ada halaman di alamat ini.")
        headers = [(k, v) for k, v in request.headers.raw if k.decode().lower() not in OURS]
        headers += [(b"host", request.headers.get("host", "").encode()), (FORWARDED, _forwarded(request))]
        length = request.headers.get("content-length")
        body = _body(request) if length or "transfer-encoding" in request.headers else None
        if length:
            headers.append((b"content-length", length.encode()))
        url = httpx.URL(target).copy_with(raw_path=request.scope["raw_path"] + _query(request))
        asked = client.build_request(request.method, url, headers=headers, content=body)
        try:
            answer = await _send(client, asked)
        except httpx.HTTPError:
            return _told(request, "STARTING", 503, AWAY)
        passed = [(k, v) for k, v in answer.headers.multi_items() if k.lower() not in HOP_BY_HOP]
        response = StreamingResponse(answer.aiter_raw(), answer.status_code, background=None)
        response.raw_headers = [(k.lower().encode(), v.encode()) for k, v in passed]
        return response

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with client:
            yield

    routes = [Route("/", _front, methods=["GET"]), Route("/{path:path}", forward, methods=METHODS)]
    return Starlette(routes=routes, lifespan=lifespan)


def _told(request: Request, code: str, status: int, sentence: str) -> Response:
    """In plain text for programs, as a page for people; its style comes from whichever service is there."""
    if error_pages.wanted(request):
        response = error_pages.answer(request, "reporting", code, status, sentence)
    else:
        response = Response(sentence, status, media_type="text/plain; charset=utf-8")
    if status == httpx.codes.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = "2"
    return response


async def _front(request: Request) -> Response:
    return RedirectResponse("/reporting/")


def _client() -> httpx.AsyncClient:
    """A client that keeps no cookie. Else it would send those of earlier answers along with whatever it asks next: each
    visitor would come in with the session of the last one who signed in."""
    nobody = CookieJar(DefaultCookiePolicy(allowed_domains=()))
    limits = httpx.Limits(max_connections=400, max_keepalive_connections=100)
    return httpx.AsyncClient(timeout=60, limits=limits, cookies=nobody)


async def _send(client: httpx.AsyncClient, request: httpx.Request) -> httpx.Response:
    """A question may be asked twice: the connection it was sent on may just have been closed as idle."""
    try:
        return await client.send(request, stream=True)
    except (httpx.ReadError, httpx.RemoteProtocolError):
        if request.method not in ("GET", "HEAD"):
            raise
        return await client.send(request, stream=True)


def _forwarded(request: Request) -> bytes:
    """Who called, at the end of what the caller says of itself: services believe only what their proxy wrote."""
    told = request.headers.getlist(FORWARDED.decode())
    return ", ".join([*told, request.client.host if request.client else "unknown"]).encode("latin-1")


async def _body(request: Request) -> AsyncIterator[bytes]:
    async for chunk in request.stream():
        yield chunk


def _query(request: Request) -> bytes:
    query: bytes = request.scope["query_string"]
    return b"?" + query if query else b""
