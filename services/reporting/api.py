"""The office's own numbers over HTTP: JSON for programs and one page for people."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from services.reporting import store
from services.reporting.domain.suppression import suppressed_rows
from services.reporting.pages import dashboard, late_view, survey_view
from services.reporting.settings import ReportingSettings
from shared.engine.ports import Document
from shared.engine.projector import ProjectionService
from shared.security.accounts import Accounts
from shared.web.pages import WIB
from shared.web.problems import Problem

ApplicantId = Annotated[str, Path(pattern=r"^[0-9a-f-]{36}$")]


@dataclass
class Figures:
    """Figures of pages, at most some seconds old: many readers cost one query."""

    service: ProjectionService
    seconds: float
    _kept: dict[str, tuple[float, Any]] = field(default_factory=dict)

    async def get(self, query: Callable[..., Awaitable[Any]]) -> Any:
        at, value = self._kept.get(query.__name__, (float("-inf"), None))
        if time.monotonic() - at > self.seconds:
            value = await query(self.service.database)
            self._kept[query.__name__] = (time.monotonic(), value)
        return value


def build_router(service: ProjectionService, accounts: Accounts, settings: ReportingSettings) -> APIRouter:
    """All endpoints of reporting. Public ones hide counts below `smallest_cell`; staff see them all."""
    router = APIRouter(prefix="/reporting", tags=["reporting"])
    figures = Figures(service, settings.cache_seconds)
    _add_public(router, figures, settings)
    _add_staff(router, service, figures, accounts)
    _add_surveys(router, figures, settings, accounts)
    _add_lateness(router, service, accounts)
    return router


def _add_public(router: APIRouter, figures: Figures, settings: ReportingSettings) -> None:
    @router.get("/", response_class=HTMLResponse, summary="Halaman angka program")
    async def page(request: Request) -> Response:
        shown = dashboard.Shown(
            funnel=await figures.get(store.funnel),
            money=await figures.get(store.money),
            waves=await figures.get(store.waves),
            messages=await figures.get(store.messages),
            campaigns=await figures.get(store.campaigns),
            surveys=survey_view.questions(await figures.get(store.surveys), settings.smallest_cell),
            now=figures.service.clock.now(),
        )
        kept = {"Cache-Control": f"public, max-age={int(settings.cache_seconds)}"}
        return HTMLResponse(dashboard.render(shown, settings.smallest_cell), headers=kept)

    @router.get("/public/funnel", summary="Corong per kecamatan, sel kecil disembunyikan")
    async def public_funnel() -> list[dict[str, Any]]:
        rows = await figures.get(store.funnel)
        counts = [{key: value for key, value in row.items() if key != "_id"} for row in rows]
        told = suppressed_rows(counts, settings.smallest_cell)
        return [{"kecamatan": row["_id"], **each} for row, each in zip(rows, told, strict=True)]

    @router.get("/public/waves", summary="Gelombang: kuota, akar daftar, komitmen, benih")
    async def public_waves() -> list[dict[str, Any]]:
        return [_plain(wave) for wave in await figures.get(store.waves)]


def _add_staff(router: APIRouter, service: ProjectionService, figures: Figures, accounts: Accounts) -> None:
    anybody = Depends(accounts.require())

    @router.get("/funnel", dependencies=[anybody], summary="Corong per kecamatan dan per gelombang")
    async def funnel() -> dict[str, Any]:
        by_wave = [_plain(row) for row in await figures.get(store.funnel_by_wave)]
        return {"by_kecamatan": [_plain(row) for row in await figures.get(store.funnel)], "by_wave": by_wave}

    @router.get("/money", dependencies=[anybody], summary="Rupiah menurut keadaan dan penyebab keterlambatan")
    async def money() -> list[dict[str, Any]]:
        return [
            {**row["_id"], "rupiah": row["rupiah"], "count": row["count"]}
            for row in await store.money(service.database)
        ]

    @router.get("/refused", dependencies=[anybody], summary="Alasan tidak memenuhi syarat")
    async def refused() -> list[dict[str, Any]]:
        return [{"reason": row["_id"], "count": row["count"]} for row in await store.refused(service.database)]

    @router.get("/messages", dependencies=[anybody], summary="Pesan menurut saluran, teks dan keadaan")
    async def messages() -> list[dict[str, Any]]:
        return [_plain(row) for row in await store.messages(service.database)]

    @router.get("/applicants/{applicant_id}", dependencies=[anybody], summary="Perjalanan seorang pendaftar")
    async def journey(applicant_id: ApplicantId) -> JSONResponse:
        """Masked: this service cannot know who it is. Identity is opened on registration's pages."""
        found = await store.journey(service.database, applicant_id)
        if found is None:
            sentence = "Pendaftar tidak ditemukan. Periksa nomornya."
            raise Problem("APPLICANT_UNKNOWN", status=404, sentence=sentence)
        lines = sorted(found.pop("timeline", {}).items(), key=lambda line: (line[1][0], line[0]))
        timeline = [{"at": at.isoformat(), "event": name, "detail": detail} for _, (at, name, detail) in lines]
        incentives = [_plain(row) for row in await store.incentives_of(service.database, applicant_id)]
        facts = {**_plain(found), "name": "•••", "timeline": timeline, "incentives": incentives}
        return JSONResponse({**facts, "identity_page": f"/registration/staff/applicants/{applicant_id}"})


def _add_surveys(router: APIRouter, figures: Figures, settings: ReportingSettings, accounts: Accounts) -> None:
    @router.get("/public/surveys", summary="Jawaban survei per pertanyaan, sel kecil disembunyikan")
    async def public_surveys() -> list[dict[str, Any]]:
        rows = await figures.get(store.surveys)
        return survey_view.plain(survey_view.questions(rows, settings.smallest_cell))

    @router.get("/surveys", dependencies=[Depends(accounts.require())], summary="Jawaban survei per pertanyaan")
    async def surveys() -> list[dict[str, Any]]:
        return survey_view.plain(survey_view.questions(await figures.get(store.surveys)))


def _add_lateness(router: APIRouter, service: ProjectionService, accounts: Accounts) -> None:
    """The report that adds up: as data, as a sheet and as a page for staff."""
    anybody = Depends(accounts.require())

    @router.get("/late", dependencies=[anybody], summary="Rupiah terlambat, tiap rupiah dengan satu sebab")
    async def late() -> dict[str, Any]:
        report = await store.lateness(service.database, _today(service))
        rows = late_view.rows(report)
        return {"rupiah": report.total.rupiah, "count": report.total.count, "rows": rows}

    @router.get("/late.csv", dependencies=[anybody], summary="Unduhan: rupiah terlambat", response_class=Response)
    async def late_sheet() -> Response:
        report = await store.lateness(service.database, _today(service))
        name = f'attachment; filename="terlambat-{_today(service)}.csv"'
        headers = {"Content-Disposition": name, "Cache-Control": "no-store"}
        return Response(late_view.sheet(report), media_type="text/csv; charset=utf-8", headers=headers)

    @router.get("/keterlambatan", dependencies=[anybody], include_in_schema=False)
    async def late_page() -> HTMLResponse:
        report = await store.lateness(service.database, _today(service))
        html = late_view.render(report, await store.foretold(service.database), service.clock.now())
        return HTMLResponse(html, headers={"Cache-Control": "no-store"})


def _today(service: ProjectionService) -> date:
    """The WIB date of programme time."""
    return service.clock.now().astimezone(WIB).date()


def _plain(row: Document) -> dict[str, Any]:
    return {("id" if key == "_id" else key): _text(value) for key, value in row.items()}


def _text(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
