"""Writes a broadcast: one file per channel and kecamatan under state_dir/campaigns/<id>/<channel>/."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from services.notification.adapters.file import Files
from services.notification.adapters.flyers import Flyers, file_name
from services.notification.domain import templates
from services.notification.domain.campaigns import LANGUAGE
from services.notification.domain.templates import Catalogue, TextFault
from services.notification.standing import Standing
from shared.engine.rules import Effect, Outcome, OutcomeState


class PublishCampaign:
    """Writing the same files again changes nothing, so an unknown outcome is simply done again."""

    timeout = timedelta(seconds=60)
    horizon = timedelta(0)
    deduplicates = True

    def __init__(
        self,
        files: Files,
        flyers: Flyers,
        catalogue: Catalogue,
        standing: Standing,
        kecamatan: Mapping[str, str],
        alarm: Callable[..., None],
    ) -> None:
        self._files, self._flyers, self._catalogue = files, flyers, catalogue
        self._standing, self._kecamatan, self._alarm = standing, kecamatan, alarm

    async def perform(self, effect: Effect) -> Outcome:
        payload, written = effect.payload, 0
        try:
            if payload["fault"]:
                raise TextFault(payload["fault"], payload["campaign_id"])
            for channel in payload["channels"]:
                for code in payload["kecamatan"]:
                    place = f"{payload['campaign_id']}/{channel}"
                    self._files.write(place, file_name(channel, code), self._content(payload, channel, code))
                    written += 1
                    await asyncio.sleep(0)  # a QR code takes milliseconds: others take their turn between two
        except TextFault as fault:
            self._alarm(fault.code, campaign=payload["campaign_id"], what=fault.what)
            return Outcome(OutcomeState.FAILED, {"code": fault.code})
        except OSError:
            return Outcome(OutcomeState.NOT_STARTED, {"code": "DISK"})
        return Outcome(OutcomeState.DONE, {"files": written})

    async def inquire(self, effect: Effect) -> Outcome:
        return await self.perform(effect)

    def _content(self, payload: Mapping[str, Any], channel: str, code: str) -> str:
        """Raises TextFault."""
        template = self._catalogue.get(payload["template"], LANGUAGE)
        link = self._standing.place_link(payload["link"], code, payload["campaign_id"])
        values = {**self._standing.values(channel, ""), **payload["values"], "link": link}
        text = templates.fitted(templates.render(template, values), channel)
        name = self._kecamatan.get(code, code)
        if channel == "flyer":
            return self._flyers.sheet(payload["title"], text, name, link)
        return f"{payload['title']}\n\n{text}\n" if channel == "email" else f"{text}\n"
