from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import Workbook

from services.registration.adapters.civil_registry import Answer, RegistryUnavailable
from services.registration.domain import draw
from services.registration.domain.draw import Step
from tests.unit.registration.house import (
    APPROVER,
    NIK,
    PLACEMENT,
    SECRETARIAT,
    START,
    House,
    application,
    holder,
    open_house,
    person,
    wait_for,
)

HEADINGS = [
    "No", "Nama Lengkap", "NIK", "Tanggal Lahir", "Nomor KK", "Email", "No. HP", "Alamat Domisili",
    "Pendidikan Terakhir", "Status Kerja", "Pelatihan yang Diinginkan",
]  # fmt: skip


def row(number: int, **changes: Any) -> list[Any]:
    cells = {
        "no": number,
        "name": f"Orang {number}",
        "nik": f"127105050495{number:04d}",
        "born": "05/04/1995",
        "kk": f"12710512031{number:05d}",
        "email": f"orang{number}@contoh.id",
        "mobile": f"0812600{number:05d}",
        "address": "Jl. Gatot Subroto 12, Kec. Medan Barat, Kota Medan",
        "education": "SMA",
        "work": "pencari kerja",
        "training": "Barista",
    }
    return list({**cells, **changes}.values())


def as_csv(rows: list[list[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([HEADINGS, *rows])
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(rows: list[list[Any]]) -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    for each in (["DATA PENDAFTAR"], [], HEADINGS, *rows):
        sheet.append(each)
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()


async def upload(house: House, raw: bytes, name: str = "lembar.csv", status: int = 202) -> Any:
    return await house.call(
        "POST", "/imports", status, headers=SECRETARIAT, files={"file": (name, raw)},
        data={"source": "Disnaker Medan", "received_on": "2020-04-03"},
    )  # fmt: skip


async def taken(house: House, answer: dict[str, Any]) -> dict[str, Any]:
    path = f"/imports/{answer['import_id']}"
    run: dict[str, Any] = await wait_for(
        lambda: house.call("GET", path, 200, headers=SECRETARIAT), lambda found: found["state"] != "running"
    )
    return run


MIXED = [
    row(1),
    row(2, nik="１２７１０５０５０４９５０００２"),
    row(3, nik="৯২৭১০৫০৫০৪৯৫০০০৩"),
    row(4, name=""),
    row(5, born="kemarin"),
    row(6, born="05/04/2006"),
    row(7, born="06/04/1995"),
    row(1),
    row(9, nik="1271050504950001"),
    row(10, nik="9999990504950010"),
    row(11, address="Medan"),
]


@pytest.mark.parametrize(("make", "name"), [(as_csv, "lembar.csv"), (as_xlsx, "lembar.xlsx")])
async def test_a_sheet_is_taken_in_and_its_control_total_holds(make: Any, name: str) -> None:
    async with open_house() as house:
        answer = await upload(house, make(MIXED), name)
        run = await taken(house, answer)

        assert run["state"] == "done"
        assert (run["received"], run["registered"], run["questioned"], run["refused"]) == (11, 4, 2, 5)
        assert run["codes"] == {"NIK_FORMAT": 1, "EMPTY_CELL": 1, "DATE_FORMAT": 1, "UNDER_AGE": 1, "DUPLICATE": 1}
        report = await house.call("GET", f"/imports/{answer['import_id']}/rows.csv", 200, headers=SECRETARIAT)
        lines = list(csv.DictReader(io.StringIO(report)))
        assert [line["hasil"] for line in lines].count("refused") == 5
        first_refused = next(line for line in lines if line["kode"] == "NIK_FORMAT")
        assert first_refused["kolom"] == "nik"
        assert first_refused["keterangan"].startswith("NIK harus 16 angka")
        assert len(house.events("ApplicantRegistered")) == 6


async def test_the_same_sheet_again_changes_nothing() -> None:
    async with open_house() as house:
        first = await taken(house, await upload(house, as_csv(MIXED)))
        again = await upload(house, as_csv(MIXED))

        assert again["state"] == "done"
        assert await taken(house, again) == first
        assert len(house.events("ApplicantRegistered")) == 6
        (only,) = (await house.call("GET", "/imports", 200, headers=PLACEMENT))["imports"]
        assert only["expected"] == 11


@pytest.mark.parametrize(
    ("raw", "name", "code"),
    [
        (as_csv([]), "lembar.pdf", "SHEET_UNREADABLE"),
        (b"bukan excel", "lembar.xlsx", "SHEET_UNREADABLE"),
        (b"a;b\n1;2\n", "lembar.csv", "HEADINGS"),
        (b"Nama;NIK;Tanggal Lahir;KK;Email;HP\nx;1;2;3;4;5\n", "lembar.csv", "HEADINGS"),
        (b"\xff\xfe\x00", "lembar.csv", "SHEET_UNREADABLE"),
        (as_csv([["x" * 1001]]), "lembar.csv", "SHEET_TOO_LARGE"),
    ],
)
async def test_a_file_that_is_no_sheet_is_refused_at_once(raw: bytes, name: str, code: str) -> None:
    async with open_house() as house:
        assert (await upload(house, raw, name, 422))["code"] == code


async def test_a_report_of_many_rows_comes_in_blocks() -> None:
    async with open_house() as house:
        answer = await upload(house, as_csv([row(number, name="") for number in range(1, 1002)]))
        await taken(house, answer)

        report = await house.call("GET", f"/imports/{answer['import_id']}/rows.csv", 200, headers=SECRETARIAT)

        assert len(report.splitlines()) == 1002


async def test_only_the_secretariat_uploads() -> None:
    async with open_house() as house:
        files = {"file": ("a.csv", b"x")}
        await house.call("POST", "/imports", 401, files=files, data={"source": "xx"})
        await house.call("POST", "/imports", 403, files=files, data={"source": "xx"}, headers=PLACEMENT)
        await house.call("GET", "/imports/nomor-lain", 404, headers=SECRETARIAT)
        await house.call("GET", "/imports/nomor-lain/rows.csv", 404, headers=SECRETARIAT)


async def test_a_list_reaches_those_who_are_registered_and_those_who_come_later() -> None:
    async with open_house() as house:
        early = await house.apply(**person(1))
        await house.until(early, "eligible")
        lines = f"NIK;Kode\n{person(1)['nik']};asn\n{person(2)['nik']};TNI\n123;ASN\n{person(3)['nik']};\n;ASN\n"
        form = {"source": "BKN", "as_of": "2020-03-31"}
        files = {"file": ("daftar.csv", lines.encode())}

        report = await house.call("POST", "/lists", 200, headers=SECRETARIAT, files=files, data=form)
        late = await house.apply(**person(2))

        assert report == {
            "received": 5, "listed": 2, "refused": {"NIK_FORMAT": 2, "EMPTY_CELL": 1}, "rescreened": 1,
            "editions": {"ASN": 1, "TNI": 1},
        }  # fmt: skip
        assert (await house.seen(early))["details"]["reason_code"] == "OFFICIAL_ASN"
        assert (await house.until(late, "ineligible"))["details"]["reason_code"] == "OFFICIAL_TNI"
        current = await house.call("GET", "/lists", 200, headers=PLACEMENT)
        assert current["lists"]["ASN"]["as_of"] == "2020-03-31"


async def test_a_nik_that_a_list_keeps_as_a_number_is_not_trusted() -> None:
    async with open_house() as house:
        book, raw = Workbook(), io.BytesIO()
        for each in (["NIK", "Kode"], [1271050504950001, "ASN"], [NIK, "ASN"]):
            book.worksheets[0].append(each)
        book.save(raw)
        files = {"file": ("daftar.xlsx", raw.getvalue())}
        form = {"source": "BKN", "as_of": "2020-03-31"}

        report = await house.call("POST", "/lists", 200, headers=SECRETARIAT, files=files, data=form)

        assert (report["listed"], report["refused"]) == (1, {"NIK_FORMAT": 1})


async def test_lists_have_their_keepers() -> None:
    async with open_house() as house:
        disputes = {"Staff": "rina disputes"}
        files = {"file": ("daftar.csv", f"NIK\n{NIK}\n".encode())}
        form = {"source": "Perselisihan", "as_of": "2020-03-31"}

        await house.call("POST", "/lists", 403, headers=disputes, files=files, data={**form, "code": "ASN"})
        ok = await house.call("POST", "/lists", 200, headers=disputes, files=files, data={**form, "code": "LAID_OFF"})
        no_code = await house.call("POST", "/lists", 422, headers=SECRETARIAT, files=files, data=form)
        unknown = await house.call("POST", "/lists", 422, headers=SECRETARIAT, files=files, data={**form, "code": "X"})

        assert ok["listed"] == 1
        assert (no_code["code"], unknown["code"]) == ("HEADINGS", "LIST_CODE_UNKNOWN")


async def test_two_people_settle_a_contradiction() -> None:
    async with open_house() as house:
        answer = await house.apply(sex="P")
        assert (await house.seen(answer))["code"] == "questioned"
        (case,) = (await house.call("GET", "/reviews", 200, headers=PLACEMENT))["cases"]
        path = f"/reviews/{case['case_id']}"
        shown = await house.call("GET", path, 200, headers=PLACEMENT)
        assert shown["applicants"][0]["nik"] == "1271**********01"
        proposal = {"answer": "confirm", "reason": "KTP asli dilihat"}

        await house.call("POST", f"{path}/approval", 409, headers=APPROVER)
        await house.call("POST", f"{path}/proposal", 202, json=proposal, headers=PLACEMENT)
        await house.call("POST", f"{path}/return", 202, headers=APPROVER)
        await house.call("POST", f"{path}/proposal", 202, json=proposal, headers=PLACEMENT)
        await house.call("POST", f"{path}/approval", 202, headers=APPROVER)

        assert (await house.seen(answer))["code"] == "eligible"
        assert (await house.call("GET", "/reviews", 200, headers=PLACEMENT))["cases"] == []
        await house.call("GET", "/reviews/tidak-ada", 404, headers=PLACEMENT)


async def test_staff_help_who_stands_at_the_counter() -> None:
    async with open_house() as house:
        answer = await house.call("POST", "/assisted-applications", 202, json=application(), headers=PLACEMENT)
        path = f"/applications/{answer['applicant_id']}"

        waived = {"result": "waived", "note": "tidak punya ponsel"}
        await house.call("POST", f"{path}/test-record", 202, json=waived, headers=PLACEMENT)
        done = await house.call(
            "POST", f"{path}/assisted-corrections", 202, json={"mobile": "081299990000"}, headers=PLACEMENT
        )
        same = await house.call(
            "POST", f"{path}/assisted-corrections", 202, json={"mobile": "081299990000"}, headers=PLACEMENT
        )

        moved = {"domicile": "Jl. Denai 3, Kec. Medan Area"}
        await house.call("POST", f"{path}/assisted-corrections", 202, json=moved, headers=PLACEMENT)
        shown = await house.call("GET", f"/applicants/{answer['applicant_id']}", 200, headers=PLACEMENT)

        assert shown["kecamatan"] == "12.71.10"
        assert (done, same) == ({"fields": ["mobile"]}, {"fields": []})
        assert house.events("ApplicantRegistered")[0]["channel"] == "offline_individual"
        assert house.events("TestTaken")[0]["result"] == "waived"


async def test_staff_find_people_masked_and_see_who_has_no_kecamatan() -> None:
    async with open_house() as house:
        answer = await house.apply(district_code=None, domicile="Medan")
        await house.apply(kk_number="1271051203100009")

        found = await house.call("POST", "/search", 200, json={"nik": NIK}, headers=PLACEMENT)
        none = await house.call("POST", "/search", 200, json={"nik": person(7)["nik"]}, headers=PLACEMENT)
        tasks = await house.call("GET", "/tasks/kecamatan", 200, headers=PLACEMENT)
        one = await house.call("GET", f"/applicants/{answer['applicant_id']}", 200, headers=PLACEMENT)

        assert len(found["applicants"]) == 2
        assert none["applicants"] == []
        assert NIK not in str(found)
        assert [each["applicant_id"] for each in tasks["applicants"]] == [answer["applicant_id"]]
        assert one["status"]["stage"] in (1, 2)
        await house.call("GET", "/applicants/00000000-0000-4000-8000-000000000000", 404, headers=PLACEMENT)


async def test_an_erased_person_is_unreadable_and_the_nik_is_free() -> None:
    async with open_house() as house:
        answer = await house.apply()
        path = f"/applications/{answer['applicant_id']}"
        await house.until(answer, "eligible")

        await house.call("POST", f"{path}/erasure", 202, json={"reason": "REQUEST"}, headers=APPROVER)

        shown = await house.call("GET", f"/applicants/{answer['applicant_id']}", 200, headers=PLACEMENT)
        assert (shown["full_name"], shown["nik"], shown["stage"]) == ("•••", "•••", "erased")
        await house.call("GET", path, 404, headers=holder(answer))
        correction = await house.call("POST", f"{path}/assisted-corrections", 409, json={"sex": "P"}, headers=PLACEMENT)
        assert correction["code"] == "APPLICATION_CLOSED"
        assert house.events("IdentityErased")
        assert await house.apply()


# ---- a whole wave

SECRETS = ["01" * 32, "02" * 32, "03" * 32]


def wave_body(**changes: Any) -> dict[str, Any]:
    plain = {
        "wave": 1,
        "quota": 3,
        "opens_at": (START - timedelta(days=1)).isoformat(),
        "closes_at": (START + timedelta(days=5)).isoformat(),
        "strata": [{"code": "KECAMATAN_12.71.05", "quota": 1}],
    }
    return {**plain, **changes}


async def open_wave(house: House, **changes: Any) -> None:
    await house.call("POST", "/waves", 202, json=wave_body(**changes), headers=SECRETARIAT)
    await house.call("POST", f"/waves/{changes.get('wave', 1)}/opening", 202, json={}, headers=APPROVER)


async def ready(house: House, number: int, **changes: Any) -> dict[str, Any]:
    """Somebody eligible whose test is taken."""
    answer = await house.apply(**person(number), **changes)
    await house.until(answer, "eligible")
    answers = {each["code"]: "a" for each in house.reference.test["questions"]}
    path = f"/applications/{answer['applicant_id']}/test"
    await house.call("POST", path, 202, json={"answers": answers}, headers=holder(answer))
    return answer


async def close_and_draw(house: House, number: int = 1) -> dict[str, Any]:
    commitments = [draw.commitment(secret) for secret in SECRETS]
    house.clock.ahead += timedelta(days=6)
    await house.call("POST", f"/waves/{number}/closing", 202, json={"commitments": commitments}, headers=SECRETARIAT)
    await house.wave_until(number, "closed")
    await house.call("POST", f"/waves/{number}/draw", 202, json={"secrets": SECRETS}, headers=APPROVER)
    return await house.wave_until(number, "done")


async def test_a_wave_from_draft_to_cards_and_anybody_can_check_it() -> None:
    async with open_house(draw_secrets=3) as house:
        await open_wave(house)
        people = [await ready(house, number) for number in range(1, 6)]
        for each in people:
            body = {"applicant_id": each["applicant_id"]}
            await house.call("POST", "/waves/1/joins", 202, json=body, headers=holder(each))
        early = await house.call(
            "POST", "/waves/1/closing", 409, json={"commitments": ["ab" * 32] * 3}, headers=SECRETARIAT
        )
        assert early["code"] == "WAVE_STILL_OPEN"

        wave = await close_and_draw(house)

        lines = (await house.call("GET", "/waves/1/list.csv", 200)).splitlines()
        told = list(csv.DictReader(io.StringIO(await house.call("GET", "/waves/1/results.csv", 200))))
        assert wave["root"] == draw.root([draw.leaf(line) for line in lines]).hex()
        assert wave["seed"] == draw.seed_of(wave["secrets"])
        strata = [draw.Stratum(each["code"], each["quota"]) for each in wave["strata"] if each["code"] != "UMUM"]
        again = draw.draw(lines, strata, wave["quota"], wave["seed"])
        assert [(r.applicant_id, r.rank, int(r.selected)) for r in again] == [
            (line["applicant_id"], int(line["rank"]), int(line["selected"])) for line in told
        ]
        assert (wave["selected"], wave["entries"]) == (3, 5)
        proof = await house.call(
            "GET", f"/applications/{people[0]['applicant_id']}/waves/1/proof", 200, headers=holder(people[0])
        )
        steps = [Step(**step) for step in proof["steps"]]
        assert draw.climb(draw.leaf(proof["line"]), steps).hex() == wave["root"]
        selected = house.events("ApplicantSelected")
        assert (len(selected), len(house.events("ApplicantNotSelected"))) == (3, 2)
        card = (await house.vault.key(selected[0]["applicant_id"])).open("card_number", selected[0]["card_number"])
        assert len(card) == 16
        winner = next(each for each in people if each["applicant_id"] == selected[0]["applicant_id"])
        assert (await house.seen(winner))["stage"] == 3
        assert [wave["wave"] for wave in (await house.call("GET", "/waves", 200))["waves"]] == [1]


async def test_who_is_not_in_a_list_has_no_proof_and_a_draft_is_not_public() -> None:
    async with open_house() as house:
        answer = await house.apply()
        await house.call("POST", "/waves", 202, json=wave_body(strata=None, quota=10), headers=SECRETARIAT)

        await house.call("GET", "/waves/1", 404)
        assert (await house.call("GET", "/waves", 200))["waves"] == []
        await house.call("POST", "/waves/1/opening", 202, json={}, headers=APPROVER)
        assert [each["code"] for each in (await house.call("GET", "/waves/1", 200))["strata"]] == [
            "LAID_OFF_LIST",
            "COVID_AFFECTED",
            "UMUM",
        ]
        path = f"/applications/{answer['applicant_id']}/waves/1/proof"
        assert (await house.call("GET", path, 404, headers=holder(answer)))["code"] == "CHUNK_UNKNOWN"


async def test_a_wave_of_nobody_is_done_too() -> None:
    async with open_house() as house:
        await open_wave(house)

        wave = await close_and_draw(house)

        assert (wave["entries"], wave["selected"]) == (0, 0)
        assert await house.call("GET", "/waves/1/list.csv", 200) == ""


async def test_times_and_quota_can_be_changed_with_a_reason() -> None:
    async with open_house() as house:
        await open_wave(house)
        later = (START + timedelta(days=9)).isoformat()

        body = {"closes_at": later, "quota": 9, "reason": "Libur nasional"}
        await house.call("POST", "/waves/1/changes", 202, json=body, headers=APPROVER)

        assert (await house.call("GET", "/waves/1", 200))["quota"] == 9
        assert house.events("WaveChanged")[0]["change"] == "perubahan jadwal dan kuota"
        await house.call(
            "POST", "/waves/1/changes", 202, json={"opens_at": START.isoformat(), "reason": "Teknis"}, headers=APPROVER
        )


async def test_the_people_of_a_sheet_join_together() -> None:
    async with open_house() as house:
        await open_wave(house)
        answer = await upload(house, as_csv([row(number) for number in range(1, 8)]))
        await taken(house, answer)
        await wait_for(lambda: eligible_count(house), lambda count: count == 7)
        body = {"import_id": answer["import_id"], "test": "recorded", "note": "lembar tes kertas"}

        started = await house.call("POST", "/waves/1/joins/batch", 202, json=body, headers=SECRETARIAT)
        path = f"/batches/{started['batch_id']}"
        batch = await wait_for(lambda: house.call("GET", path, 200, headers=PLACEMENT), lambda found: found["done"])

        assert (batch["joined"], batch["skipped"]) == (7, {})
        assert len(house.events("WaveJoined")) == len(house.events("TestTaken")) == 7
        unknown = {**body, "import_id": "tidak-ada"}
        await house.call("POST", "/waves/1/joins/batch", 404, json=unknown, headers=SECRETARIAT)
        await house.call("GET", "/batches/tidak-ada", 404, headers=PLACEMENT)


async def eligible_count(house: House) -> int:
    return len(house.events("ApplicantEligible"))


# ---- time and the registry


async def test_nobody_is_refused_because_the_registry_is_down() -> None:
    async with open_house() as house:
        house.registry.answers[NIK] = RegistryUnavailable("RESTING", retry_after_seconds=0.01)
        answer = await house.apply()
        await wait_for(lambda: asked(house), lambda count: count > 1)
        assert (await house.seen(answer))["code"] == "pending"

        house.registry.answers.clear()
        house.clock.ahead += timedelta(minutes=5)

        await house.until(answer, "eligible")


async def asked(house: House) -> int:
    return len(house.registry.asked)


async def test_a_question_nobody_answers_lapses_after_its_last_day() -> None:
    async with open_house() as house:
        house.registry.answers[NIK] = Answer("not_found")
        answer = await house.apply()
        await house.until(answer, "questioned")

        house.clock.ahead += timedelta(days=15)

        assert (await house.until(answer, "ineligible"))["details"]["reason_code"] == "IDENTITY_NOT_CONFIRMED"
