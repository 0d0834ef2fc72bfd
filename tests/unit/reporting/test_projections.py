"""What one fact changes of a person's journey."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from services.reporting.domain.projections import JOURNEYS, project
from services.reporting.store import FUNNEL
from shared.contracts.incentive import CompletionRejected
from shared.contracts.registration import ApplicantReleased, WaveJoined

AT = datetime(2020, 4, 3, 1, 0, tzinfo=UTC)


class Kept:
    """Documents by collection and id; dotted names stay as they are."""

    def __init__(self) -> None:
        self.documents: dict[tuple[str, str], dict[str, Any]] = {}

    def put(self, collection: str, id: str, **fields: Any) -> None:
        self.documents.setdefault((collection, id), {}).update(fields)

    def add(self, collection: str, id: str, **counts: int) -> None:
        document = self.documents.setdefault((collection, id), {})
        for name, count in counts.items():
            document[name] = document.get(name, 0) + count


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


def test_a_rejected_completion_counts_no_more_unless_another_course_is_finished() -> None:
    assert FUNNEL["completed"] == {"completed": True}
    kept = Kept()
    journey = kept.documents.setdefault((JOURNEYS, "a"), {"completed": True})
    course = {"purchase_number": 1, "course_code": "TKP-002", "course_name": "x", "platform_code": "T", "platform": "T"}
    why = {"rejected_at": AT, "reason_text": "Bukan laporan platform.", "doubts": ("KEY_STOLEN",)}
    project(kept, CompletionRejected(applicant_id="a", completions_left=1, **course, **why), "e1", AT)
    assert journey["completed"] is True
    project(kept, CompletionRejected(applicant_id="a", completions_left=0, **course, **why), "e2", AT)
    assert journey["completed"] is False
