"""Who was taken out of a wave by a question about the identity stands in its list again once it is answered.

Nobody asked them to join anew: they had joined, and nothing was wrong. Once the list is frozen it stays as it is, since
a draw in which people could still be added would be none; then the status page says so, and how to object.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from services.registration.domain.applicant import Applicant
from services.registration.domain.left_wave import LeftWave
from services.registration.domain.waves import Wave
from shared.contracts.decision import Aggregate, Decision
from shared.contracts.registration import ApplicantReinstated, WaveJoined


def wave_left(applicant: Applicant | None) -> int | None:
    """The wave whose list a question took the person out of, or None."""
    left = applicant.left if applicant else None
    return left.wave if left and left.reason == "IDENTITY_QUESTIONED" else None


def reinstated(decided: Decision, wave: Wave | None, now: datetime) -> Decision:
    """A decision about one person, and what follows from it for the wave that they had joined.

    `wave` is `wave_left` of them. Until the list is frozen its closing time does not count: they had joined in time.
    """
    person = next((each for each in decided.changes if isinstance(each, Applicant)), None)
    if person is None or person.left is None or person.stage != "eligible" or wave is None:
        return decided
    if wave_left(person) != wave.wave:
        return decided
    if wave.state != "open":
        stays_out = replace(person, left=_ended(person.left, wave))
        return replace(decided, changes=_instead(decided, person, stays_out))
    back = replace(person, stage="joined", wave=wave.wave, joined_at=now, left=None)
    who, at = person.applicant_id, now
    told = (
        WaveJoined(applicant_id=who, wave=wave.wave, joined_at=at),
        ApplicantReinstated(applicant_id=who, wave=wave.wave, reinstated_at=at),
    )
    return replace(decided, changes=_instead(decided, person, back), events=(*decided.events, *told))


def _ended(left: LeftWave, wave: Wave) -> LeftWave:
    if wave.state in ("cancelling", "cancelled"):
        return replace(left, reason="WAVE_CANCELLED", text=wave.cancelled_because)
    return replace(left, reason="LIST_FROZEN")


def _instead(decided: Decision, person: Applicant, changed: Applicant) -> tuple[Aggregate, ...]:
    return tuple(changed if each is person else each for each in decided.changes)
