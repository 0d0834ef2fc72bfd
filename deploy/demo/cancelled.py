"""A wave that is opened, joined and cancelled with a reason: its people are told why, and join the next as they are."""

from __future__ import annotations

from functools import partial

from deploy.demo.found import CalledOff, Found
from deploy.demo.office import HEAD, Office, together
from deploy.demo.rest import go_to, until_idle
from deploy.demo.sheets import PLAN
from deploy.demo.story import Online, tracking_code, wib
from deploy.demo.waves import CALLED_OFF, joined, open_wave, until_wave

REASON = "Kuota dari pusat ditarik kembali"
TOLD = "wave.cancelled"
"""Template of the message for each who had joined."""


async def cancelled_wave(office: Office, online: Online, found: Found) -> None:
    """The secretariat drafts, the head opens and cancels; seats that it had taken over wait for the next wave."""
    await go_to(office, wib(2020, 8, 9, 15))
    await open_wave(office, CALLED_OFF, 0, wib(2020, 8, 9), wib(2020, 8, 10, 16))
    office.phones.look()
    people = found.first.others[: PLAN["cancelled_wave"]["joining"]]
    codes = {id: tracking_code(office, found, online, id) for id in people}
    answers = await together({id: partial(joined, office, CALLED_OFF, id, code) for id, code in codes.items()})
    await office.ask("POST", f"/registration/waves/{CALLED_OFF}/cancellation", HEAD[0], json={"reason": REASON})
    await until_wave(office, CALLED_OFF, "cancelled")
    await until_idle(office, "registration", "notification")
    found.called_off = CalledOff(
        joined=[id for id, code in answers.items() if code == "OK"],
        shown=sum([REASON in await _notice(office, id, code) for id, code in codes.items()]),
        told=await office.database.count("notification:messages", {"template": TOLD, "state": "sent"}),
    )


def compared(found: Found) -> dict[str, tuple[int, int]]:
    """Name -> planted, found."""
    seen, planted = found.called_off, min(PLAN["cancelled_wave"]["joining"], len(found.first.others))
    return {
        "joined a wave that was cancelled": (planted, len(seen.joined)),
        "see on their status why it was cancelled": (planted, seen.shown),
        "told in person why it was cancelled": (planted, seen.told),
        "joined the next wave after it as they were": (planted, len({*seen.joined} & {*found.joined_again})),
    }


async def _notice(office: Office, id: str, code: str) -> str:
    """What the person's own status says of it."""
    found = await office.ask("GET", f"/registration/applications/{id}", headers={"Tracking-Code": code})
    return f"{found['stage']} {found['notice']}"
