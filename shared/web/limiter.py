"""How often one address, one device or one telephone number may try: a bucket of attempts each, filled again by time.

In memory of the process: what many processes allow together is a few times as much, and a restart forgives. The rules
that must hold exactly (tries and pauses of a one-time code) are in the domain.
"""

from __future__ import annotations

import ipaddress
import math
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence

from shared.web.guard import Caller
from shared.web.problems import Problem

MOST_KEYS = 50_000
"""Buckets kept of one kind; the one that was not asked for longest goes first, and it is the fullest."""
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Buckets:
    """Attempts by key: `an_hour` of them at once, then as many in every hour. `now` in seconds."""

    def __init__(self, an_hour: int, now: Callable[[], float]) -> None:
        self._most, self._now = float(an_hour), now
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def seconds_to_wait(self, key: str) -> int:
        """0 when there is an attempt left."""
        missing = 1.0 - self._filled(key)
        return max(0, math.ceil(missing * 3600 / self._most))

    def take(self, key: str) -> None:
        self._left[key] = (self._filled(key) - 1.0, self._now())
        self._left.move_to_end(key)
        while len(self._left) > MOST_KEYS:
            self._left.popitem(last=False)

    def _filled(self, key: str) -> float:
        left, at = self._left.get(key, (self._most, self._now()))
        return min(self._most, left + max(0.0, self._now() - at) * self._most / 3600)


class Limit:
    """One kind of attempt, limited by several keys at once: an attempt counts for all of them or for none."""

    def __init__(self, code: str, sentence: str, buckets: Mapping[str, Buckets]) -> None:
        self._code, self._sentence, self._buckets = code, sentence, buckets

    def check(self, keys: Mapping[str, str]) -> None:
        """Raises Problem 429 with Retry-After when one of the keys has no attempt left. An empty key is not counted."""
        waits = [self._buckets[kind].seconds_to_wait(key) for kind, key in self._counted(keys)]
        if longest := max(waits, default=0):
            sentence = self._sentence.format(minutes=math.ceil(longest / 60))
            raise Problem(self._code, status=429, sentence=sentence, retry_after=longest)

    def count(self, keys: Mapping[str, str]) -> None:
        for kind, key in self._counted(keys):
            self._buckets[kind].take(key)

    def take(self, keys: Mapping[str, str]) -> None:
        """Check, then count."""
        self.check(keys)
        self.count(keys)

    def _counted(self, keys: Mapping[str, str]) -> list[tuple[str, str]]:
        return [(kind, key) for kind, key in keys.items() if key and kind in self._buckets]


def networks(listed: str) -> tuple[Network, ...]:
    """`127.0.0.0/8 ::1/128` as networks. Raises ValueError for what is none."""
    return tuple(ipaddress.ip_network(each) for each in listed.replace(",", " ").split())


def address_of(caller: Caller, proxies: Sequence[Network]) -> str:
    """Who really asks; of IPv6 the network of one subscriber (/64). Empty for the proxies' own machines.

    Each proxy writes the address it was called from at the end of X-Forwarded-For, so it is read from there, and only
    as long as what wrote it is one of ours: what stands before that was written by the caller.
    """
    hops = [caller.peer, *reversed([part.strip() for part in caller.forwarded.split(",") if part.strip()])]
    for hop in hops:
        try:
            found = ipaddress.ip_address(hop)
        except ValueError:
            return "unknown"  # all who hide behind one nonsense share one bucket
        if not any(found in each for each in proxies):
            return str(ipaddress.ip_network(f"{found}/64", strict=False)) if found.version == 6 else str(found)
    return ""
