"""What every way out promises: send under our reference, and say later what became of it."""

from __future__ import annotations

from typing import Protocol

from shared.engine.rules import Outcome


class Channel(Protocol):
    """One provider. `reference` is ours, the same at every attempt: `<date>.<effect id>`, safe as a file name."""

    repeats_safely: bool
    """True when sending one reference twice reaches the person once."""

    async def send(self, reference: str, to: str, subject: str, text: str) -> Outcome:
        """DONE: taken over; FAILED: never will be, with a `code`; NOT_STARTED: nothing left us; UNKNOWN: it may have.

        `to` is a phone number or an e-mail address in clear: it must reach no log.
        """
        ...

    async def inquire(self, reference: str) -> Outcome:
        """DONE, or NOT_FOUND when the provider does not know the reference or cannot be asked."""
        ...
