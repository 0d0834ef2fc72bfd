"""The applicants' door: apply, follow the application, correct it, object, withdraw; each for the person alone."""

from __future__ import annotations

from services.registration.adapters.civil_registry import Answer
from tests.unit.registration.house import NIK, application, holder, open_house, person


async def test_a_person_applies_and_sees_the_status_at_once_and_later_the_verdict() -> None:
    async with open_house() as house:
        answer = await house.apply()

        assert set(answer) == {"applicant_id", "tracking_code", "status_url"}
        first = await house.seen(answer)
        assert (first["stage"], first["code"] in ("pending", "eligible")) == (
            1 if first["code"] == "pending" else 2,
            True,
        )
        assert (await house.until(answer, "eligible"))["title"] == "Memenuhi syarat"
        assert [
            len(house.events(kind)) for kind in ("ApplicantRegistered", "IdentityConfirmed", "ApplicantEligible")
        ] == [1, 1, 1]


async def test_a_wrong_tracking_code_and_an_unknown_application_look_alike() -> None:
    async with open_house() as house:
        answer = await house.apply()
        path, unknown = f"/applications/{answer['applicant_id']}", "/applications/00000000-0000-4000-8000-000000000000"

        wrong = await house.call("GET", path, 404, headers={"Tracking-Code": "AAAA-BBBB-CCCC"})
        missing = await house.call("GET", unknown, 404, headers=holder(answer))

        assert wrong == missing
        assert wrong["code"] == "APPLICANT_UNKNOWN"
        typed_otherwise = {"Tracking-Code": answer["tracking_code"].lower().replace("-", " ")}
        assert await house.call("GET", path, 200, headers=typed_otherwise)


async def test_a_duplicate_is_told_only_to_one_who_knows_the_person() -> None:
    async with open_house() as house:
        first = await house.apply()

        again = await house.call("POST", "/applications", 409, json=application())
        stranger = await house.apply(kk_number="1271051203100009", full_name="Orang Lain")

        assert again["code"] == "DUPLICATE"
        assert set(stranger) == set(first)
        await house.until(first, "eligible")
        assert (await house.until(stranger, "questioned"))["reasons"][0] == "Data sedang diperiksa petugas."


async def test_the_same_idempotency_key_gets_the_first_answer_again() -> None:
    async with open_house() as house:
        key = {"Idempotency-Key": "formulir-0001"}

        first = await house.call("POST", "/applications", 202, json=application(), headers=key)
        again = await house.call("POST", "/applications", 202, json=application(), headers=key)
        other = await house.call("POST", "/applications", 422, json=application(**person(2)), headers=key)

        assert again == first
        assert other["code"] == "IDEMPOTENCY_KEY_REUSED"
        assert len(house.events("ApplicantRegistered")) == 1


async def test_a_correction_needs_the_code_sent_to_the_person() -> None:
    async with open_house() as house:
        house.registry.answers[NIK] = Answer("mismatch", ("full_name",))
        answer = await house.apply()
        path, who = f"/applications/{answer['applicant_id']}", holder(answer)
        await house.until(answer, "questioned")

        await house.call("POST", f"{path}/codes", 202, json={"purpose": "correction"}, headers=who)
        code = await house.last_code(answer["applicant_id"])
        wrong = f"{(int(code) + 1) % 1_000_000:06d}"
        refused = await house.call(
            "POST", f"{path}/corrections", 403, json={"full_name": "X Y", "code": wrong}, headers=who
        )
        assert refused["code"] == "CODE_WRONG"
        assert refused["details"] == {"tries_left": 4}
        house.registry.answers.clear()
        done = await house.call(
            "POST", f"{path}/corrections", 202, json={"full_name": "Rahmat Lubis", "code": code}, headers=who
        )

        assert done == {"fields": ["full_name"]}
        await house.until(answer, "eligible")
        again = await house.call("POST", f"{path}/corrections", 403, json={"full_name": "Z", "code": code}, headers=who)
        assert again["code"] == "CODE_EXPIRED"
        nothing = {"full_name": "Rahmat Lubis", "code": code}
        assert await house.call("POST", f"{path}/corrections", 202, json=nothing, headers=who) == {"fields": []}


async def test_withdrawing_frees_the_nik() -> None:
    async with open_house() as house:
        answer = await house.apply()
        path, who = f"/applications/{answer['applicant_id']}", holder(answer)
        await house.call("POST", f"{path}/codes", 202, json={"purpose": "withdrawal"}, headers=who)

        code = await house.last_code(answer["applicant_id"])
        await house.call("POST", f"{path}/withdrawal", 202, json={"code": code}, headers=who)

        assert (await house.seen(answer))["code"] == "withdrawn"
        assert await house.apply()


