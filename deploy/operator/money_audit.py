"""Invariants about money (reliability.md I1 to I3): entitlements, payments, and the bank's own books."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from deploy.operator.findings import Violation, pages, violations
from services.incentive import money_store, store
from services.incentive.domain.rules import RuleBook
from services.incentive.domain.statement_lines import LineState, claim_id, day_id
from shared.engine.ports import Database, Document

INCENTIVE = "incentive"


@dataclass
class Sums:
    """What the whole ledger says of the bank, in rupiah."""

    paid: int = 0
    returned: int = 0
    under_way: int = 0
    above: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)


async def sums_of(database: Database, rules: RuleBook) -> Sums:
    """Walk through all participants with their postings, a page at a time."""
    sums = Sums()
    async for people in pages(database, "participants"):
        ids = [person["_id"] for person in people]
        postings: dict[str, list[Document]] = defaultdict(list)
        for posting in await database.find("ledger", {"applicant_id": {"$in": ids}}):
            postings[posting["applicant_id"]].append(posting)
        for person in people:
            _add(sums, person, postings[person["_id"]], rules)
    return sums


def _add(sums: Sums, person: Document, postings: Sequence[Document], rules: RuleBook) -> None:
    flows = Counter[tuple[str, str]]()
    for posting in postings:
        flows[posting["source"], posting["target"]] += posting["amount_rupiah"]
    sums.paid += sum(amount for (_, target), amount in flows.items() if target == "paid")
    sums.returned += sum(amount for (_, target), amount in flows.items() if target == "returned")
    money: Mapping[str, int] = person["money"]
    sums.under_way += money.get("sending", 0) + money.get("unknown", 0)
    if _is_above(money, person, rules):
        sums.above.append(person["_id"])
    sums.doubled += _doubled(person, postings)


def _is_above(money: Mapping[str, int], person: Document, rules: RuleBook) -> bool:
    """More paid out than all instalments of the person's rule set, or more given than its total."""
    own = rules[person["rule_set"]]
    instalments = own.total_rupiah - own.training_balance_rupiah
    return money.get("paid", 0) > instalments or -money.get("treasury", 0) > own.total_rupiah


def _doubled(person: Document, postings: Sequence[Document]) -> list[str]:
    """Instalments that stand twice in the plan, or are paid more than once (what came back does not count)."""
    rows = Counter(f"{person['_id']}/{each['kind']}/{each['number']}" for each in person["entitlements"])
    paid = Counter[str]()
    for posting in postings:
        instalment = "/".join(posting["_id"].split("/")[:3])
        paid[instalment] += (posting["target"] == "paid") - (posting["target"] == "returned")
    return sorted({key for counts in (rows, paid) for key, times in counts.items() if times > 1})


async def paid_within_entitlement(database: Database, rules: RuleBook) -> list[Violation]:
    """Nobody got more than the rule set gives, and no (person, kind, number) was paid twice."""
    sums = await sums_of(database, rules)
    found = violations("ENTITLEMENT", INCENTIVE, "got more than the rule set gives", sums.above)
    return found + violations("PAID_TWICE", INCENTIVE, "was paid more than once", sums.doubled)


async def paid_as_the_bank_says(database: Database, rules: RuleBook, books: Mapping[str, int]) -> list[Violation]:
    """Every rupiah of the bank's statement is explained. What is sent or unknown may have been paid already."""
    sums = await sums_of(database, rules)
    unexplained = books["paid_rupiah"] - sums.paid
    wrong: dict[str, bool] = {
        f"the bank paid {books['paid_rupiah']} rupiah, our books say {sums.paid} and {sums.under_way} under way": not (
            0 <= unexplained <= sums.under_way
        ),
        f"the bank took back {books['returned_rupiah']} rupiah, our books say {sums.returned}: reconcile with the "
        "statement": books["returned_rupiah"] != sums.returned,
        f"the bank carried out {books['paid_twice']} references twice": books["paid_twice"] > 0,
    }
    return [Violation("BANK", INCENTIVE, what) for what, is_so in wrong.items() if is_so]


async def ledger_balanced(database: Database) -> list[Violation]:
    """Incentive's own proof, as `GET /incentive/staff/audit` gives it: balances are the sum of their postings."""
    proof = await store.audit(database)
    return violations("LEDGER", INCENTIVE, "does not balance", proof["violations"])


async def late_rupiah_explained(incentive: Database, reporting: Database) -> list[Violation]:
    """Every late rupiah has exactly one current cause, and the report adds up to the same sums by cause."""
    own = await money_store.late_rupiah(incentive)
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
