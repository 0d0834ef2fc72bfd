"""Every response code of SNAP BI has one meaning, written here by hand; any other leaves a payment unknown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.incentive.adapters.bank import BankStatus
from services.incentive.adapters.snap.codes import LATEST, MEANINGS, case_of, meaning_of
from tests.unit.incentive.snap import answering, order, snap_world

FINAL, RETRY, UNKNOWN = "failed", "not_sent", "unknown"
EXPECTED = {
    FINAL: "40000 40001 40002 40300 40307 40308 40310 40311 40312 40313 40317 40321 40322 40303 40305 40315 40316 "
    "40319 40309 40318 40411 40408 40412 40413 40416",
    RETRY: "40100 40101 40102 40103 40104 40301 40302 40304 40320 40323 40306 40314 40402 40403 40500 40501 42900",
    UNKNOWN: "40400 40401 40418 40900 40901 50000 50001 50002 50400",
    "paid": "20000",
    "pending": "20200",
}
ROWS = [(case, status) for status, cases in EXPECTED.items() for case in cases.split()]


def test_the_table_is_the_whole_of_the_standards_list() -> None:
    assert set(MEANINGS) == {case for case, _ in ROWS}


@pytest.mark.parametrize(("case", "status"), ROWS)
@pytest.mark.parametrize("bank", ["BNI", "OVO"])
async def test_each_code_ends_as_the_table_says(case: str, status: str, bank: str) -> None:
    service = "38" if bank == "OVO" else "18"
    client, requests = answering(int(case[:3]), {"responseCode": f"{case[:3]}{service}{case[3:]}"})
    found = await client.pay(order(bank=bank))
    assert found.status == status
    tried = sum(not each.url.path.endswith("/access-token/b2b") for each in requests)
    assert tried == (2 if case in {"40101", "40102", "40103", "40104"} else 1)
    assert (found.retry_after is not None) is (status == RETRY)


@pytest.mark.parametrize("case", [case for case, _ in ROWS if case != "20000"])
async def test_the_simulator_can_answer_each_of_them(case: str) -> None:
    world = snap_world()
    expected = MEANINGS[case].status
    assert (await world.client.pay(order(f"12349{case}"))).status == expected
    assert world.bank.ledger == []


def test_what_a_participant_can_mend_is_named_so() -> None:
    codes = {case: meaning_of(case).code for case in ("40309", "40318", "40411", "40303")}
    assert codes == {
        "40309": "ACCOUNT_INACTIVE",
        "40318": "ACCOUNT_INACTIVE",
        "40411": "ACCOUNT_UNKNOWN",
        "40303": "SNAP_40303",
    }


def test_limits_of_a_day_wait_for_the_next_and_our_own_troubles_raise_an_alarm() -> None:
    assert {meaning_of(f"403{case}").wait for case in ("02", "04", "20", "23")} == {timedelta(hours=24)}
    alarmed = {case for case, meaning in MEANINGS.items() if meaning.trouble}
    assert {"40000", "40001", "40002", "40100", "40301", "40314", "40418", "40500", "40501", "40900"} <= alarmed
    assert not alarmed & {"40309", "40411", "50000", "50400", "40901"}


ODD: list[tuple[int, Any]] = [
    (200, {"responseCode": "2003600"}),  # of another service
    (200, {"responseCode": "4031803"}),  # contradicts its HTTP status
    (500, {"responseCode": "2001800"}),
    (200, {"responseCode": "20018"}),
    (200, {"responseCode": 2001800}),
    (200, {"responseCode": "٢٠٠١٨٠٠"}),
    (403, {"responseCode": "4031899"}),
    (403, "<html>Forbidden</html>"),
    (200, "[]"),
    (200, "{"),
    (302, "moved"),
]


@pytest.mark.parametrize(("http", "body"), ODD)
async def test_an_answer_that_is_none_of_these_leaves_the_payment_unknown(http: int, body: Any) -> None:
    client, _ = answering(http, body)
    assert (await client.pay(order())).status == BankStatus.UNKNOWN


LATEST_EXPECTED = {
    "00": "paid",
    "01": "pending",
    "02": "pending",
    "03": "pending",
    "04": "returned",
    "05": "failed",
    "06": "failed",
    "07": "not_found",
    "08": "unknown",
    "": "unknown",
}


@pytest.mark.parametrize(("latest", "status"), LATEST_EXPECTED.items())
@pytest.mark.parametrize(("bank", "service"), [("BNI", "36"), ("OVO", "39")])
async def test_a_status_is_read_from_the_transaction_not_from_the_code(
    latest: str, status: str, bank: str, service: str
) -> None:
    client, _ = answering(200, {"responseCode": f"200{service}00", "latestTransactionStatus": latest})
    assert (await client.payment(order(bank=bank))).status == status
    assert set(LATEST) <= set(LATEST_EXPECTED)


@pytest.mark.parametrize("case", sorted(set(MEANINGS) - {"20000", "40401"}))
async def test_a_question_that_was_not_answered_says_nothing_about_the_payment(case: str) -> None:
    client, _ = answering(int(case[:3]), {"responseCode": f"{case[:3]}36{case[3:]}", "latestTransactionStatus": "06"})
    assert (await client.payment(order())).status == BankStatus.UNKNOWN


@given(st.integers(100, 599), st.text(max_size=8))
def test_no_text_is_taken_for_a_code_of_another_answer(http: int, code: str) -> None:
    case = case_of(http, code, "18")
    assert case in ("", f"{http}{code[-2:]}")
    assert meaning_of(case).status in set(BankStatus)
