from __future__ import annotations

import ast
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from services.registration.domain import identity, reasons
from services.registration.domain.applicant import Applicant, Stage, WaveResult
from services.registration.domain.eligibility import Known
from services.registration.domain.identity import RegistryAnswer
from services.registration.domain.refusals import REFUSALS
from services.registration.domain.status import status
from tests.unit.registration.builders import NOW, applicant, changed, claim, eligible, ineligible, medan, rules

SERVICE = Path(__file__).parents[3] / "services" / "registration"


TODAY = NOW.date()


def seen(person: Applicant, today: date = TODAY) -> tuple[str, ...]:
    return status(person, rules().officials, medan().names, today).reasons


@pytest.mark.parametrize("stage", get_args(Stage))
def test_every_stage_has_a_title_and_a_next_step(stage: Stage) -> None:
    found = status(applicant(stage=stage), rules().officials, medan().names, NOW.date())

    assert found.code == stage
    assert 1 <= found.stage <= 7
    assert found.title
    assert found.next_step.endswith(".")


def test_the_first_second_already_has_an_answer() -> None:
    found = status(applicant(), rules().officials, medan().names, NOW.date())

    assert (found.title, found.reasons, found.details["received_at"]) == ("Data sedang diperiksa", (), NOW)


def test_a_shadow_looks_exactly_like_anybody_being_checked() -> None:
    plain, shadow = applicant(), applicant(shadow=True)

    assert status(plain, {}, {}, NOW.date()) == status(shadow, {}, {}, NOW.date())


def test_a_shadow_that_the_registry_doubts_reads_like_anybody_the_registry_doubts() -> None:
    answer = RegistryAnswer("mismatch", ("kk_number",))
    both = [
        changed(identity.registry_answered(person, claim("x"), Known(), answer, 1, rules(), NOW), Applicant)
        for person in (applicant(), applicant(shadow=True))
    ]

    assert seen(both[0]) == seen(both[1])
    assert seen(both[0]) == (
        "Data tidak sesuai dengan data kependudukan.",
        "Perbaiki nomor KK paling lambat 17 April 2020.",
    )


def test_a_shadow_that_the_registry_confirms_hears_that_staff_are_looking() -> None:
    person = applicant(shadow=True)
    decision = identity.registry_answered(person, None, Known(), RegistryAnswer("match"), 1, rules(), NOW)

    assert seen(changed(decision, Applicant))[0] == "Data sedang diperiksa petugas."


def test_two_reasons_with_one_sentence_are_said_once() -> None:
    question = replace(
        changed(
            identity.question(applicant(), ("nik",), ("NIK_CLAIMED_TWICE", "RING_SUSPECTED"), rules(), NOW), Applicant
        )
    )

    assert len(seen(question)) == 2


def test_the_ineligible_read_the_reason_and_the_last_day_to_object() -> None:
    assert seen(ineligible(reason="OFFICIAL_ASN")) == (
        "NIK Anda tercatat sebagai aparatur sipil negara. Bila tidak benar, ajukan keberatan dengan surat keterangan.",
        "Keberatan diterima sampai 17 April 2020.",
    )


def test_after_the_last_day_they_read_until_when_an_objection_was_possible() -> None:
    person = ineligible(reason="OFFICIAL_ASN")
    last = date(2020, 4, 17)
    assert seen(person, last)[1] == "Keberatan diterima sampai 17 April 2020."
    assert seen(person, date(2020, 4, 18))[1] == "Keberatan dapat diajukan sampai 17 April 2020; batas itu sudah lewat."
    assert "ajukan keberatan" in status(person, {}, {}, last).next_step
    late = status(person, {}, {}, date(2020, 4, 18)).next_step
    assert late == "Bila ada yang ingin ditanyakan, hubungi kantor kami."


def test_results_are_read_with_rank_pool_and_quota() -> None:
    lost = WaveResult(1, False, "KECAMATAN_12.71.05", 51, 80, 40, NOW)
    won = WaveResult(2, True, "UMUM", 3, 70, 9, NOW)

    person = eligible(results=(lost, won))

    assert seen(person) == (
        "Gelombang 1: belum terpilih; nomor urut undian 51 dari 80 pada kelompok Kecamatan Medan Barat, kuota 40 "
        "(3 April 2020).",
        "Gelombang 2: terpilih; nomor urut undian 3 dari 70 pada kelompok umum, kuota 9 (3 April 2020).",
    )
    found = status(person, {}, {}, NOW.date())
    assert found.details["results"][0] == {
        "wave": 1, "selected": False, "stratum": "KECAMATAN_12.71.05", "rank": 51, "pool_size": 80, "quota": 40,
    }  # fmt: skip
    assert found.details["test"] == "taken"
    assert found.details["trace"] == [{"rule": "CITIZENSHIP", "holds": True}]


def test_after_the_test_the_next_step_is_the_wave() -> None:
    assert "gabung" in status(eligible(test=None), {}, {}, NOW.date()).next_step
    assert status(eligible(), {}, {}, NOW.date()).next_step.startswith("Tes sudah selesai")


def test_fields_are_called_as_people_call_them() -> None:
    assert reasons.field_words(("nik", "birth_date")) == "NIK, tanggal lahir"


# ---- refusals


def codes_used() -> set[str]:
    """Every code given as text to Refused or RowRefused anywhere in the service."""
    found: set[str] = set()
    for path in SERVICE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Refused", "RowRefused") and node.args:
                code = node.args[0]
                if isinstance(code, ast.Constant) and isinstance(code.value, str):
                    found.add(code.value)
    return found


def test_every_code_the_service_refuses_with_has_a_sentence() -> None:
    used = codes_used()

    assert len(used) > 40
    assert used - set(REFUSALS) == set()


def test_sentences_are_short_whole_and_say_what_to_do() -> None:
    for code, refusal in REFUSALS.items():
        assert refusal.sentence.endswith("."), code
        assert refusal.sentence.count(".") >= 2 or "," in refusal.sentence or "(" in refusal.sentence, code
        assert len(refusal.sentence) <= 160, code
