"""Broadcasts to the city: make one, see it, take its files."""

from __future__ import annotations

import uuid
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from services.notification import store
from services.notification.adapters.flyers import file_name
from services.notification.api.bodies import CampaignBody, ChannelPath, IdempotencyKey, KecamatanPath, Key
from services.notification.api.door import Door
from services.notification.domain.campaigns import LANGUAGE, Campaign, MakeCampaign
from shared.contracts.decision import Refused
from shared.security.accounts import Staff

LATEST = 50
TEXT: dict[int | str, dict[str, Any]] = {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
SHEET = {"Content-Security-Policy": POLICY}
"""A flyer is also passed on as a file, so it carries its own style; it runs nothing and fetches nothing."""


def add_campaigns(router: APIRouter, door: Door) -> None:
    maker, anybody = Depends(door.accounts.require("placement")), Depends(door.accounts.require())

    @router.post("/campaigns", status_code=202, summary="Buat siaran ke seluruh kecamatan")
    async def make(
        request: Request, body: CampaignBody, staff: Staff = maker, idempotency_key: IdempotencyKey = None
    ) -> dict[str, Any]:
        command = MakeCampaign(
            str(uuid.uuid4()),
            body.template,
            body.title,
            body.channels,
            body.kecamatan,
            dict(body.values),
            staff.username,
        )
        return dict(await door.execute(request, command, idempotency_key))

    @router.get("/campaigns", summary="Siaran terakhir")
    async def latest(staff: Staff = anybody) -> dict[str, Any]:
        found = await store.latest_campaigns(door.service.database, LATEST)
        return {"campaigns": [_shown(each, door) for each in found]}

    @router.get("/campaigns/templates", summary="Naskah yang tersedia dan isiannya")
    async def templates(staff: Staff = anybody) -> dict[str, Any]:
        catalogue = door.reference.catalogue
        texts = [catalogue.get(key, LANGUAGE) for key in catalogue.keys(LANGUAGE)]
        return {"templates": [{"key": t.key, "text": t.text, "fields": sorted(t.places)} for t in texts]}


def add_files(router: APIRouter, door: Door) -> None:
    anybody = Depends(door.accounts.require())

    @router.get("/campaigns/{campaign_id}", summary="Satu siaran dan berkasnya")
    async def one(campaign_id: Key, staff: Staff = anybody) -> dict[str, Any]:
        campaign = await _known(door, campaign_id)
        return {**_shown(campaign, door), "files": _files(campaign, door)}

    @router.get(
        "/campaigns/{campaign_id}/files/{channel}/{kecamatan}",
        summary="Berkas siaran",
        response_class=HTMLResponse,
        responses=TEXT,
    )
    async def file(
        campaign_id: Key, channel: ChannelPath, kecamatan: KecamatanPath, staff: Staff = anybody
    ) -> Response:
        campaign = await _known(door, campaign_id)
        known = channel in campaign.channels and kecamatan in campaign.kecamatan
        name = file_name(channel, kecamatan)
        content = door.files.read(f"{campaign.campaign_id}/{channel}", name) if known else None
        if content is None:
            raise Refused("FILE_UNKNOWN")
        return HTMLResponse(content, headers=SHEET) if name.endswith(".html") else PlainTextResponse(content)


async def _known(door: Door, campaign_id: str) -> Campaign:
    found = await store.one(door.service.database, Campaign, campaign_id)
    if found is None:
        raise Refused("CAMPAIGN_UNKNOWN")
    return found


def _shown(campaign: Campaign, door: Door) -> dict[str, Any]:
    return {
        "campaign_id": campaign.campaign_id,
        "template": campaign.template,
        "title": campaign.title,
        "state": campaign.state,
        "code": campaign.code,
        "channels": list(campaign.channels),
        "kecamatan": [{"code": code, "name": door.reference.kecamatan.get(code, code)} for code in campaign.kecamatan],
        "file_count": campaign.files,
        "made_at": campaign.made_at,
        "made_by": campaign.made_by,
        "published_at": campaign.published_at,
    }


def _files(campaign: Campaign, door: Door) -> list[dict[str, str]]:
    if campaign.state != "published":
        return []
    base = f"{door.settings.root_path}/notification/campaigns/{campaign.campaign_id}/files"
    return [
        {"channel": channel, "kecamatan": code, "url": f"{base}/{channel}/{code}"}
        for channel in campaign.channels
        for code in campaign.kecamatan
    ]
