"""Buckets of attempts, whose address counts, and tokens that browsers carry."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from fastapi import Request

from deploy.proxy import _forwarded
from shared.security.tokens import TokenSeal, TokenTooLarge
from shared.security.vault import Vault
from shared.web import limiter
from shared.web.guard import Caller
from shared.web.limiter import Buckets, Limit, address_of, networks
from shared.web.problems import Problem

OURS = networks("127.0.0.0/8 ::1/128 10.1.0.0/16")


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.5", "", "203.0.113.5"),
        ("203.0.113.5", "198.51.100.1", "203.0.113.5"),  # no proxy of ours wrote that
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "8.8.8.8, 198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "198.51.100.1, 10.1.2.3", "198.51.100.1"),
        ("127.0.0.1", "", ""),
        ("127.0.0.1", "nonsense", "unknown"),
        ("testclient", "", "unknown"),
        ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
    ],
)
def test_the_address_is_what_our_own_proxies_say(peer: str, forwarded: str, address: str) -> None:
    assert address_of(Caller(peer, forwarded), OURS) == address


@pytest.mark.parametrize(
    ("told", "passed_on"), [([], b"10.0.0.7"), ([b"1.1.1.1", b"2.2.2.2"], b"1.1.1.1, 2.2.2.2, 10.0.0.7")]
)
def test_the_proxy_of_the_embedded_stack_adds_who_called(told: list[bytes], passed_on: bytes) -> None:
    headers = [(b"x-forwarded-for", each) for each in told]
    request = Request({"type": "http", "headers": headers, "client": ("10.0.0.7", 5)})
    assert _forwarded(request) == passed_on


def test_a_bucket_fills_again_by_time_and_never_over_its_brim() -> None:
    clock = [1000.0]
    bucket = Buckets(2, lambda: clock[0])
    for _ in range(2):
        assert bucket.seconds_to_wait("a") == 0
        bucket.take("a")
    assert (bucket.seconds_to_wait("a"), bucket.seconds_to_wait("b")) == (1800, 0)
    clock[0] -= 500  # a clock that is put back gives nothing
    assert bucket.seconds_to_wait("a") == 1800
    clock[0] += 500 + 1800
    assert bucket.seconds_to_wait("a") == 0
    clock[0] += 10**6
    bucket.take("a")
    bucket.take("a")
    assert bucket.seconds_to_wait("a") == 1800


def test_an_attempt_counts_for_all_keys_or_for_none() -> None:
    limit = Limit("X", "Tunggu {minutes} menit.", {"a": Buckets(1, lambda: 0.0), "b": Buckets(9, lambda: 0.0)})
    limit.take({"a": "1", "b": "1", "c": "1"})
    with pytest.raises(Problem) as raised:
        limit.take({"a": "1", "b": "2"})
    assert (raised.value.status, raised.value.retry_after, raised.value.sentence) == (429, 3600, "Tunggu 60 menit.")
    limit.take({"a": "", "b": "2"})


def test_buckets_stay_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limiter, "MOST_KEYS", 3)
    bucket = Buckets(1, lambda: 0.0)
    for key in "abcd":
        bucket.take(key)
    assert [bucket.seconds_to_wait(key) > 0 for key in "abcd"] == [False, True, True, True]


class Wall:
    def __init__(self) -> None:
        self.at = datetime(2020, 4, 3, tzinfo=UTC)

    def wall(self) -> datetime:
        return self.at


def seal(purpose: str = "form", key: bytes = b"i" * 32, wall: Wall | None = None) -> TokenSeal:
    return TokenSeal(Vault(cast(Any, None), b"m" * 32, key), purpose, cast(Any, wall or Wall()))


def test_a_token_is_opened_by_its_own_purpose_and_key_alone() -> None:
    token = seal().seal({"nik": "1271050504950001"}, timedelta(days=7))
    assert seal().open(token) == {"nik": "1271050504950001"}
    assert "1271" not in token
    for other in (seal("session"), seal(key=b"j" * 32)):
        assert other.open(token) is None


def test_a_token_that_was_touched_or_is_over_is_none() -> None:
    wall = Wall()
    token = seal(wall=wall).seal({"a": 1}, timedelta(minutes=1))
    changed = [token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :] for at in range(0, len(token), 7)]
    for bad in (*changed, None, "", "x", "ä", token * 40, token[:20]):
        assert seal(wall=wall).open(bad) is None
    wall.at += timedelta(minutes=1)
    assert seal(wall=wall).open(token) is None


def test_the_longest_answers_fit_into_a_cookie_and_more_is_refused() -> None:
    def letters(count: int) -> str:
        return "".join(chr(0x4E00 + number * 7919 % 20000) for number in range(count))

    assert seal().seal({"values": letters(700)}, timedelta(days=7))
    with pytest.raises(TokenTooLarge):
        seal().seal({"values": letters(4000)}, timedelta(days=7))
