"""What staff see of debts: cases by state and age, one case with its plan, and its letters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from services.incentive.domain.days import day_of, start_of
from services.incentive.domain.debts import Debt, DebtState, Letter, LetterKind
from services.incentive.domain.participant import Participant
from services.incentive.pages.ages import DEBTS, span_of

STATES: Mapping[DebtState, tuple[str, str]] = {
    DebtState.OVERDUE: (
        "lewat batas, peringatan terakhir sudah dibuat",
        "Kepala dinas memutuskan langkah berikutnya",
    ),
    DebtState.OPEN: ("ditagih sekaligus", "Peserta membayar, atau sekretariat mengusulkan cicilan"),
    DebtState.PROPOSED: ("rencana cicilan menunggu orang kedua", "Kepala dinas memeriksa"),
    DebtState.PLANNED: ("sedang dicicil", "Peserta membayar menurut rencana"),
    DebtState.SETTLED: ("lunas", "Selesai, tidak ada yang perlu dilakukan"),
    DebtState.REFUNDING: (
        "dibatalkan, uang peserta belum dikembalikan",
        "Bendahara mengembalikan yang sudah masuk, sekretariat mencatat tanda terimanya",
    ),
    DebtState.CANCELLED: (
        "dibatalkan, keberatan peserta diterima",
        "Selesai: tidak ada yang ditagih, tidak ada yang harus dikembalikan",
    ),
}
"""What a state means, and who acts; in the order in which they are looked at."""
OWING = (DebtState.OVERDUE, DebtState.OPEN, DebtState.PROPOSED, DebtState.PLANNED)
LETTERS: Mapping[LetterKind, str] = {
    LetterKind.OPENED: "Pemberitahuan pengembalian bantuan",
    LetterKind.REMINDER: "Pengingat pengembalian bantuan",
    LetterKind.PLAN: "Persetujuan rencana cicilan",
    LetterKind.MISSED: "Cicilan tidak diterima",
    LetterKind.DAMAGES: "Peringatan terakhir sebelum gugatan ganti rugi",
    LetterKind.CANCELLED: "Pembatalan tagihan pengembalian bantuan",
}


def opened_in(age: str, today: date) -> tuple[datetime | None, datetime | None]:
    """Instants at which a case of that age was opened: from the first on, and before the second."""
    since, until = span_of(DEBTS, age, today)
    return start_of(since) if since else None, start_of(until) if until else None


def rows(people: Iterable[Participant], today: date) -> list[dict[str, Any]]:
    """Cases as rows of a list; `days` since they were opened."""
    return [
        {
            "applicant_id": person.applicant_id,
            "left": person.money.get("clawback", 0),
            "repaid": person.debt.repaid_rupiah,
            "to_return": person.debt.to_return_rupiah,
            "days": (today - day_of(person.debt.opened_at)).days,
            "until": person.repay_until,
        }
        for person in people
        if person.debt
    ]


def case(person: Participant, debt: Debt, today: date) -> dict[str, Any]:
    """One case: what is left, the plan with what has come in for it, and the letters."""
    plan = debt.plan
    covered = debt.repaid_rupiah - plan.repaid_before if plan and plan.agreed_at else 0
    instalments = []
    for each in plan.instalments if plan else ():
        paid = min(covered, each.amount_rupiah)
        covered -= paid
        instalments.append({"due_on": each.due_on, "amount_rupiah": each.amount_rupiah, "paid": paid})
    return {
        **rows([person], today)[0],
        "applicant_id": person.applicant_id,
        "state": person.debt_state,
        "words": STATES[DebtState(person.debt_state)][0],
        "cancelled_at": debt.cancelled_at,
        "plan": plan,
        "instalments": instalments,
        "planned": sum(each["amount_rupiah"] for each in instalments),
        "letters": [(number, each, LETTERS[each.kind]) for number, each in enumerate(debt.letters, 1)],
    }


def letter_of(debt: Debt, number: int) -> Letter | None:
    """Letter 1, 2, ... of a case."""
    return debt.letters[number - 1] if 1 <= number <= len(debt.letters) else None
