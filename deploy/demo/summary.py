"""What came out, side by side with what was planted: `out/demo/summary.json`."""

from __future__ import annotations

import asyncio
import csv
from collections import Counter
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from deploy.demo.canary import leaks
from deploy.demo.office import Office, until
from deploy.demo.sheets import PLAN, City
from deploy.demo.story import Found
from deploy.embedded import SERVICES, Stack
from deploy.operator import audit as auditing
from deploy.operator.installation import installation

CATALOGUE = Path(__file__).parents[2] / "services" / "incentive" / "data" / "catalogue.csv"
ROWS = ("received", "registered", "refused", "questioned")
SHEET_CODES = ("DUPLICATE", "UNDER_AGE", "NIK_FORMAT", "EMPTY_CELL", "DATE_FORMAT")


def platform_prefixes() -> dict[str, str]:
    """Platform code -> prefix of its certificate numbers."""
    with CATALOGUE.open(encoding="utf-8") as file:
        return {row["platform_code"]: row["certificate_prefix"] for row in csv.DictReader(file)}


async def summarise(stack: Stack, office: Office, city: City, found: Found) -> dict[str, Any]:
    """Figures of the services themselves, and every difference as a violation."""
    funnel = await until("reporting to catch up", lambda: _caught_up(office, city, found), 180)
    money = await office.ask("GET", "/reporting/money", "kepala")
    messages = await office.ask("GET", "/reporting/messages", "kepala")
    books = await office.outside("GET", "/bank/simulator/books")
    total = Counter[str]()
    for row in funnel["by_kecamatan"]:
        total.update({key: value for key, value in row.items() if isinstance(value, int)})
    result = {
        "servers": {"broker": stack.broker.title, "database": stack.database.title},
        "rows": {name: sum(run[name] for run in found.imports) for name in ROWS},
        "online": dict(found.online),
        "registered": total["registered"],
        "refused": dict(found.refused_codes),
        "selected": total["selected"],
        "purchased": total["purchased"],
        "completed": total["completed"],
        "paid_rupiah": sum(r["rupiah"] for r in money if r["state"] == "paid" and r["kind"] != "training"),
        "delayed_by_cause": {r["cause"]: r["count"] for r in money if r["state"] == "late"},
        "messages": {f"{r['channel']}/{r['state']}": 0 for r in messages},
        "dead_letters": await _letters(office),
        "bank": books,
    }
    for row in messages:
        result["messages"][f"{row['channel']}/{row['state']}"] += row["count"]
    result["refused_claims"] = await _refused_claims(office)
    result["planted_versus_found"] = compared = _compared(city, found, result)
    result["violations"] = [f"{name}: planted {a}, found {b}" for name, (a, b) in compared.items() if a != b]
    result["violations"] += _books(books, result) + await _audited(stack, result)
    result["violations"] += [f"in clear: {place}" for place in await leaks(stack, city, office.database)]
    return result


async def _caught_up(office: Office, city: City, found: Found) -> dict[str, Any] | None:
    await asyncio.sleep(1)
    funnel = await office.ask("GET", "/reporting/funnel", "kepala")
    registered = sum(row["registered"] for row in funnel["by_kecamatan"])
    expected = sum(run["registered"] + run["questioned"] for run in found.imports) + found.online["accepted"]
    return dict(funnel) if registered == expected else None


async def _letters(office: Office) -> int:
    waiting = {"state": "waiting"}
    counts = [await office.database.count(f"{service}:parked", waiting) for service in SERVICES]
    return sum(counts)


async def _refused_claims(office: Office) -> dict[str, int]:
    claims = (await office.ask("GET", "/incentive/staff/refused-claims", "kepala"))["claims"]
    return dict(Counter(claim["reason"] for claim in claims))


def _compared(city: City, found: Found, result: dict[str, Any]) -> dict[str, tuple[int, int]]:
    """Name -> planted, found."""
    rows = len(city.first) + len(city.second)
    compared = {"rows received": (rows, result["rows"]["received"])}
    counted = result["rows"]["registered"] + result["rows"]["refused"] + result["rows"]["questioned"]
    compared["received = registered + refused + questioned"] = (rows, counted)
    for code in SHEET_CODES:
        compared[f"refused {code}"] = (city.planted[code], found.refused_codes[code])
    compared["questioned in sheets"] = (city.planted["questioned"], result["rows"]["questioned"])
    compared["registered alone"] = (len(city.online), found.online["accepted"])
    compared["seats"] = (found.wave["quota"], len(found.selected))
    compared["never bought"] = (PLAN["never_buy"], len(found.selected) - result["purchased"])
    compared["forged claims refused"] = (sum(found.forged.values()), sum(result["refused_claims"].values()))
    return compared


def _books(books: dict[str, Any], result: dict[str, Any]) -> list[str]:
    """The bank's books are the truth about money: nothing left twice, and the sums agree."""
    wrong = [f"paid twice: {books['paid_twice']} references"] if books["paid_twice"] else []
    kept = books["paid_rupiah"] - books["returned_rupiah"]
    if kept != result["paid_rupiah"]:
        wrong.append(f"the bank's books say {kept} rupiah, the office says {result['paid_rupiah']}")
    if len(result["delayed_by_cause"]) < 5:
        wrong.append(f"delays of only {len(result['delayed_by_cause'])} causes")
    return wrong


async def _audited(stack: Stack, result: dict[str, Any]) -> list[str]:
    """`gelombang audit` over the running system."""
    async with installation(stack.folder) as found:
        judged = await auditing.run(auditing.audited_of(found))
    result["audit"] = judged.plain()
    return [f"audit: {each.plain()}" for each in judged.violations]


def show(console: Console, result: dict[str, Any], folder: Path) -> None:
    """The end of the demo, for a person."""
    table = Table("", "planted", "found", title="Planted and found")
    for name, (planted, seen) in result["planted_versus_found"].items():
        table.add_row(name, str(planted), str(seen), style="" if planted == seen else "red")
    console.print(table)
    for name in ("registered", "selected", "purchased", "completed", "paid_rupiah", "delayed_by_cause", "messages"):
        console.print(f"{name}: {result[name]}")
    console.print(f"{result['seconds']} s on {result['servers']['broker']} and {result['servers']['database']}")
    console.print(f"Look at {folder}/summary.json, {folder}/page.html and the messages in {folder}/run/state/messages")
    for violation in result["violations"]:
        console.print(f"[red]violation:[/] {violation}")
