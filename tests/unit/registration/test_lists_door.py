"""Lists by NIK are uploaded by their keepers and reach who is registered and who comes later."""

from __future__ import annotations

import io
from datetime import timedelta

from openpyxl import Workbook

from tests.unit.registration.house import APPROVER, NIK, PLACEMENT, SECRETARIAT, open_house, person
from tests.unit.registration.kept import kept, told_all
from tests.unit.registration.test_waves_door import wave_body


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
            "received": 5, "listed": 2, "left": 0, "refused": {"NIK_FORMAT": 2, "EMPTY_CELL": 1}, "rescreened": 1,
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


def officials(*numbers: int) -> dict[str, tuple[str, bytes]]:
    rows = "".join(f"{person(number)['nik']}\n" for number in numbers)
    return {"file": ("daftar.csv", f"NIK\n{rows}".encode())}


async def test_what_a_list_would_change_is_seen_before_anything_changes_and_then_comes_true() -> None:
    async with open_house() as house:
        stays, comes, leaves = [await house.apply(**person(number)) for number in (1, 2, 3)]
        for each in (stays, comes, leaves):
            await house.until(each, "eligible")
        form = {"source": "BKN", "as_of": "2020-03-31", "code": "ASN"}
        await house.call("POST", "/lists", 200, headers=SECRETARIAT, files=officials(1, 3), data=form)
        await told_all(house)
        before = kept(house)

        asked = {**form, "as_of": "2020-04-02", "preview": "true"}
        told = await house.call("POST", "/lists", 200, headers=SECRETARIAT, files=officials(1, 2), data=asked)

        assert kept(house) == before
        assert (await house.seen(comes))["code"] == "eligible"
        assert told["counts"] == {"ELIGIBLE -> OFFICIAL_ASN": 1, "OFFICIAL_ASN -> ELIGIBLE": 1}
        assert {each["applicant_id"]: each["after"] for each in told["people"]} == {
            comes["applicant_id"]: "OFFICIAL_ASN",
            leaves["applicant_id"]: None,
        }
        real = {**form, "as_of": "2020-04-02"}
        done = await house.call("POST", "/lists", 200, headers=SECRETARIAT, files=officials(1, 2), data=real)
        assert (done["rescreened"], done["left"]) == (2, 1)
        assert (await house.seen(comes))["details"]["reason_code"] == "OFFICIAL_ASN"
        assert (await house.seen(leaves))["code"] == "eligible"
        assert (await house.seen(stays))["details"]["reason_code"] == "OFFICIAL_ASN"


async def test_a_preview_is_refused_as_the_list_itself_would_be() -> None:
    async with open_house() as house:
        form = {"source": "BKN", "as_of": "2020-03-31", "code": "ASN"}
        await house.call("POST", "/lists", 200, headers=SECRETARIAT, files=officials(1), data=form)
        older = {**form, "as_of": "2020-03-01", "preview": "true"}
        told = await house.call("POST", "/lists", 422, headers=SECRETARIAT, files=officials(1), data=older)
        assert told["code"] == "LIST_OLDER"


async def test_a_list_of_a_day_that_has_not_come_keeps_no_real_one_out() -> None:
    async with open_house() as house:
        form = {"source": "BKN", "as_of": "2062-03-31", "code": "ASN"}
        for asked in (form, {**form, "preview": "true"}):
            told = await house.call("POST", "/lists", 422, headers=SECRETARIAT, files=officials(1), data=asked)
            assert told["code"] == "LIST_FROM_FUTURE"
        real = {**form, "as_of": "2020-03-31"}
        await house.call("POST", "/lists", 200, headers=SECRETARIAT, files=officials(1), data=real)


async def test_a_list_that_is_too_old_is_shown_as_such() -> None:
    async with open_house(list_fresh_days=5) as house:
        today = house.clock.now().date()
        for code, days in (("ASN", 0), ("TNI", 30)):
            form = {"source": "BKN", "as_of": (today - timedelta(days=days)).isoformat(), "code": code}
            await house.call("POST", "/lists", 200, headers=SECRETARIAT, files=officials(1), data=form)
        shown = (await house.call("GET", "/lists", 200, headers=PLACEMENT))["lists"]
        assert (shown["ASN"]["stale"], shown["TNI"]["stale"]) == (False, True)
        assert shown["TNI"]["age_days"] == shown["ASN"]["age_days"] + 30
        await house.call("POST", "/waves", 202, json=wave_body(), headers=SECRETARIAT)
        opened = await house.call("POST", "/waves/1/opening", 202, json={}, headers=APPROVER)
        assert opened["stale_lists"] == ["TNI"]
        assert house.service.metrics.alarms.labels("LIST_OUT_OF_DATE")._value.get() == 1
