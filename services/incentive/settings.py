"""Settings of incentive. Each can be given as environment variable GELOMBANG_<NAME>; secrets come as files."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from pydantic import Field

from services.incentive.reference import SHIPPED
from shared.platform.settings import secret_text
from shared.web.door_settings import DoorSettings


class IncentiveSettings(DoorSettings):
    """What an office decides about platforms, bank and border."""

    data_directory: Path = SHIPPED
    """Folder with rule files, causes of delay, catalogue and survey questions."""

    partners_file: Path = Path("run/secrets/partners.json")
    """Course platforms and their keys (services/incentive/adapters/partners.py); without it no claim is believed."""

    bank_url: str = ""
    """Address of the simulated bank. Empty, and no `banks_directory`: nothing is paid, everything that is due waits."""

    banks_directory: Path | None = None
    """Folder with one file per bank (adapters/bank_files.py). Payment partners that none names use `bank_url`."""

    bank_deduplicates: bool = True
    """The bank does one reference once; then a payment it does not know after the horizon is simply sent again."""

    bank_horizon_hours: int = Field(24, ge=1, le=240)
    """`Not found` counts only this long after the first attempt: a bank may be slow to book."""

    bank_timeout_seconds: float = Field(15.0, gt=0, le=18)
    """A call that takes longer leaves its result unknown; below the 20 seconds after which the engine gives it up."""

    bank_notice_secret_file: Path | None = None
    """Secret that signs the bank's notices; without it notices are refused and only inquiries are believed."""

    unproven_claims_per_address_per_hour: int = Field(60, ge=1)
    """Claims over HTTP whose signature proves nobody, kept with their reason from one internet address."""

    unproven_claims_per_hour: int = Field(1_000, ge=1)
    """The same from all addresses together; what goes beyond either is refused (429) and not kept."""

    border_memory_megabytes: int = Field(512, ge=256)
    """Address space of the border process; a batch that needs more when unpacked kills it, and only it."""

    def bank_horizon(self) -> timedelta:
        return timedelta(hours=self.bank_horizon_hours)

    def bank_notice_secret(self) -> bytes:
        return secret_text(self.bank_notice_secret_file).encode()
