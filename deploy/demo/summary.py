"""What came out, side by side with what was planted: `out/demo/summary.json`."""

from __future__ import annotations

import csv
import itertools
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from deploy.demo import bank_files, cancelled, catalogues, clawbacks, statements
from deploy.demo.canary import leaks
from deploy.demo.found import Found
from deploy.demo.office import Office
from deploy.demo.payments import foretold
from deploy.demo.progress import Tell
from deploy.demo.rest import until_idle
from deploy.demo.sheets import PLAN, City
from deploy.demo.waves import FIRST_CLOSES
from deploy.embedded import SERVICES, Stack
from deploy.operator import audit as auditing
from deploy.operator.installation import installation
from shared.platform.mongo import MongoDatabase

CATALOGUE = Path(__file__).parents[2] / "services" / "incentive" / "data" / "catalogue.csv"
MEMORY_MB = 200
"""What one process of ours may take at its peak."""
ROWS = ("received", "registered", "refused", "questioned")
GOOD_BADGE = {"status_list": {"$gt": ""}, "status_known": True, "withdrawn": False}
"""An Open Badge that a list vouched for."""
SHEET_CODES = ("DUPLICATE", "UNDER_AGE", "NIK_FORMAT", "EMPTY_CELL", "DATE_FORMAT")


def platform_prefixes() -> dict[str, str]:
    """Platform code -> prefix of its certificate numbers."""
    with CATALOGUE.open(encoding="utf-8") as file:
        return {row["platform_code"]: row["certificate_prefix"] for row in csv.DictReader(file)}


async def counted(stack: Stack, office: Office, city: City, found: Found) -> dict[str, Any]:
    """Figures of the services themselves, beside what was planted; every difference is a violation."""
    await until_idle(office, "reporting")
    funnel = await office.ask("GET", "/reporting/funnel", "kepala")
    money = await office.ask("GET", "/reporting/money", "kepala")
    messages = Counter[str]()
    for row in await office.ask("GET", "/reporting/messages", "kepala"):
        messages[f"{row['channel']}/{row['state']}"] += row["count"]
    books = await office.outside("GET", "/bank/simulator/books")
    total = Counter[str]()
    for row in funnel["by_kecamatan"]:
        total.update({key: value for key, value in row.items() if isinstance(value, int)})
    result = {
        "servers": {"broker": stack.broker.title, "database": stack.database.title},
        "rows": {name: sum(run[name] for run in found.imports) for name in ROWS},
        "online": dict(found.online),
        "refused": dict(found.refused_codes),
        **{name: total[name] for name in ("registered", "selected", "purchased", "completed")},
        "paid_rupiah": sum(r["rupiah"] for r in money if r["state"] == "paid" and r["kind"] != "training"),
        "delayed_by_cause": {r["cause"]: r["count"] for r in money if r["state"] == "late"},
        "foretold": await foretold(office),
        "messages": dict(messages),
        "dead_letters": await _letters(office),
        "bank": books,
        "refused_claims": await _refused_claims(office),
        "badges": await office.database.count("incentive:certificates", GOOD_BADGE),
    }
    result["review"] = reviewed(found)
    result["planted_versus_found"] = compared = _compared(city, found, result)
    result["violations"] = mismatches(compared) + _books(books, result)
    return result


async def audited(stack: Stack, result: dict[str, Any], tell: Tell) -> None:
    """`gelombang audit` over the running system."""
    async with installation(stack.folder) as found:
        what = auditing.audited_of(found)
        looked, of = itertools.count(1), len(auditing.checks_of(what))
        judged = await auditing.run(what, lambda name: tell(next(looked), of))
    result["audit"] = judged.plain()
    result["violations"].extend(f"audit: {each.plain()}" for each in judged.violations)
    result["violations"].extend(f"audit: not judged: {name}: {why}" for name, why in judged.unjudged.items())


async def searched(stack: Stack, city: City, result: dict[str, Any]) -> None:
    """Nobody's numbers stand anywhere in clear."""
    database = MongoDatabase.connect(stack.database.uri, "operator")
    places = await leaks(stack, city, database)
    database.close()
    result["violations"].extend(f"in clear: {place}" for place in places)


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
    compared["registered in all"] = (
        result["rows"]["registered"] + result["rows"]["questioned"] + found.online["accepted"],
        result["registered"],
    )
    compared |= identities(city, found) | _newer_list(city, found) | _waves(found) | clawbacks.compared(found)
    compared |= catalogues.compared(found) | bank_files.compared(found)
    compared |= statements.compared(found, result["bank"]["paid_rupiah"])
    compared["sheets handed over with the signed digest"] = (len(found.imports), found.handed_over)
    compared["never bought"] = (PLAN["never_buy"], len(found.first.selected) - result["purchased"])
    failed = sum(count for name, count in result["messages"].items() if name.endswith("/failed"))
    compared["messages that failed"] = (0, failed)
    compared["open badges believed"] = (found.badges, result["badges"])
    compared["forged claims refused"] = (sum(found.forged.values()), sum(result["refused_claims"].values()))
    return compared


def mismatches(compared: Mapping[str, tuple[int, int]]) -> list[str]:
    """Everything that did not come out as planted."""
    return [f"{name}: planted {a}, found {b}" for name, (a, b) in compared.items() if a != b]


