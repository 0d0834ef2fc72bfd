"""The ceremony over HTTP: what staff send for the officials."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.unit.registration import officials
from tests.unit.registration.house import APPROVER, SECRETARIAT, House


async def hand_in(house: House, number: int = 1, **named: Any) -> None:
    """Name the officials, take every commitment, and every holder's word."""
    path, who = f"/waves/{number}", {"headers": SECRETARIAT}
    await house.call("POST", f"{path}/officials", 202, json={"officials": list(officials.NAMES), **named}, **who)
    for name in officials.NAMES:
        body = {"official": name, "points": list(officials.points(name))}
        await house.call("POST", f"{path}/commitments", 202, json=body, headers=APPROVER)
    words = [word for name in officials.NAMES for word in officials.words(name, number)]
    await house.call("POST", f"{path}/acknowledgements", 202, json={"acknowledgements": words}, **who)


def opening(*without: str, holders: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    """The body of a draw; `holders` give their shares of the secrets that are withheld."""
    own = [{"official": name, "secret": secret} for name, secret in officials.secrets(*without).items()]
    given: Mapping[str, Mapping[str, str]] = {name: officials.shares(name, holders)[name] for name in without}
    shares = [
        {"official": name, "holder": holder, "share": share}
        for name, each in given.items()
        for holder, share in each.items()
    ]
    return {"secrets": own, "shares": shares, **more}
