"""What the status page shows: the way so far, every condition in words, results of draws, and the next step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from services.registration.api.desk import Desk
from services.registration.domain.applicant import Applicant, WaveResult
from services.registration.domain.objections import decided_against, may_object
from services.registration.domain.reasons import ineligible_text
from services.registration.domain.strata import stratum_name
from services.registration.domain.waves import Wave
from services.registration.pages.site import PARTICIPANT
from services.registration.pages.words import CONDITIONS, STAGES


class Step(NamedTuple):
    """A button: where it leads, what it says, and whether it acts at once (POST) or opens a page."""

    place: str
    words: str
    acts: bool = False


_TO_PARTICIPANT = Step("", "Ke halaman peserta")
_OBJECT, _ANEW = Step("/status/keberatan", "Ajukan keberatan"), Step("/daftar", "Daftar lagi")
_NEXT: Mapping[str, Step] = {
    "questioned": Step("/status/perbaiki", "Perbaiki data"),
    "ineligible": _OBJECT,
    "withdrawn": _ANEW,
}
_AFTER_REVOCATION: Mapping[str, Step] = {"": _OBJECT, "upheld": _ANEW, "rejected": _TO_PARTICIPANT}
"""By what became of the objection."""
_CLOSED = frozenset({"withdrawn", "revoked", "erased"})
WITH_CARD = frozenset({"selected", "revoked"})


def view(applicant: Applicant, desk: Desk, wave: Wave | None, base: str) -> dict[str, Any]:
    """Everything `status.html` names besides what all pages have."""
    status = desk.status(applicant)
    step = next_step(applicant, wave, desk.today())
    return {
        "applicant_id": applicant.applicant_id,
        "now": status,
        "stages": _stages(status.stage, "berhenti" if applicant.stage == "revoked" else "sekarang"),
        "conditions": _conditions(applicant, desk),
        "results": [_result(each, desk) for each in applicant.results],
        "wave": wave,
        "joined": applicant.wave if applicant.stage == "joined" else None,
        "next": step,
        "base_next": PARTICIPANT if step == _TO_PARTICIPANT else base,
        "received_at": applicant.received_at,
        "participant": PARTICIPANT if applicant.stage in WITH_CARD else "",
        "open": applicant.stage not in _CLOSED,
        "may_object": may_object(applicant, desk.today()),
        "may_return": applicant.revocation is not None and applicant.revocation.answer == "upheld",
        "rules": applicant.verdict.rule_version if applicant.verdict else "",
        "decided_at": applicant.verdict.decided_at if applicant.verdict else None,
    }


def next_step(applicant: Applicant, wave: Wave | None, today: date) -> Step | None:
    """The one thing to do now, or None while there is nothing to do."""
    if decided_against(applicant) and not may_object(applicant, today):
        return _TO_PARTICIPANT if applicant.stage in WITH_CARD else None
    if applicant.stage == "revoked" and applicant.revocation:
        return _AFTER_REVOCATION[applicant.revocation.answer]
    if applicant.stage in WITH_CARD:
        return _TO_PARTICIPANT
    if applicant.stage != "eligible":
        return _NEXT.get(applicant.stage)
    if applicant.test is None:
        return Step("/status/tes", "Ikuti tes sekarang")
    return Step("/status/gabung", f"Gabung gelombang {wave.wave}", acts=True) if wave else None


def _stages(reached: int, here: str) -> list[dict[str, Any]]:
    """`here` says how things are at the stage that is reached: under way, or ended."""
    states = {True: "selesai", False: "belum"}
    return [
        {"name": name, "about": about, "state": here if number == reached else states[number < reached]}
        for number, (name, about) in enumerate(STAGES, 1)
    ]


def _conditions(applicant: Applicant, desk: Desk) -> list[dict[str, Any]]:
    """Each rule as it was applied, with the reason in words where it does not hold."""
    if applicant.verdict is None:
        return []
    officials = dict(desk.reference.rules_of(applicant.rule_set).officials)
    return [
        {
            "name": CONDITIONS.get(line.rule, line.rule),
            "holds": line.reason is None,
            "why": ineligible_text(line.reason, officials) if line.reason else "",
        }
        for line in applicant.verdict.trace
    ]


def _result(result: WaveResult, desk: Desk) -> dict[str, Any]:
    return {
        "wave": result.wave,
        "selected": result.selected,
        "rank": result.rank,
        "pool": result.pool_size,
        "quota": result.quota,
        "group": stratum_name(result.stratum, desk.reference.places.names),
        "at": result.at,
    }
