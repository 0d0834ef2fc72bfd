"""People of a collective sheet handed over to the province or the centre, with a record that both sides can check.

Permenaker 17/2020 has the office hand over the recapitulation, a statement that it is right, and a record (berita
acara). The record names how many people and the SHA-256 of the file; the office signs both. Paper facts 42-44, 52, 92.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, Literal

from services.registration.domain.intake import Form
from shared.contracts.decision import Decision, Refused

Recipient = Literal["province", "centre"]
RECIPIENTS: Mapping[Recipient, str] = {
    "province": "Dinas Ketenagakerjaan Provinsi Sumatera Utara",
    "centre": "Kementerian Ketenagakerjaan Republik Indonesia",
}

HEADINGS = (
    "No",
    "Nama Lengkap",
    "NIK",
    "Tanggal Lahir",
    "Nomor Kartu Keluarga",
    "Alamat e-mail",
    "Nomor HP",
    "Alamat Domisili",
    "Pendidikan Terakhir",
    "Status Kerja",
    "Pelatihan yang Diinginkan",
    "Jenis Kelamin",
    "Kode Kecamatan",
    "Kelompok",
)
"""The ten items of Permenaker 17/2020 in their order, and what a sheet may hold besides: our own import reads it."""


def row_of(number: int, form: Form) -> tuple[str, ...]:
    """One person as a row below HEADINGS; what nobody knows is empty."""
    return (
        str(number),
        form.full_name,
        form.nik,
        form.birth_date.isoformat(),
        form.kk_number,
        form.email,
        form.mobile,
        form.domicile,
        form.education,
        form.work_status,
        form.desired_training,
        form.sex or "",
        form.kecamatan or "",
        form.group or "",
    )


@dataclass(frozen=True, slots=True)
class Handover:
    """What was handed over: never changed afterwards. `digest` is the SHA-256 of the CSV file, in hexadecimal."""

    collection: ClassVar[str] = "handovers"

    handover_id: str
    import_id: str
    recipient: Recipient
    people: int
    digest: str
    signature: str
    """Ed25519 of `statement`, base64."""
    by: str
    at: datetime

    @property
    def id(self) -> str:
        return self.handover_id


def statement(handover_id: str, import_id: str, recipient: Recipient, people: int, digest: str) -> bytes:
    """The bytes that the office signs."""
    return f"gelombang-handover-1\n{handover_id}\n{import_id}\n{recipient}\n{people}\n{digest}\n".encode()


@dataclass(frozen=True, slots=True)
class RecordHandover:
    """Made and signed by the door, which alone holds the key."""

    record: Handover


def record_handover(existing: Handover | None, command: RecordHandover, now: datetime) -> Decision:
    """Keep the record. Raises Refused HANDOVER_EMPTY; a record that is there already is answered, not written again."""
    if existing is not None:
        return Decision(reply={"handover_id": existing.handover_id})
    if command.record.people == 0:
        raise Refused("HANDOVER_EMPTY")
    return Decision(changes=(replace(command.record, at=now),), reply={"handover_id": command.record.handover_id})
