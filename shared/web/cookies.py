"""Cookies of ours: for this site alone, unreadable for scripts, and over TLS whenever the page came over TLS."""

from __future__ import annotations

from datetime import timedelta

from fastapi import Request
from fastapi.responses import Response


def over_tls(request: Request) -> bool:
    """As the visitor sees it: a proxy may end TLS before us."""
    return request.headers.get("x-forwarded-proto", request.url.scheme) == "https"


def keep(
    response: Response, request: Request, name: str, value: str, *, path: str, life: timedelta | None = None
) -> None:
    """Give the browser a cookie; without `life` until it is closed."""
    seconds = int(life.total_seconds()) if life else None
    response.set_cookie(
        name, value, max_age=seconds, path=path, httponly=True, secure=over_tls(request), samesite="strict"
    )


def drop(response: Response, name: str, *, path: str) -> None:
    response.delete_cookie(name, path=path)
