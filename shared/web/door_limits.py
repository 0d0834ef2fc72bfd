"""How often one may ask for a one-time code, and try tracking codes, before the door makes one wait."""

from __future__ import annotations

from shared.engine.ports import Clock
from shared.web.door_settings import DoorSettings
from shared.web.guard import CALLER
from shared.web.limiter import Buckets, Limit, address_of, networks

CODES = "Terlalu banyak permintaan kode. Tunggu {minutes} menit, lalu coba lagi, atau datanglah ke kantor kami."
TRIES = "Terlalu banyak percobaan yang keliru. Tunggu {minutes} menit, lalu ketik kembali dengan teliti."


class DoorLimits:
    """Counts by address, by device (a cookie) and, for codes, by the number they go to; hours of programme time."""

    def __init__(self, settings: DoorSettings, clock: Clock) -> None:
        self._proxies, self._clock = networks(settings.trusted_proxies), clock
        self._codes = self.limit(
            "TOO_MANY_CODES",
            CODES,
            address=settings.codes_per_address_per_hour,
            device=settings.codes_per_device_per_hour,
            number=settings.codes_per_number_per_hour,
        )
        self._tries = self.limit(
            "TOO_MANY_TRIES",
            TRIES,
            address=settings.wrong_tries_per_address_per_hour,
            device=settings.wrong_tries_per_device_per_hour,
        )

    def limit(self, code: str, sentence: str, **an_hour: int) -> Limit:
        """A further kind of attempt, by `address`, by `device` and by what else its doors count."""
        return Limit(code, sentence, {kind: Buckets(most, self._now) for kind, most in an_hour.items()})

    def take(self, limit: Limit, **more: str) -> None:
        """One attempt of the caller. Raises Problem 429 with the limit's code."""
        limit.take({**self._caller(), **more})

    def code_asked(self, number: str | None = None) -> None:
        """Before a code is sent to a number (its blind index), or looked for. Raises Problem TOO_MANY_CODES."""
        self._codes.take({**self._caller(), "number": number or ""} if number else self._caller())

    def number_asked(self, number: str | None) -> None:
        """As `code_asked` for a caller who was counted already."""
        self._codes.take({"number": number or ""})

    def may_try(self) -> None:
        """Before something secret is compared. Raises Problem TOO_MANY_TRIES; only wrong tries count."""
        self._tries.check(self._caller())

    def tried_wrongly(self) -> None:
        self._tries.count(self._caller())

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _caller(self) -> dict[str, str]:
        caller = CALLER.get()
        return {"address": address_of(caller, self._proxies), "device": caller.device}
