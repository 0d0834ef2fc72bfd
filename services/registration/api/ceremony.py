"""The ceremony of a draw: officials are named and hand in commitments, the list is closed, the secrets are opened.

Secrets and shares never pass here before the draw; until then the office has points alone.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends

from services.registration import store
from services.registration.adapters import share_signatures
from services.registration.adapters.beacon import CAN_CHECK, BeaconSilent, Relay, genuine
from services.registration.api.bodies import (
    AcknowledgementBody,
    AcknowledgementsBody,
    CommitmentBody,
    DrawBody,
    OfficialsBody,
    WaveNumber,
)
from services.registration.api.desk import Desk
from services.registration.domain import officials, plain_text
from services.registration.domain.beacon import Beacon
from services.registration.domain.ceremony import AcknowledgeShares, HandInCommitment, NameOfficials, Word
from services.registration.domain.closing import CloseWave, DrawWave
from services.registration.domain.waves import Wave, in_state
from shared.contracts.decision import Refused
from shared.security.accounts import Staff


def add_officials(router: APIRouter, desk: Desk) -> None:
    """While the wave is open: who keeps a secret, their commitments, and the holders' word that shares check."""
    secretariat = Depends(desk.accounts.require("secretariat"))
    either = Depends(desk.accounts.require("secretariat", "approver"))

    @router.post("/waves/{wave}/officials", status_code=202, summary="Tetapkan pejabat pemegang rahasia")
    async def name(wave: WaveNumber, body: OfficialsBody, staff: Staff = secretariat) -> dict[str, Any]:
        return dict(await desk.execute(named(desk, wave, body, staff.username)))

    @router.post("/waves/{wave}/commitments", status_code=202, summary="Serahkan komitmen seorang pejabat")
    async def hand_in(wave: WaveNumber, body: CommitmentBody, staff: Staff = either) -> dict[str, Any]:
        return dict(await desk.execute(handed_in(wave, body, staff.username)))

    @router.post("/waves/{wave}/acknowledgements", status_code=202, summary="Serahkan pernyataan pemegang bagian")
    async def acknowledge(wave: WaveNumber, body: AcknowledgementsBody, staff: Staff = either) -> dict[str, Any]:
        return dict(await desk.execute(await acknowledged(desk, wave, body, staff.username)))


def add_selection(router: APIRouter, desk: Desk) -> None:
    """The secretariat closes a wave whose officials are ready; the approver draws with their secrets."""
    secretariat, approver = Depends(desk.accounts.require("secretariat")), Depends(desk.accounts.require("approver"))

    @router.post("/waves/{wave}/closing", status_code=202, summary="Tutup gelombang dan bekukan daftar")
    async def close(wave: WaveNumber, staff: Staff = secretariat) -> dict[str, Any]:
        return dict(await desk.execute(CloseWave(wave, staff.username)))

    @router.post("/waves/{wave}/draw", status_code=202, summary="Undi gelombang")
    async def draw(wave: WaveNumber, body: DrawBody, staff: Staff = approver) -> dict[str, Any]:
        return dict(await desk.execute(await drawn(desk, wave, body, staff.username)))


def named(desk: Desk, wave: int, body: OfficialsBody, by: str, *, can_check: bool = CAN_CHECK) -> NameOfficials:
    """The command that names officials, as many as the office asks for. Raises Refused BEACON_UNAVAILABLE."""
    if body.beacon and not can_check:
        raise Refused("BEACON_UNAVAILABLE")
    names = tuple(plain_text.clean(each, officials.NAME) for each in body.officials)
    threshold = body.threshold or desk.settings.draw_threshold
    return NameOfficials(wave, names, desk.settings.draw_officials, threshold, body.beacon, by)


def handed_in(wave: int, body: CommitmentBody, by: str) -> HandInCommitment:
    return HandInCommitment(wave, plain_text.clean(body.official, officials.NAME), tuple(body.points), by)


async def acknowledged(desk: Desk, number: int, body: AcknowledgementsBody, by: str) -> AcknowledgeShares:
    """The command with what holders signed themselves. Raises Refused WAVE_UNKNOWN, WAVE_STATE and as `_word`."""
    wave = in_state(await store.wave(desk.service.database, number), "open")
    return AcknowledgeShares(number, tuple(_word(wave, each) for each in body.acknowledgements), by)


def _word(wave: Wave, body: AcknowledgementBody) -> Word:
    """Raises Refused OFFICIAL_UNKNOWN, ACKNOWLEDGEMENT_EARLY, ACKNOWLEDGEMENT_SIGNATURE."""
    official, holder = plain_text.clean(body.official, officials.NAME), plain_text.clean(body.holder, officials.NAME)
    names, points = [each.name for each in wave.officials], tuple(body.points)
    own = wave.officials[officials.number_of(wave.officials, holder) - 1].points
    if not own:
        raise Refused("ACKNOWLEDGEMENT_EARLY", holder=holder)
    text = officials.acknowledgement(wave.wave, names, official, points, holder)
    if not share_signatures.genuine(own[0], text, body.signature):
        raise Refused("ACKNOWLEDGEMENT_SIGNATURE", official=official, holder=holder)
    return Word(official, points, holder, own[0], body.signature)


async def drawn(desk: Desk, wave: int, body: DrawBody, by: str, *, can_check: bool = CAN_CHECK) -> DrawWave:
    """The command that draws, with the wave's beacon where it has one. Raises Refused as `_beacon`."""
    secrets = {plain_text.clean(each.official, officials.NAME): each.secret for each in body.secrets}
    shares: dict[str, dict[str, str]] = {}
    for each in body.shares:
        holder = plain_text.clean(each.holder, officials.NAME)
        shares.setdefault(plain_text.clean(each.official, officials.NAME), {})[holder] = each.share
    return DrawWave(wave, secrets, shares, await _beacon(desk, wave, body, can_check), by)


async def _beacon(desk: Desk, number: int, body: DrawBody, can_check: bool) -> Beacon | None:
    """The wave's round with its signature, from staff or from a relay, and checked either way.

    Raises Refused BEACON_MISSING, BEACON_ROUND, and as `_believed`. Whether it is the named round, the rule decides.
    """
    wave = await store.wave(desk.service.database, number)
    named = wave.beacon if wave else None
    if named is None or named.round is None:
        if body.beacon:
            raise Refused("BEACON_ROUND", round="-")  # nobody may add randomness that was not announced
        return None
    round, signature = named.round, ""
    if body.beacon:
        round, signature = body.beacon.round, body.beacon.signature
    elif desk.settings.beacon_url:
        signature = await _asked(desk, named.chain, round)
    if not signature:
        raise Refused("BEACON_MISSING", round=round)
    return _believed(Beacon(named.chain, round, signature), can_check)


def _believed(beacon: Beacon, can_check: bool) -> Beacon:
    """Raises Refused BEACON_UNAVAILABLE, BEACON_SIGNATURE."""
    if not can_check:
        raise Refused("BEACON_UNAVAILABLE")
    if not genuine(beacon.chain, beacon.round or 0, beacon.signature or ""):
        raise Refused("BEACON_SIGNATURE")
    return beacon


async def _asked(desk: Desk, chain: str, round: int) -> str:
    try:
        return await Relay(desk.settings.beacon_url).signature(chain, round)
    except BeaconSilent:
        raise Refused("BEACON_MISSING", round=round) from None
