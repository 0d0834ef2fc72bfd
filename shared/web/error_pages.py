"""A problem as a page, for whoever came with a browser. Programs get the problem document."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, urlsplit

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from shared.web.headers import SAFE
from shared.web.pages import environment

HERE = Path(__file__).parent / "templates"
TITLES: Mapping[int, str] = {
    401: "Silakan masuk lebih dahulu",
    403: "Akun ini tidak berhak",
    404: "Tidak ditemukan",
    405: "Tidak ditemukan",
    408: "Kiriman terlalu lama di jalan",
    409: "Belum dapat dilakukan",
    413: "Kiriman terlalu besar",
    422: "Isian belum sesuai",
    429: "Terlalu banyak percobaan",
    500: "Terjadi kesalahan pada kami",
    503: "Layanan sedang sibuk",
}
FOR_PEOPLE: Mapping[str, str] = {
    "INPUT_INVALID": "Ada isian yang kosong, terlalu panjang, atau salah bentuknya. Perbaiki, lalu kirim lagi.",
    "BUSY": "Layanan sedang penuh. Data Anda belum dikirim; coba lagi beberapa saat lagi.",
    "BODY_TOO_SLOW": (
        "Sambungan internet Anda terlalu lambat atau terputus, jadi kiriman tidak sampai seluruhnya dan belum ada yang "
        "tersimpan. Cari tempat dengan sinyal lebih baik, lalu kirim lagi."
    ),
}
"""Sentences that replace those which speak to programs, of fields and headers."""


def wanted(request: Request) -> bool:
    """Browsers name text/html when they go to a page; programs name JSON or nothing in particular."""
    return "text/html" in request.headers.get("accept", "")


def answer(request: Request, service: str, code: str, status: int, sentence: str) -> Response:
    """The page; whoever wanted to read something and is not signed in goes to the sign-in page, and back after it."""
    if code == "SIGN_IN_NEEDED" and request.method == "GET":
        return RedirectResponse(f"/{service}/sign-in?next={quote(here(request))}", 303)
    shown = {
        "heading": TITLES.get(status, "Permintaan ini tidak dapat dilayani"),
        "sentence": FOR_PEOPLE.get(code, sentence),
        "code": code,
        "back": came_from(request),
        "sign_in": f"/{service}/sign-in" if status in (401, 403) else None,
        "style_href": f"/{service}/style.css",
    }
    return HTMLResponse(environment(HERE).get_template("error.html").render(**shown), status, dict(SAFE))


def came_from(request: Request) -> str:
    """Path and query of the page of ours that led here; empty when there was none, or it is this very page."""
    page = urlsplit(request.headers.get("referer", ""))
    if page.netloc != request.headers.get("host") or not page.path.startswith("/") or page.path.startswith("//"):
        return ""
    place = f"{page.path}?{page.query}" if page.query else page.path
    return "" if request.method == "GET" and place == here(request) else place


def here(request: Request) -> str:
    """Path and query of a request."""
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path
