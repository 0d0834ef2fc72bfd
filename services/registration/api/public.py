"""What everybody may see of a wave: its dates and seats, the commitment, the list, the results, and one's own proof."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from services.registration import store
from services.registration.api.bodies import ApplicantId, TrackingCode, WaveNumber
from services.registration.api.desk import Desk
from services.registration.domain import draw
from services.registration.domain.beacon import CHAINS, Beacon, time_of
from services.registration.domain.closing import FrozenChunk
from services.registration.domain.waves import Wave
from shared.contracts.decision import Refused


class Csv(StreamingResponse):
    """Says in OpenAPI what comes."""

    media_type = "text/csv"


def add_public(router: APIRouter, desk: Desk) -> None:
    """All that `gelombang draw verify` needs, without signing in."""

    @router.get("/waves", summary="Semua gelombang")
    async def all_() -> dict[str, Any]:
        found = await store.waves(desk.service.database)
        return {"waves": [public(wave) for wave in found if wave.state != "draft"]}

    @router.get("/waves/{wave}", summary="Satu gelombang: jadwal, kuota, komitmen, benih")
    async def one(wave: WaveNumber) -> dict[str, Any]:
        return public(await _shown(desk, wave))

    @router.get("/waves/{wave}/list.csv", summary="Daftar yang dibekukan", response_class=Csv)
    async def frozen(wave: WaveNumber) -> Csv:
        await _shown(desk, wave)
        return _csv(_frozen(desk, wave), f"gelombang-{wave}-daftar.csv")

    @router.get("/waves/{wave}/results.csv", summary="Hasil undian", response_class=Csv)
    async def results(wave: WaveNumber) -> Csv:
        await _shown(desk, wave)
        return _csv(_results(desk, wave), f"gelombang-{wave}-hasil.csv")

    @router.get("/applications/{applicant_id}/waves/{wave}/proof", summary="Bukti masuk daftar")
    async def proof(applicant_id: ApplicantId, wave: WaveNumber, tracking_code: TrackingCode) -> dict[str, Any]:
        await desk.holder(applicant_id, tracking_code)
        found = await _shown(desk, wave)
        chunk = await store.frozen_chunk_of(desk.service.database, wave, applicant_id)
        return proof_of(found, chunk, applicant_id)


async def _shown(desk: Desk, number: int) -> Wave:
    found = await store.wave(desk.service.database, number)
    if found is None or found.state == "draft":
        raise Refused("WAVE_UNKNOWN")
    return found


def public(wave: Wave) -> dict[str, Any]:
    """A wave as published. Who acted for the office is not part of it."""
    return {
        "wave": wave.wave,
        "state": wave.state,
        "rule": wave.rule,
        "rule_set": wave.rule_set,
        "opens_at": wave.opens_at,
        "closes_at": wave.closes_at,
        "closed_at": wave.closed_at,
        "drawn_at": wave.drawn_at,
        "quota": wave.quota,
        "recycled_seats": wave.recycled_seats,
        "strata": [count.model_dump() for count in wave.counts()],
        "entries": wave.entries if wave.root else None,
        "root": wave.root,
        "frozen_at": wave.frozen_at,
        "threshold": wave.threshold,
        "officials": [asdict(official) for official in wave.officials],
        "commitments": list(wave.commitments),
        "commitment": wave.commitment,
        "beacon": _beacon(wave.beacon),
        "secrets": list(wave.secrets),
        "opened_by_shares": list(wave.opened_by_shares),
        "seed": wave.seed,
        "selected": wave.selected if wave.state in ("announcing", "done") else None,
    }


def _beacon(beacon: Beacon | None) -> dict[str, Any] | None:
    """The round with the second in which it becomes public, as its chain says."""
    if beacon is None:
        return None
    chain = CHAINS[beacon.chain]
    public_at = time_of(chain, beacon.round) if beacon.round else None
    return {**asdict(beacon), "name": chain.name, "genesis": chain.genesis, "period": chain.period, "at": public_at}


def proof_of(wave: Wave, chunk: FrozenChunk | None, applicant_id: str) -> dict[str, Any]:
    """The line of a person and the way from it to the root. Raises Refused CHUNK_UNKNOWN for who is not in the list."""
    lines = chunk.lines if chunk else ()
    place = next((at for at, line in enumerate(lines) if line.partition(",")[0] == applicant_id), None)
    if chunk is None or place is None or wave.root is None:
        raise Refused("CHUNK_UNKNOWN")
    inside = draw.proof([draw.leaf(line) for line in lines], place)
    above = draw.proof([bytes.fromhex(part) for part in wave.chunk_roots], chunk.number)
    steps = [asdict(step) for step in (*inside, *above)]
    return {"wave": wave.wave, "line": lines[place], "root": wave.root, "steps": steps}


async def _frozen(desk: Desk, number: int) -> AsyncIterator[str]:
    """The very lines that the root commits to, without a heading, so that they can be hashed as they are."""
    async for line in store.frozen_lines(desk.service.database, number):
        yield f"{line}\n"


async def _results(desk: Desk, number: int) -> AsyncIterator[str]:
    yield "applicant_id,stratum,rank,pool_size,quota,selected\n"
    async for chunk in store.result_chunks(desk.service.database, number):
        yield "".join(
            f"{row.applicant_id},{row.stratum},{row.rank},{row.pool_size},{row.quota},{int(row.selected)}\n"
            for row in chunk.rows
        )


def _csv(lines: AsyncIterator[str], name: str) -> Csv:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Csv(lines, headers=headers)
