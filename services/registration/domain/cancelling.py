"""A wave is cancelled before its list is frozen: with a reason for everybody, and nobody fills in anything again.

Its people go back to being eligible part by part (schedule), each with a fact of their own, so that nobody learns of it
only by chance; seats it had taken over wait for the next wave.
Once the list is frozen a wave is drawn: else whoever dislikes a list, or a seed, could cancel it. Paper fact 11.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.registration.domain.applicant import Applicant
from services.registration.domain.left_wave import LeftWave
from services.registration.domain.waves import SeatPool, Wave, in_state, recycle
from shared.contracts.decision import Decision, Refused
from shared.contracts.registration import ApplicantReleased, WaveChanged

PART = 400
"""People released by one command."""


@dataclass(frozen=True, slots=True)
class CancelWave:
    """`reason` is an Indonesian text for everybody."""

    wave: int
    reason: str
    by: str


def cancel_wave(wave: Wave | None, pool: SeatPool | None, command: CancelWave, now: datetime) -> Decision:
    """Nobody joins any more; people are released by schedule. Raises Refused WAVE_UNKNOWN, WAVE_STATE."""
    found = in_state(wave, "draft", "open")
    if found.state == "draft":
        return Decision(changes=(replace(found, state="cancelled"),), reply={"wave": found.wave, "state": "cancelled"})
    told = WaveChanged(
        wave=found.wave,
        changed_at=now,
        change="pembatalan",
        reason=command.reason,
        cancelled=True,
        opens_at=found.opens_at,
        closes_at=found.closes_at,
        quota=found.quota,
    )
    cancelling = replace(found, state="cancelling", cancelled_because=command.reason)
    freed = recycle(pool, found.wave, found.recycled_seats, "WAVE_CANCELLED", now)
    reply = {"wave": found.wave, "state": "cancelling"}
    return Decision(changes=(cancelling,), events=(told,), reply=reply) + freed


@dataclass(frozen=True, slots=True)
class ReleasePeople:
    """The next people of a cancelled wave; `last` says that nobody follows. Read by schedule."""

    wave: int
    applicant_ids: tuple[str, ...]
    last: bool


def release(wave: Wave | None, people: Sequence[Applicant | None], command: ReleasePeople, now: datetime) -> Decision:
    """Each is told, once, and may join the next wave as they are.

    Raises Refused WAVE_UNKNOWN, WAVE_STATE, CHUNK_OUT_OF_ORDER.
    """
    found = in_state(wave, "cancelling")
    if len(command.applicant_ids) > PART:
        raise Refused("CHUNK_OUT_OF_ORDER")
    waiting = [each for each in people if each and each.stage == "joined" and each.wave == found.wave]
    left = LeftWave(found.wave, now, "WAVE_CANCELLED", found.cancelled_because)
    released = [replace(each, stage="eligible", wave=None, joined_at=None, left=left) for each in waiting]
    ended = (replace(found, state="cancelled"),) if command.last else ()
    return Decision(changes=(*released, *ended), events=tuple(_told(each, found, now) for each in waiting))


def _told(applicant: Applicant, wave: Wave, now: datetime) -> ApplicantReleased:
    return ApplicantReleased(
        applicant_id=applicant.applicant_id,
        wave=wave.wave,
        released_at=now,
        reason="WAVE_CANCELLED",
        reason_text=wave.cancelled_because,
    )
