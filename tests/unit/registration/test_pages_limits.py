"""Who asks for too many codes, or types too many wrong ones, waits: by number, device and address."""

from __future__ import annotations

from datetime import timedelta

from tests.unit.registration.browser import Browser
from tests.unit.registration.house import House, application, holder, open_house, person
from tests.unit.registration.test_pages_status import LOST

LIMITS = {
    "codes_per_number_per_hour": 2,
    "codes_per_device_per_hour": 3,
    "codes_per_address_per_hour": 4,
    "wrong_tries_per_device_per_hour": 2,
    "wrong_tries_per_address_per_hour": 3,
}


def far(house: House, number: int = 1, **more: str) -> Browser:
    """A browser behind the office's proxy."""
    return Browser(house, **{"X-Forwarded-For": f"203.0.113.{number}", **more})


async def test_wrong_tracking_codes_are_limited_by_device_and_the_right_one_waits_too() -> None:
    async with open_house(**LIMITS) as house:
        answer = await house.apply()
        browser = far(house)
        await browser.get("/status")  # gives the device its number
        for _ in range(2):
            await browser.post("/status", 422, kode_lacak="AAAA-BBBB-CCCC")
        page = await browser.post("/status", 429, kode_lacak=answer["tracking_code"])
        assert "Tunggu 30 menit" in page
        assert "TOO_MANY_TRIES" in page
        house.clock.ahead += timedelta(minutes=31)
        assert "Status pendaftaran" in await browser.enter(answer["tracking_code"])


async def test_an_address_is_limited_whatever_the_browser_says_of_itself() -> None:
    async with open_house(**LIMITS) as house:
        answer = await house.apply()
        path = f"/applications/{answer['applicant_id']}"
        for forged in ("1.1.1.1", "2.2.2.2", "nonsense"):
            told = {"X-Forwarded-For": f"{forged}, 203.0.113.9", "Tracking-Code": "AAAABBBBCCCC"}
            await house.call("GET", path, 404, headers=told)
        told = {"X-Forwarded-For": "3.3.3.3, 203.0.113.9", **holder(answer)}
        refused = await house.http.get(f"/registration{path}", headers=told)
        assert (refused.status_code, refused.json()["code"]) == (429, "TOO_MANY_TRIES")
        assert 0 < int(refused.headers["Retry-After"]) <= 1200
        other = {"X-Forwarded-For": "203.0.113.10", **holder(answer)}
        assert await house.call("GET", path, 200, headers=other)


async def test_codes_are_limited_by_the_number_they_go_to() -> None:
    async with open_house(**LIMITS) as house:
        answers = [await house.apply(**{**person(number), "mobile": "081260001111"}) for number in (1, 2, 3)]
        statuses = []
        for answer in answers:  # three people, one phone
            told = {**holder(answer), "X-Forwarded-For": "203.0.113.1"}
            path = f"/registration/applications/{answer['applicant_id']}/codes"
            asked = await house.http.post(path, json={"purpose": "correction"}, headers=told)
            statuses.append(asked.status_code)
        assert statuses == [202, 202, 429]
        assert asked.json()["code"] == "TOO_MANY_CODES"


async def test_lost_codes_are_limited_alike_for_the_known_and_the_unknown() -> None:
    async with open_house(**LIMITS) as house:
        await house.apply()
        unknown = {**LOST, "kk_number": "1271051203100009"}
        for given in (LOST, unknown):
            browser = far(house, number=len(given["kk_number"]) + (given is LOST))
            await browser.get("/kode-hilang")
            answers = [await browser.http.post("/registration/kode-hilang", data=given) for _ in range(4)]
            assert [answer.status_code for answer in answers] == [200, 200, 200, 429]


async def test_a_code_page_that_is_limited_keeps_what_was_typed() -> None:
    async with open_house(**{**LIMITS, "codes_per_number_per_hour": 1}) as house:
        answer = await house.apply()
        browser = far(house)
        await browser.enter(answer["tracking_code"])
        await browser.post("/status/perbaiki", desired_training="Menjahit")
        page = await browser.post("/status/perbaiki", 429, desired_training="Menjahit", tahap="kode", aksi="ulang")
        assert 'value="Menjahit"' in page
        assert "Terlalu banyak permintaan kode" in page


async def test_the_office_s_own_programs_have_no_limit_by_address() -> None:
    async with open_house(**LIMITS) as house:
        for _ in range(8):
            await house.call(
                "POST", "/lost-codes", 202, json={"nik": "1" * 16, "kk_number": "2" * 16, "birth_date": "1990-01-01"}
            )


async def test_codes_are_limited_by_the_address_that_asks_whomever_they_go_to() -> None:
    async with open_house(**LIMITS) as house:
        people = [await house.apply(**person(number)) for number in range(1, 6)]
        statuses = []
        for answer in people:  # five people, five phones, one caller
            path = f"/registration/applications/{answer['applicant_id']}/codes"
            told = {**holder(answer), "X-Forwarded-For": "203.0.113.1"}
            statuses.append((await house.http.post(path, json={"purpose": "correction"}, headers=told)).status_code)
        assert statuses == [202, 202, 202, 202, 429]
        told = {**holder(people[4]), "X-Forwarded-For": "203.0.113.2"}
        await house.call("POST", path.removeprefix("/registration"), 202, json={"purpose": "correction"}, headers=told)


async def test_a_number_is_not_flooded_by_those_who_ask_for_lost_codes() -> None:
    async with open_house(**LIMITS) as house:
        answer = await house.apply()
        body = {name: application()[name] for name in ("nik", "kk_number", "birth_date")}
        for _ in range(4):
            assert await house.call("POST", "/lost-codes", 202, json=body) == {}
            house.clock.ahead += timedelta(seconds=90)
        sent = [each["applicant_id"] for each in house.events("ConfirmationCodeIssued")]
        assert sent == [answer["applicant_id"]] * LIMITS["codes_per_number_per_hour"]


async def test_who_guesses_at_the_papers_of_a_person_waits_too() -> None:
    async with open_house(**LIMITS) as house:
        await house.apply()
        known = {name: application()[name] for name in ("nik", "kk_number", "birth_date")}
        caller = {"X-Forwarded-For": "203.0.113.7"}
        codes = []
        for guess in range(11, 15):
            body = {**known, "kk_number": f"12710512031000{guess}", "code": "123456"}
            answer = await house.http.post("/registration/lost-codes/renewals", json=body, headers=caller)
            codes.append((answer.status_code, answer.json()["code"]))
        assert codes == [(403, "CODE_EXPIRED")] * 3 + [(429, "TOO_MANY_TRIES")]
        right = {**known, "code": "123456"}
        refused = await house.call("POST", "/lost-codes/renewals", 429, json=right, headers=caller)
        assert refused["code"] == "TOO_MANY_TRIES"
