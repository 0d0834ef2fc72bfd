"""What a participant does with a one-time code on a page: checked first, then the code is sent, then it is done once.

A form that is sent twice (a double click, a reload) acts once and gets the first answer: its hidden key and content
name both the try of the code and the act.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from services.incentive.api.door import Door
from services.incentive.domain.codes import Purpose
from services.incentive.domain.participant import Participant
from services.incentive.pages.site import Site
from services.incentive.pages.words import told
from shared.contracts.decision import Refused
from shared.web.forms import sent
from shared.web.questions import ONE_TIME_CODE, Question, Values
from shared.web.staff_site import KEY, digest_of, new_key, once
from shared.web.two_turns import Checked, Turn, take_turn


class Confirmed:
    """A form whose one-time code was right: what it asks for is decided once."""

    def __init__(self, door: Door, key: str, form: Mapping[str, str]) -> None:
        self._door, self._key, self._form = door, key, form

    async def execute(self, command: Any) -> Mapping[str, Any]:
        """Raises Refused as the rule does, Problem FORM_CHANGED for another content under the same key."""
        return await once(self._door.execute, command, self._key, self._form)


async def _fine() -> Checked:
    return {}


@dataclass(frozen=True)
class Act:
    """One form: `do` is given the right code's confirmation and says where to go afterwards."""

    purpose: Purpose
    place: str
    template: str
    button: str
    do: Callable[[Confirmed], Awaitable[str]]
    questions: Sequence[Question] = ()
    values: Values = field(default_factory=dict)
    check: Callable[[], Awaitable[Checked]] = _fine
    shown: Mapping[str, Any] = field(default_factory=dict)


def show(site: Site, request: Request, act: Act, turn: Turn | None = None, key: str = "") -> Response:
    """The page of a form, at first or as its turn says."""
    now = turn or Turn(False)
    given = {
        "act": act,
        "code": ONE_TIME_CODE,
        "coded": now.coded,
        "errors": now.errors,
        "form_key": key or new_key(),
        "months": (),
        "note": now.note,
        "questions": act.questions,
        "values": act.values,
    }
    response = site.page(request, act.template, now.status, **given, **act.shown)
    response.headers.update(now.headers or {})
    return response


async def take(site: Site, request: Request, person: Participant, act: Act) -> Response:
    """A form that came in."""
    door, form = site.door, await sent(request)
    went: list[str] = []

    async def send() -> None:
        door.limits.code_asked(person.applicant_id)
        await door.codes.issue(person.applicant_id, act.purpose)

    async def do(code: str) -> None:
        went.append(await act.do(await _confirmed(door, person, act, form, code)))

    turn = await take_turn(form, check=act.check, send=send, do=do, told=told)
    return show(site, request, act, turn, form.get(KEY, "")[:64]) if turn else site.to(went[0])


async def _confirmed(door: Door, person: Participant, act: Act, form: Mapping[str, str], code: str) -> Confirmed:
    """Raises CODE_WRONG. The key is hashed, since what a person types may stand in it."""
    key = door.vault.index("tracking", f"{act.place}|{form.get(KEY, '')[:64]}")
    name = f"{act.purpose}/{person.applicant_id}/{key}"
    this_try = door.vault.index("tracking", f"{name}|{digest_of(form)}")
    if not await door.codes.verify(person.applicant_id, act.purpose, code, key=f"try/{this_try}"):
        raise Refused("CODE_WRONG")
    return Confirmed(door, name, {"form": door.vault.index("tracking", digest_of(form))})
