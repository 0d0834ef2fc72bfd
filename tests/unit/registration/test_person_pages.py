"""Staff find one person by a number and read what that person reads; numbers stay masked and out of addresses."""

from __future__ import annotations

from tests.unit.registration.house import APPROVER, NIK, PLACEMENT, open_house, person

ORIGIN = {"Origin": "http://medan"}


async def test_a_person_is_found_by_nik_or_number_with_the_words_of_the_own_status_page() -> None:
    async with open_house() as house:
        answer = await house.apply()
        await house.until(answer, "eligible")
        empty = await house.call("GET", "/cari", 200, headers=PLACEMENT)
        for typed in (f" {NIK} ", answer["applicant_id"].upper()):
            page = await house.call("POST", "/cari", 200, data={"nomor": typed}, headers=PLACEMENT | ORIGIN)
            assert "<b>Memenuhi syarat</b> (memenuhi syarat)" in page
            assert "Ikuti tes, lalu gabung ke gelombang yang sedang dibuka." in page
            assert f"<code>{answer['applicant_id']}</code>" in page
            assert f'href="/notification/desk?orang={answer["applicant_id"]}#catat"' in page
            assert NIK not in page
        assert "<article" not in empty
        linked = await house.call("GET", f"/cari?nomor={answer['applicant_id']}", 200, headers=PLACEMENT)
        assert "<b>Memenuhi syarat</b>" in linked
        await house.call("GET", f"/cari?nomor={NIK}", 422, headers=PLACEMENT)


async def test_who_is_not_there_and_what_is_no_number_are_told_in_words() -> None:
    async with open_house() as house:
        await house.apply()
        none = {"data": {"nomor": person(7)["nik"]}, "headers": APPROVER | ORIGIN}
        assert "Belum ada yang mendaftar dengan nomor ini." in await house.call("POST", "/cari", 200, **none)
        wrong = {"data": {"nomor": "12345"}, "headers": PLACEMENT | ORIGIN}
        assert "NIK terdiri atas 16 angka" in await house.call("POST", "/cari", 422, **wrong)
        foreign = {"data": {"nomor": NIK}, "headers": PLACEMENT | {"Origin": "http://lain.test"}}
        await house.call("POST", "/cari", 403, **foreign)
        await house.call("POST", "/cari", 401, data={"nomor": NIK}, headers=ORIGIN)


async def test_everybody_who_used_one_nik_is_shown_the_holder_first() -> None:
    async with open_house() as house:
        first = await house.apply()
        second = await house.apply(kk_number="1271051203100009")
        page = await house.call("POST", "/cari", 200, data={"nomor": NIK}, headers=PLACEMENT | ORIGIN)
        assert 0 < page.index(first["applicant_id"]) < page.index(second["applicant_id"])
        assert page.count("NIK ini sudah dipakai pendaftar lain; sedang diperiksa.") == 1


async def test_an_address_is_masked_behind_its_beginning() -> None:
    async with open_house() as house:
        await house.apply(domicile="Jl. Gatot Subroto 12, Medan")
        found = await house.call("POST", "/search", 200, json={"nik": NIK}, headers=PLACEMENT)
        (one,) = found["applicants"]
        assert one["domicile"] == "Jl. Gato************"
        assert one["nik"] == "1271**********01"
