"""The bank's statement: what no reference explains waits in a queue with its age, until two people explained it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from deploy.demo.found import Explained, Found
from deploy.demo.office import HEAD, Office
from deploy.demo.sheets import PLAN, City, scaled
from deploy.demo.story import wib

MAKER = "sekretariat"
BEGINNING = wib(2020, 4, 1)
FOREIGN, CHARGE = (125_000, "Transfer pihak lain, dikembalikan lewat bank"), (75_000, "Biaya administrasi rekening")
"""Rupiah and reason of what nobody ordered. Both could hide an incentive, so that two people must look."""


async def comes_in(office: Office, found: Found, amount_rupiah: int, proof: str, reason: str) -> None:
    """Money that is no order of ours comes to the office's account."""
    body = {"amount_rupiah": amount_rupiah, "text": f"SETORAN {proof}"}
    await _plant(office, found, "funds", body, Explained("other", proof, reason, amount_rupiah))


async def plant(office: Office, city: City, found: Found) -> None:
    """Transfers of strangers come in, and the bank takes charges."""
    credits, charges = (scaled(PLAN["statement"][kind], city.rows) for kind in ("credits", "charges"))
    for number in range(1, credits + 1):
        await comes_in(office, found, FOREIGN[0], f"NK-{number:03}", FOREIGN[1])
    for number in range(1, charges + 1):
        proof, (rupiah, reason) = f"ND-{number:03}", CHARGE
        body = {"amount_rupiah": rupiah, "text": f"BIAYA {proof}"}
        await _plant(office, found, "charges", body, Explained("fee", proof, reason, -rupiah))


async def _plant(office: Office, found: Found, kind: str, body: Mapping[str, Any], why: Explained) -> None:
    lines = (await office.outside("POST", f"/bank/simulator/{kind}", json=body))["lines"]
    found.statement.planted[str(lines - 1)] = why
    found.statement.first_at = found.statement.first_at or office.clock.now()


async def compare(office: Office, found: Found) -> None:
    """The secretariat compares what was booked since the last time; a bank that takes files sends its statement."""
    if found.files.people:
        await office.outside("POST", "/bank/simulator/files/statement")
    since, found.statement.read_at = found.statement.read_at or BEGINNING, office.clock.now()
    await office.ask("POST", "/incentive/staff/reconciliation", MAKER, json={"since": since.isoformat()})


async def explain(office: Office, found: Found) -> None:
    """The queue with its ages beside what was planted; each line explained by one person and accepted by another."""
    queue = await _queue(office)
    sums, seen = await _unexplained(office), found.statement
    seen.oldest_days, seen.planted_days = sums["oldest_days"], _days(seen.first_at, office.clock.now())
    seen.open_rupiah = (sums["in_rupiah"], sums["out_rupiah"])
    for line in queue:
        why = seen.planted.get(line["bank_line"].rpartition("-")[2])
        if why is None or why.signed_rupiah != _signed(line):
            seen.others += 1
            continue
        seen.aged += line["age_days"] is not None and line["state"] == "open"
        path = f"/incentive/staff/statement-lines/{line['line_id']}"
        words = {"kind": why.kind, "proof": why.proof, "reason": why.reason}
        await office.ask("POST", f"{path}/explanation", MAKER, json=words)
        answer = await office.ask("POST", f"{path}/decision", HEAD[0], json={"accept": True})
        seen.explained += answer["state"] == "explained"
    seen.left = (await _unexplained(office))["lines"]
    span = {"since": BEGINNING.date().isoformat(), "until": office.clock.now().date().isoformat()}
    days = (await office.ask("GET", "/incentive/staff/statement-days", MAKER, params=span))["days"]
    seen.out_rupiah = sum(day["out_rupiah"] for day in days)


async def _unexplained(office: Office) -> Any:
    return (await office.ask("GET", "/incentive/staff/statement-lines", MAKER))["unexplained"]


async def _queue(office: Office) -> list[Any]:
    """All lines that nothing explains, page by page, the oldest first."""
    lines: list[Any] = []
    skip: int | None = 0
    while skip is not None:
        page = await office.ask("GET", "/incentive/staff/statement-lines", MAKER, params={"skip": skip})
        lines, skip = lines + page["lines"], page["next"]
    return lines


def _signed(line: Mapping[str, Any]) -> int:
    """Rupiah, below 0 for money that left."""
    return int(line["amount_rupiah"] if line["direction"] == "in" else -line["amount_rupiah"])


def _days(since: datetime | None, now: datetime) -> int:
    return (now - since).days if since else -1


def compared(found: Found, paid_rupiah: int) -> dict[str, tuple[int, int]]:
    """Name -> planted, found. `paid_rupiah`: all that ever left by the bank's own books."""
    seen, planted = found.statement, found.statement.planted.values()
    came = sum(max(each.signed_rupiah, 0) for each in planted)
    left = sum(max(-each.signed_rupiah, 0) for each in planted)
    return {
        "statement lines that nothing explained": (len(planted), seen.aged),
        "unexplained lines that nobody planted": (0, seen.others),
        "unexplained rupiah that came in": (came, seen.open_rupiah[0]),
        "unexplained rupiah that left": (left, seen.open_rupiah[1]),
        "days that the oldest line had waited": (seen.planted_days, seen.oldest_days),
        "lines explained by two people": (len(planted), seen.explained),
        "lines left in the queue": (0, seen.left),
        "rupiah that left by the statement": (paid_rupiah + left, seen.out_rupiah),
    }