async def test_who_is_not_eligible_can_object() -> None:
    async with open_house() as house:
        declared = {"citizen": True, "not_in_formal_education": False, "not_an_official": True}
        answer = await house.apply(declarations=declared)
        path, who = f"/applications/{answer['applicant_id']}", holder(answer)
        assert (await house.until(answer, "ineligible"))["details"]["reason_code"] == "IN_FORMAL_EDUCATION"

        await house.call("POST", f"{path}/codes", 202, json={"purpose": "objection"}, headers=who)
        body = {"code": await house.last_code(answer["applicant_id"]), "text": "Saya sudah lulus tahun lalu."}
        await house.call("POST", f"{path}/objections", 202, json=body, headers=who)

        staff = {"Staff": "andi placement"}
        (case,) = (await house.call("GET", "/reviews", 200, headers=staff))["cases"]
        shown = await house.call("GET", f"/reviews/{case['case_id']}", 200, headers=staff)
        assert (case["kind"], shown["note"]) == ("OBJECTION", "Saya sudah lulus tahun lalu.")


async def test_a_lost_code_is_renewed_for_the_person_alone() -> None:
    async with open_house() as house:
        answer = await house.apply()
        known = {name: application()[name] for name in ("nik", "kk_number", "birth_date")}
        stranger = {**known, "kk_number": "1271051203100009"}

        for body in (known, stranger, {**known, "nik": "1271050504950077"}, known):
            assert await house.call("POST", "/lost-codes", 202, json=body) == {}
        code = await house.last_code(answer["applicant_id"])
        refused = await house.call("POST", "/lost-codes/renewals", 403, json={**stranger, "code": code})
        renewed = await house.call("POST", "/lost-codes/renewals", 202, json={**known, "code": code})

        assert refused["code"] == "CODE_EXPIRED"
        assert renewed["applicant_id"] == answer["applicant_id"]
        assert await house.seen(renewed)
        await house.call("GET", f"/applications/{answer['applicant_id']}", 404, headers=holder(answer))
        assert len(house.events("ConfirmationCodeIssued")) == 1


async def test_a_lost_code_of_a_shadow_belongs_to_the_shadow() -> None:
    async with open_house() as house:
        await house.apply()
        shadow = await house.apply(kk_number="1271051203100009")
        known = {"nik": NIK, "kk_number": "1271051203100009", "birth_date": "1995-04-05"}

        await house.call("POST", "/lost-codes", 202, json=known)

        assert await house.last_code(shadow["applicant_id"])


async def test_the_test_is_three_questions_and_nobody_fails() -> None:
    async with open_house() as house:
        answer = await house.apply()
        path, who = f"/applications/{answer['applicant_id']}/test", holder(answer)

        questions = (await house.call("GET", "/test", 200))["questions"]
        answers = {each["code"]: next(iter(each["choices"])) for each in questions}
        refused = await house.call("POST", path, 422, json={"answers": {}}, headers=who)
        await house.call("POST", path, 202, json={"answers": answers}, headers=who)

        assert (len(questions), refused["code"]) == (3, "TEST_INCOMPLETE")
        assert house.events("TestTaken")[0]["result"] == "taken"


async def test_a_visit_is_booked_with_a_queue_number() -> None:
    async with open_house() as house:
        answer = await house.apply()
        body = {"on": "2020-04-06", "slot": "08:30", "topic": "DATA"}

        booked = await house.call(
            "POST", f"/applications/{answer['applicant_id']}/consultations", 202, json=body, headers=holder(answer)
        )

        assert booked == {"queue_no": 1, "at": "08:30"}


async def test_nothing_that_names_a_person_is_stored_or_told_in_clear() -> None:
    async with open_house() as house:
        body = application(
            full_name="Kanarius Siregar", domicile="Jl. Burung Kenari 77, Medan", desired_training="Tenun Ulos"
        )
        answer = await house.call("POST", "/applications", 202, json=body, headers={"Idempotency-Key": f"k-{NIK}"})
        path, who = f"/applications/{answer['applicant_id']}", holder(answer)
        await house.until(answer, "eligible")
        await house.call("POST", f"{path}/codes", 202, json={"purpose": "withdrawal"}, headers=who)
        code = await house.last_code(answer["applicant_id"])

        everything = house.everything()

        marks = [NIK, "1271051203100002", "1995-04-05", "Kanarius", "Kenari 77", "Tenun Ulos", "rahmad@", "81260001111"]
        tracking = answer["tracking_code"]
        for mark in (*marks, tracking, tracking.replace("-", ""), f'"{code}"'):
            assert mark.encode() not in everything, mark
