"""A full lane's refusal in its visitor's own form, made of ready bytes: it must cost next to nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Literal

from shared.web.headers import SAFE
from shared.web.problems import COMMON, MEDIA_TYPE

Headers = list[tuple[bytes, bytes]]
Form = Literal["problem", "page", "platform"]
REFUSED, SENTENCE = COMMON["BUSY"]
PLATFORMS = "/api/v1/integration/"
"""The programme's own partner interface: its paths and the form of its errors are given."""
SAFE_HEADERS = [(name.lower().encode(), value.encode()) for name, value in SAFE.items()]


def form_of(path: str, browses: bool) -> Form:
    """In which form a visitor of a path reads a refusal."""
    if PLATFORMS in path:
        return "platform"
    return "page" if browses else "problem"


def refusal_of(form: Form, seconds: int) -> tuple[Headers, bytes]:
    """Headers and body of a 503 that tells after how many seconds to come again."""
    body = _PAGE.format(seconds).encode() if form == "page" else _BODIES[form]
    told = ((b"content-type", _KINDS[form]), (b"content-length", b"%d" % len(body)), (b"retry-after", b"%d" % seconds))
    return [*told, *SAFE_HEADERS], body


BUSY_PLATFORM = f"ERRPLT{REFUSED}01"
_PROBLEM = {
    "type": "urn:gelombang:problem:BUSY",
    "title": "BUSY",
    "status": REFUSED,
    "code": "BUSY",
    "detail": SENTENCE,
}
_BODIES: Mapping[Form, bytes] = {
    "problem": json.dumps(_PROBLEM).encode(),
    "platform": json.dumps({"success": False, "code": BUSY_PLATFORM, "message": SENTENCE}).encode(),
}
_KINDS: Mapping[Form, bytes] = {
    "problem": MEDIA_TYPE.encode(),
    "page": b"text/html; charset=utf-8",
    "platform": b"application/json",
}
_PAGE = (
    '<!doctype html><html lang="id"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>Layanan sedang penuh</title><h1>Layanan sedang penuh</h1>"
    "<p>Banyak orang membuka halaman ini bersamaan. Data Anda belum dikirim dan tidak ada yang hilang.</p>"
    "<p>Coba lagi sekitar <strong>{} detik</strong> lagi. Datang lebih dahulu atau lebih lambat "
    "<strong>tidak mengubah peluang</strong> Anda terpilih.</p></html>"
)
