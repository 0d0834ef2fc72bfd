"""What a person sees of the own application, in plain Indonesian: stage, reasons, what to do next.

Right from the first second: made from the stored application itself. Source: paper facts 35 and 111.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.registration.domain.applicant import Applicant, WaveResult
from services.registration.domain.calendar import long_date, wib_date
from services.registration.domain.objections import decided_against, may_object
from services.registration.domain.reasons import QUESTIONED, field_words, ineligible_text
from services.registration.domain.strata import stratum_name


@dataclass(frozen=True, slots=True)
class Status:
    """`stage` counts the seven stages of the programme; `code` is the application's own state."""

    stage: int
    code: str
    title: str
    reasons: tuple[str, ...]
    next_step: str
    notice: str = ""
    """What became of a wave in whose list the person stood; empty when nothing did."""
    details: Mapping[str, Any] = field(default_factory=dict)


_TEXTS: Mapping[str, tuple[int, str, str]] = {
    "pending": (1, "Data sedang diperiksa", "Anda tidak perlu melakukan apa pun. Kami memberi kabar bila selesai."),
    "questioned": (1, "Data perlu diperiksa kembali", "Periksa KTP dan KK Anda, lalu perbaiki data yang disebut."),
    "eligible": (2, "Memenuhi syarat", "Ikuti tes, lalu gabung ke gelombang yang sedang dibuka."),
    "ineligible": (1, "Belum memenuhi syarat", "Bila keputusan ini keliru, ajukan keberatan sebelum batas waktunya."),
    "joined": (2, "Menunggu undian", "Tunggu pengumuman hasil. Waktu bergabung tidak memengaruhi peluang."),
    "selected": (3, "Diterima sebagai peserta", "Pelatihan, saldo, dan insentif Anda ada di halaman peserta."),
    "withdrawn": (1, "Pendaftaran dibatalkan", "Anda dapat mendaftar lagi kapan saja."),
    "revoked": (3, "Kepesertaan dicabut", "Bila keputusan ini keliru, ajukan keberatan sebelum batas waktunya."),
    "erased": (1, "Data sudah dihapus", "Tidak ada data Anda yang dapat dibaca lagi."),
}
_FOR_STAFF = frozenset({"NIK_CLAIMED_TWICE", "NEAR_DUPLICATE", "RING_SUSPECTED"})
"""Not named to the person beside another reason: it would say that somebody else holds the NIK."""
_OBJECTED: Mapping[str, str] = {
    "upheld": "Keberatan Anda diterima: NIK Anda tidak diblokir lagi. Daftarlah lagi untuk ikut gelombang berikutnya.",
    "rejected": "Keberatan Anda sudah diperiksa dua petugas, dan keputusannya tetap.",
}
_TOO_LATE = "Bila ada yang ingin ditanyakan, hubungi kantor kami."
_TEST_DONE = "Tes sudah selesai. Gabung ke gelombang yang sedang dibuka."


def status(applicant: Applicant, officials: Mapping[str, str], places: Mapping[str, str], today: date) -> Status:
    """The status of an application on a day (WIB). A shadow application looks exactly like one being checked."""
    stage, title, next_step = _TEXTS[applicant.stage]
    if decided_against(applicant) and not may_object(applicant, today):
        next_step = _TOO_LATE
    if applicant.stage == "eligible" and applicant.test:
        next_step = _TEST_DONE
    if applicant.stage == "revoked" and applicant.revocation:
        next_step = _OBJECTED.get(applicant.revocation.answer, next_step)
    return Status(
        stage=stage,
        code=applicant.stage,
        title=title,
        reasons=_reasons(applicant, officials, places, today),
        next_step=next_step,
        notice=_notice(applicant),
        details=_details(applicant),
    )


