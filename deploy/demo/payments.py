"""The months of payments: a list that two officers make and approve, the bank's answers, and the surveys between."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from functools import partial
from typing import Any

from deploy.demo import bank_files
from deploy.demo.found import Found
from deploy.demo.months import HELPER, Part
from deploy.demo.office import DemoFailed, Office, together, until
from deploy.demo.progress import Tell
from deploy.demo.rest import go_to, until_day_is_done
from deploy.demo.story import wib

INQUIRED_AFTER = timedelta(minutes=1)
"""By then the bank is asked about payments whose answer did not come."""


async def month(office: Office, day: date, found: Found, tell: Tell, *, approve: bool = True) -> None:
    """One round of payments: the secretariat makes the list, the head approves what was seen, the bank answers."""
    await go_to(office, wib(day.year, day.month, day.day, 9))
    await until_day_is_done(office)
    try:
        made = await office.ask("POST", "/incentive/staff/batches", "sekretariat", json={})
    except DemoFailed as failed:
        if "NOTHING_DUE" in str(failed) or "BATCH_EMPTY" in str(failed):
            return
        raise
    path = f"/incentive/staff/batches/{made['batch_id']}"

    async def ready() -> Any:
        batch = await office.ask("GET", path, "sekretariat")
        return batch if batch["state"] != "collecting" else None

    batch = await until("list of payments", ready)
    found.batches.append(batch)
    if not approve or not batch["lines"]:
        return
    seen = {name: batch[name] for name in ("list_hash", "lines", "amount_rupiah")}
    await office.ask("POST", f"{path}/approval", "kepala", json=seen)
    in_files = await bank_files.orders_of(office, batch, found)
    await until("answers of the bank", partial(_answered, office, path, in_files, tell), 300)
    await office.set_time(office.clock.now() + INQUIRED_AFTER)
    await until_day_is_done(office)
    if in_files:
        await bank_files.carried(office, path, in_files, found)


async def _answered(office: Office, path: str, in_files: int, tell: Tell) -> bool | None:
    """Every line was sent, and only what goes in files is under way: it is paid, or failed, or nobody knows yet."""
    batch = await office.ask("GET", path, "kepala")
    under_way = batch["counts"].get("sending", 0)
    released = batch["state"] in ("sent", "closed")
    tell(sum(batch["counts"].values()) - under_way, batch["lines"])
    return True if released and under_way <= in_files else None


async def surveys(office: Office, parts: list[Part], number: int, tell: Tell) -> Counter[str]:
    """Everybody whose survey is open answers it."""
    questions = (await office.ask("GET", f"/incentive/surveys/{number}"))["questions"]
    answers = {question["code"]: question["answers"][0]["code"] for question in questions}
    asked, codes = [part for part in parts if part.buys], Counter[str]()

    async def one(part: Part) -> None:
        path = f"/incentive/participants/{part.applicant_id}/surveys/{number}"
        codes[await office.code_of("POST", path, HELPER, json={"answers": answers}, headers=part.headers)] += 1
        tell(codes.total(), len(asked))

    await together({part.applicant_id: partial(one, part) for part in asked})
    return codes


async def foretold(office: Office) -> dict[str, int]:
    """Incentives of which it was told before their day that they would be late, and how many came late all the same."""
    told = {"was_foretold": True}
    late = await office.database.count("reporting:incentives", {**told, "was_late": True})
    return {"before_their_day": await office.database.count("reporting:incentives", told), "late_all_the_same": late}
