"""What one fact changes of a person's journey."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from services.reporting.domain.projections import JOURNEYS, project
from services.reporting.store import FUNNEL
from shared.contracts.registration import ApplicantReleased, WaveJoined

AT = datetime(2020, 4, 3, 1, 0, tzinfo=UTC)


class Kept:
    """Documents by collection and id; dotted names stay as they are."""

    def __init__(self) -> None:
        self.documents: dict[tuple[str, str], dict[str, Any]] = {}

    def put(self, collection: str, id: str, **fields: Any) -> None:
        self.documents.setdefault((collection, id), {}).update(fields)

    def add(self, collection: str, id: str, **counts: int) -> None:
        raise AssertionError("nothing is counted here")


def test_who_was_released_from_a_cancelled_wave_stands_in_none_until_they_join_the_next() -> None:
    assert FUNNEL["joined"] == {"joined_wave": {"$gte": 1}}
    kept = Kept()
    journey = kept.documents.setdefault((JOURNEYS, "a"), {})
    project(kept, WaveJoined(applicant_id="a", wave=1, joined_at=AT), "e1", AT)
    assert journey["joined_wave"] == 1
    why = {"reason": "WAVE_CANCELLED", "reason_text": "Kuota ditarik."}
    project(kept, ApplicantReleased(applicant_id="a", wave=1, released_at=AT, **why), "e2", AT)
    assert journey["joined_wave"] is None
    assert journey["timeline.e2"] == [AT, "ApplicantReleased", "WAVE_CANCELLED 1"]
    project(kept, WaveJoined(applicant_id="a", wave=2, joined_at=AT), "e3", AT)
    assert journey["joined_wave"] == 2
