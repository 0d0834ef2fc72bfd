"""However somebody writes a wallet or an account, it is the same one; two different ones stay two."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.incentive.domain.account_numbers import canonical_number
from shared.contracts.decision import Refused

WALLET = "081234567890"
TYPED = [
    "081234567890",
    "6281234567890",
    "+6281234567890",
    "006281234567890",
    "81234567890",
    "62081234567890",
    "+62 0812 3456 7890",
    " 0812-3456-7890 ",
    "0812–3456–7890",
    "0812\u00a03456\u00a07890",
    "０８１２３４５６７８９０",  # full-width digits, as some keyboards type them
]


@pytest.mark.parametrize("typed", TYPED)
def test_a_wallet_is_one_however_its_number_is_written(typed: str) -> None:
    assert canonical_number(typed, is_wallet=True) == WALLET


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1234567890", "1234567890"),
        ("1234-5678 90", "1234567890"),
        ("6281234567890", "6281234567890"),
        ("0062812345678", "0062812345678"),
        ("8123456789", "8123456789"),
    ],
)
def test_a_bank_account_keeps_all_its_digits(typed: str, number: str) -> None:
    assert canonical_number(typed, is_wallet=False) == number


@pytest.mark.parametrize("is_wallet", [True, False])
@pytest.mark.parametrize("typed", ["", "+", "62", "1234567", "123456789012345678901", "0812.3456.7890", "abcdefgh"])
def test_what_is_no_number_is_refused(typed: str, is_wallet: bool) -> None:
    with pytest.raises(Refused, match="ACCOUNT_NUMBER_WRONG"):
        canonical_number(typed, is_wallet)


def test_a_country_code_belongs_to_a_wallet_alone() -> None:
    with pytest.raises(Refused, match="ACCOUNT_NUMBER_WRONG"):
        canonical_number("+6281234567890", is_wallet=False)


@given(st.from_regex(r"8[1-9][0-9]{7,10}", fullmatch=True), st.from_regex(r"8[1-9][0-9]{7,10}", fullmatch=True))
def test_different_phones_are_different_wallets_and_a_second_look_changes_nothing(one: str, other: str) -> None:
    ways = [{canonical_number(prefix + each, True) for prefix in ("0", "62", "+62", "")} for each in (one, other)]
    assert [len(each) for each in ways] == [1, 1]
    assert (ways[0] == ways[1]) == (one == other)
    assert canonical_number(min(ways[0]), True) == min(ways[0])
