"""Invariants about money (reliability.md I1 to I3): entitlements, payments, and the bank's own books."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from deploy.operator.findings import Books, NotJudged, Violation, pages, violations
from services.incentive import delay_store
from services.incentive.domain.proofs import Proof
from services.incentive.domain.rules import RuleBook
from services.incentive.domain.statement_lines import LineState, claim_id, day_id
from services.incentive.money_proof import prove
from shared.engine.ports import Database, Document

INCENTIVE = "incentive"


@dataclass(frozen=True)
class MoneyLook:
    """All money at one look, and what the bank's books said just before (None: no simulated bank is running)."""

    proof: Proof
    books: Mapping[str, int] | None


async def look(database: Database, rules: RuleBook, books: Books) -> MoneyLook:
    """Ask the bank, and walk through all participants with their postings once."""
    told = await books()
    return MoneyLook(await prove(database, rules), told)


def paid_within_entitlement(look: MoneyLook) -> list[Violation]:
    """Nobody got more than the rule set gives, and no (person, kind, number) was paid twice."""
    found = violations("ENTITLEMENT", INCENTIVE, "got more than the rule set gives", look.proof.above)
    return found + violations("PAID_TWICE", INCENTIVE, "was paid more than once", look.proof.doubled)


def ledger_balanced(look: MoneyLook) -> list[Violation]:
    """Balances are the sum of their postings and all together 0; and every posting is somebody's."""
    found = violations("LEDGER", INCENTIVE, "does not balance", look.proof.differing)
    found += violations("LEDGER", INCENTIVE, "is a posting of no participant", look.proof.ownerless)
    if left := look.proof.totals.total():
        found.append(Violation("LEDGER", INCENTIVE, f"all balances add up to {left} rupiah instead of 0"))
    return found


def paid_as_the_bank_says(look: MoneyLook) -> list[Violation]:
    """Every rupiah of the bank's statement is explained. What is sent or unknown may have been paid already."""
    proof, books = look.proof, look.books
    if books is None:
        raise NotJudged("no simulated bank is running: compare with the bank's statement (reconciliation)")
    unexplained = books["paid_rupiah"] - proof.paid
    wrong: dict[str, bool] = {
        f"the bank paid {books['paid_rupiah']} rupiah, our books say {proof.paid} and {proof.under_way} "
        "under way": not 0 <= unexplained <= proof.under_way,
        f"the bank took back {books['returned_rupiah']} rupiah, our books say {proof.returned}: reconcile with the "
        "statement": books["returned_rupiah"] != proof.returned,
        f"the bank carried out {books['paid_twice']} references twice": books["paid_twice"] > 0,
    }
    return [Violation("BANK", INCENTIVE, what) for what, is_so in wrong.items() if is_so]


async def late_rupiah_explained(incentive: Database, reporting: Database) -> list[Violation]:
    """Every late rupiah has exactly one current cause, and the report adds up to the same sums by cause."""
    own = await delay_store.late_rupiah(incentive)
    found = violations("LATE", INCENTIVE, "late rupiah without exactly one cause", own["violations"])
    told: Counter[str] = Counter()
    async for rows in pages(reporting, "incentives", where={"late": True}, fields=["cause", "amount_rupiah"]):
        for row in rows:
            told[str(row.get("cause"))] += row["amount_rupiah"]
    if dict(told) != own["by_cause"]:
        causes = sorted(cause for cause in {*told, *own["by_cause"]} if told[cause] != own["by_cause"].get(cause, 0))
        found += violations("LATE", "reporting", "the report of late rupiah differs from incentive's for", causes)
    return found


async def statements_explained(database: Database) -> list[Violation]:
    """Per bank and day, explained and unexplained lines make the statement; and nothing explains two lines."""
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    proofs = Counter[str]()
    async for lines in pages(database, "statement_lines"):
        for line in lines:
            _count_line(counted, proofs, line)
    days = {row["_id"]: row async for rows in pages(database, "statement_days") for row in rows}
    names = ("lines", "in_rupiah", "out_rupiah", "open_lines", "open_in_rupiah", "open_out_rupiah")
    wrong = [
        day
        for day in sorted(counted.keys() | days.keys())
        if any(days.get(day, {}).get(name, 0) != counted[day][name] for name in names)
    ]
    twice = sorted(proof for proof, times in proofs.items() if times > 1)
    found = violations("STATEMENT", INCENTIVE, "explained and unexplained do not make the statement", wrong)
    return found + violations("STATEMENT", INCENTIVE, "explains more than one line", twice)


def _count_line(counted: Mapping[str, Counter[str]], proofs: Counter[str], line: Document) -> None:
    rupiah, direction = line["amount_rupiah"], "in" if line["came_in"] else "out"
    sums = counted[day_id(line["source"], line["booked_at"])]
    sums.update({"lines": 1, f"{direction}_rupiah": rupiah})
    if line["state"] != LineState.EXPLAINED:
        sums.update({"open_lines": 1, f"open_{direction}_rupiah": rupiah})
    elif claim := claim_id(line["kind"], line["proof"]):
        proofs[claim] += 1
