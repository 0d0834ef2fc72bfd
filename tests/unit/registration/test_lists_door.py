"""Lists by NIK are uploaded by their keepers and reach who is registered and who comes later."""

from __future__ import annotations

import io

from openpyxl import Workbook

from tests.unit.registration.house import NIK, PLACEMENT, SECRETARIAT, open_house, person


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
