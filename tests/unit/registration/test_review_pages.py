"""The review queue over HTTP and as pages: evidence side by side, two different people decide."""

from __future__ import annotations

from typing import Any

from tests.unit.registration.house import APPROVER, PLACEMENT, House, open_house, person, wait_for

ORIGIN = {"Origin": "http://medan"}
TWICE = {"full_name": "Rahmad Syahputra Lubis", "nik": "1271050504950077", "kk_number": "1271051203160088"}


async def the_case(house: House) -> dict[str, Any]:
    async def queue() -> Any:
        return (await house.call("GET", "/reviews", 200, headers=PLACEMENT))["cases"]

    case: dict[str, Any] = (await wait_for(queue, bool))[0]
    return case


async def test_a_second_nik_is_shown_beside_the_first_and_two_people_decide() -> None:
    async with open_house() as house:
        first = await house.apply(full_name="Rachmad Sjahputra Lubis")
        await house.until(first, "eligible")
        second = await house.apply(**TWICE)
        await house.until(second, "questioned")
        case = await the_case(house)

        shown = await house.call("GET", f"/reviews/{case['case_id']}", 200, headers=PLACEMENT)

        assert (case["kind"], case["reasons"]) == ("IDENTITY", ["NEAR_DUPLICATE"])
        assert [each["applicant_id"] for each in shown["applicants"]] == [
            second["applicant_id"],
            first["applicant_id"],
        ]
        (pair,) = shown["pairs"]
        assert pair["fields"]["full_name"] == "near"
        assert pair["fields"]["birth_date"] == pair["fields"]["mobile"] == "equal"
        assert pair["fields"]["kk_number"] == "different"
        assert shown["applicants"][1]["registry"]["fields"]["kk_number"] == "SESUAI"
        assert "1271051203100002" not in str(shown)

        page = await house.call("GET", f"/pemeriksaan/{case['case_id']}", 200, headers=PLACEMENT)
        for words in ("Mungkin orang yang sama", "mirip", "Dukcapil: SESUAI", "Usulkan keputusan"):
            assert words in page
        assert "<td>laki-laki" in page
        assert "1271050504950077" not in page
        proposed = {"data": {"answer": "confirm", "reason": "KTP dilihat, orang lain"}, "headers": PLACEMENT | ORIGIN}
        await house.call("POST", f"/pemeriksaan/{case['case_id']}/usulan", 303, **proposed)
        assert "menunggu keputusan kedua" in await house.call("GET", "/pemeriksaan", 200, headers=APPROVER)
        assert "orang lain" in await house.call("GET", f"/pemeriksaan/{case['case_id']}", 200, headers=APPROVER)
        await house.call("POST", f"/pemeriksaan/{case['case_id']}/setuju", 303, headers=APPROVER | ORIGIN)
        await house.until(second, "eligible")
        assert "Tidak ada yang menunggu" in await house.call("GET", "/pemeriksaan", 200, headers=PLACEMENT)


async def test_a_case_is_sent_back_and_only_the_right_roles_decide() -> None:
    async with open_house() as house:
        await house.apply(full_name="Rachmad Sjahputra Lubis")
        await house.until(await house.apply(**TWICE), "questioned")
        path = f"/pemeriksaan/{(await the_case(house))['case_id']}"
        proposed = {"data": {"answer": "reject", "reason": "orang yang sama"}}
        await house.call("POST", f"{path}/usulan", 403, **proposed, headers=APPROVER | ORIGIN)
        await house.call("POST", f"{path}/usulan", 303, **proposed, headers=PLACEMENT | ORIGIN)
        await house.call("POST", f"{path}/setuju", 403, headers=PLACEMENT | ORIGIN)

        await house.call("POST", f"{path}/kembalikan", 303, headers=APPROVER | ORIGIN)

        assert "menunggu usulan" in await house.call("GET", path, 200, headers=APPROVER)


async def test_a_phone_of_many_is_one_case_and_the_device_counts_too() -> None:
    async with open_house() as house:
        answers = [await house.apply(**{**person(number), "mobile": "081260009999"}) for number in range(1, 5)]
        for answer in answers:
            await house.until(answer, "questioned")
        case = await the_case(house)

        shown = await house.call("GET", f"/reviews/{case['case_id']}", 200, headers=PLACEMENT)

        assert (case["kind"], case["reasons"], shown["members"]) == ("RING", ["MOBILE_SHARED"], 4)
        assert "Satu nomor ponsel" in await house.call("GET", "/pemeriksaan", 200, headers=PLACEMENT)


async def test_the_device_of_a_program_is_kept_as_a_keyed_hash() -> None:
    async with open_house() as house:
        house.http.headers["Device-Id"] = "ponsel-rahasia-1"
        await house.apply()

        (stored,) = house.store.documents("applicants")

        assert stored["traces"]["device"] == house.vault.index("device", "ponsel-rahasia-1")
        assert b"ponsel-rahasia-1" not in house.everything()
