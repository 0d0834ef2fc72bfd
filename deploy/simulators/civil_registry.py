"""The civil registry as far as registration asks it: answers are fixed by the last four digits of the NIK.

    uvicorn --factory deploy.simulators.civil_registry:build

| serial | answer |
|---|---|
| 9900-9919 | 13: no such person |
| 9920-9939 | name does not match |
| 9940-9959 | KK number does not match |
| 9960-9979 | birth date does not match |
| 9980-9989 | sex does not match |
| 9990-9999 | 14: entry is not active |
| any other | everything matches |

So whoever makes demonstration people plants what the registry will say. `POST /simulator/faults` makes the next answers
fail: {"kind": "error" | "quota" | "unreadable" | "slow", "count": n, "seconds": s}; `GET /simulator/asked` counts
the questions. Its answers have the shape of the public clients (words in any case, HTTP 200 for failures too).
"""

from __future__ import annotations

import asyncio
from typing import Any, Literal

from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

FIELDS = ("NAMA_LGKP", "TGL_LHR", "JENIS_KLMIN", "NO_KK")
_WRONG = ((9920, 9939, "NAMA_LGKP"), (9940, 9959, "NO_KK"), (9960, 9979, "TGL_LHR"), (9980, 9989, "JENIS_KLMIN"))
_NOT_FOUND = {"RESPONSE_CODE": "13", "RESPONSE_DESC": "Data Tidak Ditemukan"}
_INACTIVE = {
    "RESPONSE_CODE": "14",
    "RESPONSE_DESC": "Data Ditemukan, Status Tidak Aktif, silakan hubungi Dinas Dukcapil",
}
_QUOTA = {"RESPONSE_CODE": "05", "RESPONSE_DESC": "Quota Access Hari ini telah Habis"}


class Question(BaseModel):
    """What a client sends; more fields than these are allowed and ignored, as at the real one."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    NIK: str = Field(pattern=r"^[0-9]{16}$")
    NAMA_LGKP: str | None = None
    TGL_LHR: str | None = None
    JENIS_KLMIN: str | None = None
    NO_KK: str | None = None


class Fault(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Literal["error", "quota", "unreadable", "slow"]
    count: int = Field(1, ge=0, le=1_000_000)
    seconds: float = Field(20.0, ge=0, le=120)


def answer(question: Question) -> dict[str, Any]:
    """What the registry says about one person, by the table above."""
    serial = int(question.NIK[-4:])
    if 9900 <= serial <= 9919:
        return dict(_NOT_FOUND)
    if serial >= 9990:
        return dict(_INACTIVE)
    wrong = next((field for first, last, field in _WRONG if first <= serial <= last), None)
    asked = question.model_dump(exclude_none=True, include=set(FIELDS))
    return {"NIK": "Sesuai", **{field: _word(field, field != wrong) for field in asked}}


def _word(field: str, matches: bool) -> str:
    """Names come with a similarity, other fields without."""
    if field == "NAMA_LGKP":
        return "Sesuai (100)" if matches else "Tidak Sesuai (12)"
    return "Sesuai" if matches else "Tidak Sesuai"


class Simulator:
    """Counts questions and plays the faults that were ordered."""

    def __init__(self) -> None:
        self.asked = 0
        self.fault: Fault | None = None
        self.left = 0

    def order(self, fault: Fault) -> None:
        self.fault, self.left = fault, fault.count

    async def check(self, question: Question) -> Response:
        self.asked += 1
        if self.fault and self.left > 0:
            self.left -= 1
            return await self._fail(self.fault, question)
        return JSONResponse(_page(answer(question)))

    async def _fail(self, fault: Fault, question: Question) -> Response:
        if fault.kind == "error":
            return Response(status_code=502)
        if fault.kind == "unreadable":
            return Response("<html>Layanan sedang dalam perbaikan</html>", media_type="text/html")
        if fault.kind == "quota":
            return JSONResponse(_page(_QUOTA))
        await asyncio.sleep(fault.seconds)
        return JSONResponse(_page(answer(question)))


def _page(content: dict[str, Any]) -> dict[str, Any]:
    return {
        "content": [content],
        "lastPage": True,
        "firstPage": True,
        "numberOfElements": 1,
        "totalElements": 1,
        "sort": None,
        "number": 0,
        "size": 1,
    }


def build() -> FastAPI:
    """The simulator as an app of its own; path parts are those of the agreement."""
    app = FastAPI(title="Simulator Dukcapil", docs_url=None, redoc_url=None)
    simulator = Simulator()

    @app.post("/dukcapil/get_json/{institution}/{method}")
    async def get_json(institution: str, method: str, question: Question) -> Response:
        return await simulator.check(question)

    @app.post("/simulator/faults", status_code=204)
    async def order(fault: Fault) -> None:
        simulator.order(fault)

    @app.get("/simulator/asked")
    async def asked() -> dict[str, int]:
        return {"asked": simulator.asked}

    @app.get("/healthz")
    async def alive() -> dict[str, str]:
        return {"status": "ok"}

    return app
