"""How staff see people: a name, and of numbers only what tells two people apart. The full NIK is nowhere here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.registration.api.desk import Desk
from services.registration.domain.applicant import Applicant
from services.registration.domain.evidence import compared
from shared.contracts.base import Sealed
from shared.security.vault import PersonKey

HIDDEN = "•••"


def mask(text: str, first: int = 4, last: int = 2) -> str:
    """`1271**********01`; short texts are hidden whole, and how long a text is shows up to twelve characters."""
    hidden = len(text) - first - last
    if hidden <= 0:
        return HIDDEN
    return f"{text[:first]}{'*' * min(hidden, 12)}{text[len(text) - last :]}"


async def shown(desk: Desk, applicants: Sequence[Applicant]) -> list[dict[str, Any]]:
    """People side by side, masked; an erased person shows nothing."""
    keys = await desk.vault.keys(each.applicant_id for each in applicants)
    return [_shown(each, keys.get(each.applicant_id)) for each in applicants]


def _shown(applicant: Applicant, key: PersonKey | None) -> dict[str, Any]:
    def opened(field: str, text: Sealed | None) -> str:
        return key.open(field, text) if key and text else HIDDEN

    personal = applicant.personal
    return {
        "applicant_id": applicant.applicant_id,
        "full_name": opened("full_name", personal.full_name),
        "nik": mask(opened("nik", personal.nik)),
        "kk_number": mask(opened("kk_number", personal.kk_number)),
        "birth_date": opened("birth_date", personal.birth_date)[:4] + "-**-**" if key else HIDDEN,
        "sex": applicant.profile.sex,
        "mobile": mask(opened("mobile", personal.mobile), 6, 2),
        "email": mask(opened("email", personal.email), 2, 4),
        "domicile": mask(opened("domicile", personal.domicile), 8, 0),
        "stage": applicant.stage,
        "shadow": applicant.shadow,
        "warnings": list(applicant.warnings),
        "kecamatan": applicant.profile.kecamatan,
        "received_at": applicant.received_at,
        "channel": applicant.channel,
        "import_id": applicant.import_id,
        "reasons": list(applicant.question.reasons) if applicant.question else [],
        "registry": _stamp(applicant),
    }


def _stamp(applicant: Applicant) -> dict[str, Any] | None:
    """What the civil registry said of the data as they are now: when, and SESUAI or TIDAK SESUAI per field."""
    found = applicant.evidence
    if found is None or found.revision != applicant.revision:
        return None
    return {"asked_at": found.asked_at, "found": found.found, "fields": found.fields()}


async def pairs(desk: Desk, applicants: Sequence[Applicant]) -> list[dict[str, Any]]:
    """The first beside each of the others: which fields are equal, near or different. No value is given."""
    keys = await desk.vault.keys(each.applicant_id for each in applicants)
    opened = {each.applicant_id: _compared(each, keys.get(each.applicant_id)) for each in applicants}
    ids = list(opened)
    return [{"applicant_ids": [ids[0], other], "fields": compared(opened[ids[0]], opened[other])} for other in ids[1:]]


_SEALED = ("full_name", "nik", "kk_number", "birth_date", "mobile", "email", "domicile")


def _compared(applicant: Applicant, key: PersonKey | None) -> dict[str, str]:
    """In clear for as long as two people are compared; nothing of an erased person."""
    sealed = {name: getattr(applicant.personal, name) for name in _SEALED}
    opened = {name: key.open(name, text) if key and text else "" for name, text in sealed.items()}
    return {**opened, "sex": applicant.profile.sex, "kecamatan": applicant.profile.kecamatan or ""}