def reviewed(found: Found) -> dict[str, Any]:
    """What staff were asked, what two people decided, and whether anybody of the ring got a seat."""
    seen = found.review
    return {
        "near_duplicates": seen.pairs + seen.other_pairs,
        "ring_members": seen.members,
        "decided": dict(Counter(seen.decided.values())),
        "ring_members_selected": found.selected_of(seen.ring),
        "changed_by_the_newer_list": found.newer.changed,
        "seats_given_again": found.second.wave["recycled_seats"],
    }


def identities(city: City, found: Found) -> dict[str, tuple[int, int]]:
    """The review queue, and what two people decided there."""
    seen, left = found.review, PLAN["near_duplicates_left"]
    second = sum(pair.one_person for pair in city.pairs)
    return {
        "near duplicates in the review queue": (len(city.pairs), seen.pairs),
        "near duplicates nobody planted": (0, seen.other_pairs),
        "rings in the review queue": (1, seen.rings),
        "members of the ring": (len(city.ring), seen.members),
        "members nobody planted": (0, seen.other_members),
        "refused by two people": (second - left + len(city.ring), len(seen.refused)),
        "namesakes confirmed by two people": (len(city.pairs) - second, len(seen.confirmed)),
        "near duplicates still with staff": (left, seen.left),
        "ring members selected": (0, found.selected_of(seen.ring)),
        "selected although refused or listed": (0, found.selected_of([*seen.refused, *found.newer.excluded])),
        "people in review for one payout account": (PLAN["shared_account"], seen.one_account),
    }


def _newer_list(city: City, found: Found) -> dict[str, tuple[int, int]]:
    seen = found.newer
    return {
        "changes foreseen before the newer list": (len(city.changed), seen.foreseen),
        "changes foreseen that nobody planted": (0, seen.other_foreseen),
        "people changed by the newer list": (len(city.changed), seen.changed),
        "changes left when it was loaded": (0, seen.left_over),
        "let in by it, and joined": (len(seen.let_in), seen.joined),
    }


def _waves(found: Found) -> dict[str, tuple[int, int]]:
    first, second = found.first, found.second
    again = min(PLAN["second_wave"]["joining"], len(first.others))
    lost = PLAN["never_buy"] + len(found.owed.ways)
    seats = PLAN["second_wave"]["own_seats"] + lost
    return {
        # In a very small city there are more seats than people who joined.
        "seats": (min(first.wave["quota"], len(first.selected) + len(first.others)), len(first.selected)),
        "first wave extended": (1, int(datetime.fromisoformat(first.wave["closes_at"]) == FIRST_CLOSES)),
        "seats lost by not buying or by what came out later, given again": (lost, second.wave["recycled_seats"]),
        "joined the second wave with nothing filled in": (again, len(found.joined_again)),
        **cancelled.compared(found),
        "selected in the second wave": (min(seats, again), len(second.selected)),
        "draw refused without all secrets": (2, _count(found, "SECRETS_MISSING")),
        "secrets opened by shares": (2, len(first.wave["opened_by_shares"]) + len(second.wave["opened_by_shares"])),
        "draw verified from what is published": (2, int(first.verified) + int(second.verified)),
    }


def _count(found: Found, code: str) -> int:
    return sum(drawn.without_all_secrets == code for drawn in (found.first, found.second))


def _books(books: dict[str, Any], result: dict[str, Any]) -> list[str]:
    """The bank's books are the truth about money: nothing left twice, and the sums agree."""
    wrong = [f"paid twice: {books['paid_twice']} references"] if books["paid_twice"] else []
    kept = books["paid_rupiah"] - books["returned_rupiah"]
    if kept != result["paid_rupiah"]:
        wrong.append(f"the bank's books say {kept} rupiah, the office says {result['paid_rupiah']}")
    if not result["foretold"]["before_their_day"]:
        wrong.append("nothing was told to be late before its day")
    if len(result["delayed_by_cause"]) < 5:
        wrong.append(f"delays of only {len(result['delayed_by_cause'])} causes")
    return wrong


def show(console: Console, result: dict[str, Any], folder: Path) -> None:
    """The end of the demo, for a person."""
    table = Table("", "planted", "found", title="Planted and found")
    for name, (planted, seen) in result["planted_versus_found"].items():
        table.add_row(name, f"{planted:,}", f"{seen:,}", style="" if planted == seen else "red")
    console.print(table)
    for name in ("registered", "selected", "purchased", "completed", "paid_rupiah", "dead_letters"):
        console.print(f"{name.replace('_', ' ')}: {result[name]:,}")
    for name in ("refused", "delayed_by_cause", "foretold", "messages", "memory_mb"):
        told = ", ".join(f"{key} {value:,}" for key, value in sorted(result[name].items()))
        console.print(f"{name.replace('_', ' ')}: {told}", highlight=False)
    for name in heavy(result["memory_mb"]):
        console.print(f"[red]{name} took more than {MEMORY_MB} MB[/]")
    servers, violations = result["servers"], result["violations"]
    console.print(f"{result['seconds']} s on {servers['broker']} and {servers['database']}")
    console.print(f"Look at {folder}/summary.json and page.html there; messages to phones are in run/state/messages")
    for violation in violations:
        console.print(f"[red]violation:[/] {violation}")
    console.print(f"[red]{len(violations)} violations[/]" if violations else "[green]no violations[/]")


def heavy(memory_mb: dict[str, int]) -> list[str]:
    """Parts of our own that took more memory than they should."""
    return [name for name in (*SERVICES, "border") if memory_mb.get(name, 0) > MEMORY_MB]
