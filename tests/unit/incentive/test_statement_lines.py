"""Every line of a statement is explained by its reference or by people, or stands open; sums add up at every step."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.incentive.domain.funds import DepositFunds
from services.incentive.domain.statement import SECOND_EYE_FROM_RUPIAH, CheckLine, ExplainLine, RecordLine
from services.incentive.domain.statement_lines import BookedLine, Kind, LineClaim, LineState, StatementDay
from shared.contracts.decision import Refused
from tests.unit.incentive.bank import NOW
from tests.unit.incentive.city import City
from tests.unit.incentive.payments import sent


def read(reference: str = "", **fields: Any) -> RecordLine:
    """A line as a statement has it: money that left, for one of our references when one is given."""
    known: dict[str, Any] = {
        "source": "bni",
        "bank_line": "S1/1",
        "booked_at": NOW,
        "came_in": False,
        "amount_rupiah": 600_000,
        "reference": reference,
        "says": "paid" if reference else "",
    }
    return RecordLine(**{**known, **fields})


def paid() -> tuple[City, str]:
    city, work = sent()
    return city, work.payload["reference"]


def line(city: City, command: RecordLine) -> BookedLine:
    found = city.state(BookedLine, command.line_id)
    assert isinstance(found, BookedLine)
    return found


def day(city: City) -> StatementDay:
    (found,) = city.all(StatementDay)
    assert isinstance(found, StatementDay)
    return found


def explained(line: BookedLine, kind: Any, proof: str = "BI-1", by: str = "maker") -> ExplainLine:
    return ExplainLine(line.line_id, kind, proof, "lihat rekening koran", by)


def test_a_payment_explains_its_line_once() -> None:
    city, reference = paid()
    for _ in range(2):
        assert city.ask(read(reference))["state"] == "explained"
    assert line(city, read(reference)).kind == Kind.PAYMENT
    assert (day(city).lines, day(city).out_rupiah, day(city).open_lines) == (1, 600_000, 0)
    second = read(reference, bank_line="S1/2")
    assert city.ask(second)["state"] == "open"
    assert line(city, second).why == "PAID_TWICE"
    assert (day(city).out_rupiah, day(city).open_out_rupiah) == (1_200_000, 600_000)


def test_a_return_explains_its_line_once() -> None:
    city, reference = paid()
    back = read(reference, says="returned", came_in=True)
    assert city.ask(back)["state"] == "explained"
    assert line(city, back).kind == Kind.RETURN
    again = read(reference, says="returned", came_in=True, bank_line="S1/2")
    city.ask(again)
    assert line(city, again).why == "RETURNED_TWICE"


OPEN = [
    ({"reference": "GLBX", "says": "paid"}, "NOT_OURS"),
    ({"amount_rupiah": 599_999}, "AMOUNT_DIFFERS"),
    ({"reference": "", "says": ""}, "UNKNOWN_DEBIT"),
    ({"reference": "", "says": "", "came_in": True}, "UNKNOWN_CREDIT"),
    ({"reference": "", "says": "", "code": "PMNT_ICDT_CHRG"}, "UNKNOWN_DEBIT"),
]


@pytest.mark.parametrize(("fields", "why"), OPEN)
def test_what_nothing_explains_is_open_and_says_why(fields: dict[str, Any], why: str) -> None:
    city, reference = paid()
    command = read(**{"reference": reference, "says": "paid", **fields})
    city.ask(command)
    assert (line(city, command).state, line(city, command).why) == (LineState.OPEN, why)


BY_CODE = [
    ({"code": "PMNT_MCRD_CHRG", "amount_rupiah": SECOND_EYE_FROM_RUPIAH - 1}, Kind.FEE),
    ({"code": "FEE", "amount_rupiah": 6_500}, Kind.FEE),
    ({"code": "ACMT_MCOP_INTR", "came_in": True}, Kind.INTEREST),
    ({"code": "INTEREST", "came_in": True}, Kind.INTEREST),
]


@pytest.mark.parametrize(("fields", "kind"), BY_CODE)
def test_small_fees_and_interest_explain_themselves_by_the_banks_code(fields: dict[str, Any], kind: Kind) -> None:
    city = City()
    command = read(**fields)
    city.ask(command)
    assert line(city, command).kind == kind
    assert day(city).open_lines == 0


def test_an_open_line_is_judged_again_when_it_is_read_again() -> None:
    city, reference = paid()
    command = read(reference)
    other = replace(command, reference="GLBX")
    city.ask(other)
    assert line(city, command).why == "NOT_OURS"
    city.ask(command)
    assert line(city, command).state == LineState.EXPLAINED
    assert day(city) == StatementDay("2020-09-01/bni", lines=1, out_rupiah=600_000)


def test_a_small_fee_needs_one_person_and_everything_else_two() -> None:
    city = City()
    small, large = read(amount_rupiah=49_999), read(amount_rupiah=50_000, bank_line="S1/2")
    for command in (small, large):
        city.ask(command)
    assert city.ask(explained(line(city, small), "fee"))["state"] == "explained"
    assert city.ask(explained(line(city, large), "fee"))["state"] == "proposed"
    assert (day(city).open_lines, day(city).open_out_rupiah) == (1, 50_000)
    with pytest.raises(Refused, match="SAME_PERSON"):
        city.ask(CheckLine(large.line_id, True, "maker"))
    assert city.ask(CheckLine(large.line_id, True, "checker"))["state"] == "explained"
    assert (line(city, large).by, line(city, large).checked_by) == ("maker", "checker")
    assert day(city).open_out_rupiah == 0
    with pytest.raises(Refused, match="LINE_NOT_PROPOSED"):
        city.ask(CheckLine(large.line_id, True, "checker"))
    with pytest.raises(Refused, match="LINE_EXPLAINED"):
        city.ask(explained(line(city, small), "other"))


def test_a_second_person_may_send_it_back() -> None:
    city = City()
    command = read()
    city.ask(command)
    city.ask(explained(line(city, command), "other"))
    assert city.ask(CheckLine(command.line_id, False, "checker"))["state"] == "open"
    assert line(city, command).kind is None
    assert line(city, command).why == "UNKNOWN_DEBIT"
    assert day(city).open_out_rupiah == 600_000
    city.ask(explained(line(city, command), "other"))
    assert line(city, command).checked_by is None


def test_funds_that_came_are_explained_by_their_document_once() -> None:
    city = City()
    city.ask(DepositFunds("SP2D-9", 7_000_000, "maker"))
    came = [read(came_in=True, amount_rupiah=7_000_000, bank_line=f"S1/{n}") for n in (1, 2)]
    for command in came:
        city.ask(command)
    with pytest.raises(Refused, match="PROOF_UNKNOWN"):
        city.ask(explained(line(city, came[0]), "deposit", "SP2D-8"))
    assert city.ask(explained(line(city, came[0]), "deposit", "SP2D-9"))["state"] == "explained"
    with pytest.raises(Refused, match="PROOF_USED"):
        city.ask(explained(line(city, came[1]), "deposit", "SP2D-9"))
    assert [claim.id for claim in city.all(LineClaim)] == ["deposit/SP2D-9"]


def test_a_proof_of_another_amount_or_direction_explains_nothing() -> None:
    city, reference = paid()
    city.ask(DepositFunds("SP2D-9", 600_000, "maker"))
    out, less, back = read(), read(amount_rupiah=5, bank_line="S1/2"), read(came_in=True, bank_line="S1/3")
    for command in (out, less, back):
        city.ask(command)
    for command, kind, proof in (
        (out, "deposit", "SP2D-9"),
        (out, "return", reference),
        (less, "payment", reference),
        (back, "payment", reference),
    ):
        with pytest.raises(Refused, match="PROOF_DIFFERS"):
            city.ask(explained(line(city, command), kind, proof))
    assert city.ask(explained(line(city, out), "payment", reference))["state"] == "proposed"
    assert city.ask(CheckLine(out.line_id, True, "checker"))["state"] == "explained"
    assert [claim.line_id for claim in city.all(LineClaim)] == [out.line_id]


def test_a_proof_that_was_used_while_one_waited_is_not_accepted_twice() -> None:
    city, reference = paid()
    by_hand, by_itself = read(), read(reference, bank_line="S1/2")
    city.ask(by_hand)
    city.ask(explained(line(city, by_hand), "payment", reference))
    assert city.ask(by_itself)["state"] == "explained"
    with pytest.raises(Refused, match="PROOF_USED"):
        city.ask(CheckLine(by_hand.line_id, True, "checker"))
    assert city.ask(CheckLine(by_hand.line_id, False, "checker"))["state"] == "open"


def test_a_line_that_is_not_there_is_refused() -> None:
    for command in (ExplainLine("x", "fee", "B", "abc", "maker"), CheckLine("x", True, "checker")):
        with pytest.raises(Refused, match="LINE_UNKNOWN"):
            City().ask(command)


acts = st.lists(
    st.tuples(
        st.sampled_from(["read", "explain", "accept", "refuse"]),
        st.integers(1, 4),
        st.sampled_from(["fee", "interest", "other"]),
        st.sampled_from(["maker", "checker"]),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(acts)
def test_explained_and_unexplained_always_make_the_statement(given_acts: list[tuple[str, int, Any, str]]) -> None:
    city = City()
    for act, number, kind, by in given_acts:
        command = read(
            bank_line=f"S1/{number}",
            amount_rupiah=number * 20_000,
            came_in=number % 2 == 0,
            booked_at=NOW + timedelta(days=number // 3),
        )
        asked: dict[str, Any] = {
            "read": command,
            "explain": ExplainLine(command.line_id, kind, "B-1", "abc", by),
            "accept": CheckLine(command.line_id, True, by),
            "refuse": CheckLine(command.line_id, False, by),
        }
        try:
            city.ask(asked[act])
        except Refused:
            continue
    lines, days = city.all(BookedLine), city.all(StatementDay)
    assert sum(day.lines for day in days) == len(lines)
    for came_in, total in ((True, "in_rupiah"), (False, "out_rupiah")):
        ours = [each for each in lines if each.came_in is came_in]
        assert sum(getattr(day, total) for day in days) == sum(each.amount_rupiah for each in ours)
        open_ones = [each.amount_rupiah for each in ours if each.state != LineState.EXPLAINED]
        assert sum(getattr(day, f"open_{total}") for day in days) == sum(open_ones)
