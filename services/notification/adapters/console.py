"""Messages on the terminal of whoever tries the service out. Not for real people: texts would end in logs."""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Callable

from shared.engine.rules import Outcome, OutcomeState

REMEMBERED = 10_000


def _to_terminal(line: str) -> None:
    sys.stdout.write(line)


class ConsoleChannel:
    """Shows a message once, with the address masked."""

    repeats_safely = True

    def __init__(self, name: str, write: Callable[[str], None] = _to_terminal) -> None:
        self._name, self._write = name, write
        self._shown: OrderedDict[str, None] = OrderedDict()

    async def send(self, reference: str, to: str, subject: str, text: str) -> Outcome:
        if reference not in self._shown:
            self._write(f"[{self._name} -> {to[:3]}•••{to[-2:]}] {subject}: {text}\n")
            self._shown[reference] = None
        while len(self._shown) > REMEMBERED:
            self._shown.popitem(last=False)
        return Outcome(OutcomeState.DONE)

    async def inquire(self, reference: str) -> Outcome:
        return Outcome(OutcomeState.DONE if reference in self._shown else OutcomeState.NOT_FOUND)
