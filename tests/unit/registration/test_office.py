"""The office's desk: staff settle cases in pairs, help at the counter, find people, and erase them."""

from __future__ import annotations

from tests.unit.registration.house import APPROVER, NIK, PLACEMENT, application, holder, open_house, person


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
