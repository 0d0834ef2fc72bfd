"""Who may no longer take part after having been paid repays: at once, by a plan that two people make, or not at all.

The programme's clock decides the rest: an instalment that does not come ends its plan, and after the last day the
letter about a damages suit is written (Perpres 76/2020 art. 31C).
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from deploy.demo import statements
from deploy.demo.found import Found
from deploy.demo.months import Part
from deploy.demo.newer_list import upload
from deploy.demo.office import HEAD, Office, together
from deploy.demo.rest import go_to, until_idle
from deploy.demo.sheets import City, write_list
from deploy.demo.story import wib

MAKER = "sekretariat"
LIST_FILE = "penerima-bantuan-lain.csv"
LIST_AS_OF = "2020-05-10"
FOUND_AT = wib(2020, 5, 11, 14)
"""Two days after the first incentives were paid."""
FIRST_DUE = date(2020, 6, 10)
INSTALMENTS = 3
AT_ONCE, BY_INSTALMENTS, LAPSES = "repays_at_once", "repays_by_instalments", "lets_the_plan_lapse"
LETTERS = {
    AT_ONCE: ("opened",),
    BY_INSTALMENTS: ("opened", "plan"),
    LAPSES: ("opened", "plan", "missed", "damages"),
}
"""How somebody repays -> the letters that must have been written by the end, in this order."""
ENDS = {AT_ONCE: "settled", BY_INSTALMENTS: "settled", LAPSES: "overdue"}


async def reclaim(office: Office, city: City, parts: list[Part], folder: Path, found: Found) -> None:
    """A list of people who get other aid comes, asked about first; whoever it names owes what they received."""
    debtors = {part.applicant_id: part for part in parts if part.role in ENDS}
    await go_to(office, FOUND_AT)
    named = [(part.person.nik, "OTHER_AID") for part in debtors.values()]
    write_list(folder / LIST_FILE, [*city.newer, *named])
    asked = await upload(office, folder, preview=True, name=LIST_FILE, as_of=LIST_AS_OF)
    people = {each["applicant_id"] for each in asked["people"]}
    found.owed.foreseen = len(people & debtors.keys())
    found.owed.other_foreseen = len(people - debtors.keys())
    await upload(office, folder, preview=False, name=LIST_FILE, as_of=LIST_AS_OF)
    await until_idle(office, "registration", "incentive")
    found.owed.ways = {id: part.role for id, part in debtors.items()}
    await claim(office, found, FIRST_DUE)


async def claim(office: Office, found: Found, first_due: date) -> None:
    """Everybody owes from the same day on; who cannot repay at once comes to the office for a plan."""
    for id, case in (await cases(office, found)).items():
        found.owed.claimed_rupiah[id] = case["left_rupiah"]
        if found.owed.ways[id] == AT_ONCE:
            await _repay(office, found, id, case["left_rupiah"])
        else:
            await _plan(office, id, first_due)


async def _plan(office: Office, id: str, first_due: date) -> None:
    """One proposes, the head of the office agrees to exactly what the door shows."""
    path = _path(id, "repayment-plan")
    await office.ask("POST", path, MAKER, json={"instalments": INSTALMENTS, "first_on": first_due.isoformat()})
    shown = (await office.ask("GET", _path(id, "debt"), HEAD[0]))["plan"]
    sums = {"instalments": len(shown["instalments"]), "amount_rupiah": shown["amount_rupiah"]}
    seen = {"plan_hash": shown["plan_hash"], **sums}
    await office.ask("POST", f"{path}/decision", HEAD[0], json={"agreed": True, **seen})


async def instalment(office: Office, found: Found, number: int) -> None:
    """Instalment 1, 2, ... of everybody who keeps a plan, on the day before it is due."""
    for id, case in (await cases(office, found)).items():
        if found.owed.ways[id] == BY_INSTALMENTS:
            await _repay(office, found, id, case["plan"]["instalments"][number - 1]["amount_rupiah"])


async def _repay(office: Office, found: Found, id: str, amount_rupiah: int) -> None:
    """The money comes to the bank, and the secretariat records the receipt that the person brings."""
    receipt = f"SSBP-{id[:8].upper()}-{office.clock.now():%m%d}"
    why = (receipt, "Pengembalian bantuan, sesuai tanda terima peserta")
    await statements.comes_in(office, found, amount_rupiah, *why)
    body = {"repayment_id": receipt, "amount_rupiah": amount_rupiah}
    await office.ask("POST", _path(id, "repayments"), MAKER, json=body)


async def cases(office: Office, found: Found) -> dict[str, Any]:
    """Applicant id -> the case as the office sees it."""
    return await together({id: partial(office.ask, "GET", _path(id, "debt"), MAKER) for id in found.owed.ways})


async def look(office: Office, found: Found) -> None:
    """At the end: how each case ended, which letters there are and can be printed, and what is still owed."""
    seen = await cases(office, found)
    for id, case in seen.items():
        kinds = tuple(each["kind"] for each in case["letters"])
        way = found.owed.ways[id]
        found.owed.ended[way] += (case["state"], kinds) == (ENDS[way], LETTERS[way])
        for each in case["letters"]:
            page = await office.ask("GET", f"/incentive/petugas/pengembalian/{id}/surat/{each['number']}", HEAD[0])
            found.owed.letters += "Hal:" in page
    found.owed.left_rupiah = (await office.ask("GET", "/incentive/staff/audit", HEAD[0]))["totals_rupiah"]["clawback"]


def compared(found: Found) -> dict[str, tuple[int, int]]:
    """Name -> planted, found."""
    owed, ways = found.owed, Counter(found.owed.ways.values())
    lapsed = sum(rupiah for id, rupiah in owed.claimed_rupiah.items() if owed.ways[id] == LAPSES)
    return {
        "no longer eligible after the first payment, foreseen": (ways.total(), owed.foreseen),
        "others whom that list would change": (0, owed.other_foreseen),
        "owe what they received": (ways.total(), sum(rupiah > 0 for rupiah in owed.claimed_rupiah.values())),
        "repaid at once": (ways[AT_ONCE], owed.ended[AT_ONCE]),
        "repaid by instalments that two people agreed": (ways[BY_INSTALMENTS], owed.ended[BY_INSTALMENTS]),
        "let their plan lapse, a damages suit announced": (ways[LAPSES], owed.ended[LAPSES]),
        "letters about debts, to be printed": (sum(len(LETTERS[way]) for way in ways.elements()), owed.letters),
        "rupiah still to be repaid": (lapsed, owed.left_rupiah),
    }


def _path(id: str, what: str) -> str:
    return f"/incentive/staff/participants/{id}/{what}"