def _reasons(
    applicant: Applicant, officials: Mapping[str, str], places: Mapping[str, str], today: date
) -> tuple[str, ...]:
    if applicant.stage == "questioned" and applicant.question:
        asked = applicant.question
        told = [reason for reason in asked.reasons if reason not in _FOR_STAFF] or list(asked.reasons)
        sentences = dict.fromkeys(QUESTIONED[reason] for reason in told)
        until = f"Perbaiki {field_words(asked.fields)} paling lambat {long_date(asked.deadline)}."
        return (*(f"{sentence}." for sentence in sentences), until)
    verdict = applicant.verdict
    if applicant.stage == "ineligible" and verdict and verdict.reason and verdict.appeal_deadline:
        sentence = ineligible_text(verdict.reason, dict(officials))
        return (f"{sentence}.", _until(verdict.appeal_deadline, today))
    results = tuple(_result(each, places) for each in applicant.results)
    ended = applicant.revocation
    if applicant.stage == "revoked" and ended:
        still = () if ended.answer else (_until(ended.appeal_deadline, today),)
        return (f"Alasan: {ended.reason_text.rstrip('. ')}.", *still, *results)
    return results


def _until(last: date, today: date) -> str:
    """The last day of an objection, before and after it."""
    if today <= last:
        return f"Keberatan diterima sampai {long_date(last)}."
    return f"Keberatan dapat diajukan sampai {long_date(last)}; batas itu sudah lewat."


_LEFT: Mapping[str, str] = {
    "WAVE_CANCELLED": "Gelombang {wave} yang Anda ikuti dibatalkan (dicatat {at}). Alasan: {text}. Pendaftaran dan tes "
    "Anda tetap berlaku: gabung ke gelombang berikutnya tanpa mengisi ulang.",
    "LIST_FROZEN": "Anda sudah ikut gelombang {wave}, tetapi sejak {at} data Anda diperiksa, dan daftar gelombang itu "
    "dibekukan sebelum pemeriksaan selesai, jadi Anda tidak ikut diundi di sana. Gabunglah ke gelombang berikutnya "
    "tanpa mengisi ulang. Bila Anda keberatan, buat janji konsultasi dengan kantor dan sebutkan gelombang {wave}.",
    "IDENTITY_QUESTIONED": "Selama data Anda diperiksa, Anda tidak berada di daftar gelombang {wave}. Bila data Anda "
    "dinyatakan benar sebelum daftar itu dibekukan, Anda kembali ke sana dengan sendirinya.",
}


def _notice(applicant: Applicant) -> str:
    left = applicant.left
    if left is None or applicant.stage not in ("pending", "questioned", "eligible"):
        return ""
    at = long_date(wib_date(left.at))
    return _LEFT[left.reason].format(wave=left.wave, at=at, text=left.text.rstrip(". "))


def _result(result: WaveResult, places: Mapping[str, str]) -> str:
    group = stratum_name(result.stratum, places)
    place = f"nomor urut undian {result.rank} dari {result.pool_size} pada kelompok {group}, kuota {result.quota}"
    ended = "terpilih" if result.selected else "belum terpilih"
    return f"Gelombang {result.wave}: {ended}; {place} ({long_date(wib_date(result.at))})."


def _details(applicant: Applicant) -> dict[str, Any]:
    question, verdict = applicant.question, applicant.verdict
    return {
        "received_at": applicant.received_at,
        "fields": list(question.fields) if question else [],
        "deadline": question.deadline if question else None,
        "reason_code": verdict.reason if verdict else None,
        "appeal_deadline": verdict.appeal_deadline if verdict else None,
        "rule_version": verdict.rule_version if verdict else None,
        "trace": [{"rule": line.rule, "holds": line.reason is None} for line in verdict.trace] if verdict else [],
        "test": applicant.test.result if applicant.test else None,
        "wave": applicant.wave,
        "results": [_result_details(each) for each in applicant.results],
    }


def _result_details(result: WaveResult) -> dict[str, Any]:
    return {
        "wave": result.wave,
        "selected": result.selected,
        "stratum": result.stratum,
        "rank": result.rank,
        "pool_size": result.pool_size,
        "quota": result.quota,
    }
