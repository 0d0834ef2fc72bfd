"""A form that needs a one-time code, in two turns on one page: checked first, then done with the code.

What shall be done is checked before a code is sent for it, and nothing that was typed is lost while the message is
on its way.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from shared.contracts.decision import Refused
from shared.web.problems import Problem
from shared.web.questions import ONE_TIME_CODE, Values, answer

SENT = "Kode sudah dikirim ke nomor ponsel atau e-mail Anda yang terdaftar. Ketik di bawah ini."
CODED, AGAIN = "kode", "ulang"
"""Values of the hidden field `tahap` and of the button `aksi`."""
SIX = re.compile(r"[0-9]{6}")

Checked = Mapping[str, str]
"""Name of a question -> what is wrong; empty when all is right. The name "" is about the form as a whole."""


@dataclass(frozen=True)
class Turn:
    """How the page is shown next: with the field for the code (`coded`), with what is wrong or was just done."""

    coded: bool
    errors: Checked = field(default_factory=dict)
    note: str = ""
    status: int = 200
    retry_after: int | None = None

    @property
    def headers(self) -> Mapping[str, str] | None:
        return {"Retry-After": str(self.retry_after)} if self.retry_after else None


async def take_turn(
    fields: Values,
    *,
    check: Callable[[], Awaitable[Checked]],
    send: Callable[[], Awaitable[object]],
    do: Callable[[str], Awaitable[object]],
    told: Callable[[Refused], str],
) -> Turn | None:
    """What follows from a form that came in; None when it was done.

    `do` is given six digits. When it is refused the page says why beside the field for the code.
    """
    coded = fields.get("tahap") == CODED
    if errors := await check():
        return Turn(coded, errors, status=422)
    if not coded or fields.get("aksi") == AGAIN:
        return await _send(send, told)
    code = answer(ONE_TIME_CODE, fields)
    if not SIX.fullmatch(code):
        return Turn(True, {ONE_TIME_CODE.name: ONE_TIME_CODE.missing}, status=422)
    try:
        await do(code)
    except Refused as refused:
        return Turn(True, {ONE_TIME_CODE.name: told(refused)}, status=422)
    return None


async def _send(send: Callable[[], Awaitable[object]], told: Callable[[Refused], str]) -> Turn:
    """When that is refused the page stays, with all that was typed: a code may have come before."""
    try:
        await send()
    except Refused as refused:
        return Turn(True, {"": told(refused)}, status=422)
    except Problem as problem:
        if problem.retry_after is None:
            raise
        return Turn(True, {"": problem.sentence}, status=problem.status, retry_after=problem.retry_after)
    return Turn(True, note=SENT)
