"""Settings of registration. Each can be given as environment variable GELOMBANG_<NAME>; the defaults are safe."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from shared.platform.settings import secret_text
from shared.web.door_settings import DoorSettings


class RegistrationSettings(DoorSettings):
    """What an office decides about intake, identity and waves."""

    rule_set: str = "prakerja-2020"
    """Rule file that decides on new applications; it must be among those shipped in `data/`."""

    city_code: str = Field("12.71", pattern=r"^[0-9]{2}\.[0-9]{2}$")
    """Kemendagri code of the office's city (Medan is 12.71; its BPS code 1275 is another code system)."""

    draw_officials: int = Field(5, ge=3, le=9)
    """Least number of officials whose secrets make the seed of a draw."""

    draw_threshold: int = Field(3, ge=2, le=8)
    """How many of them open a secret that its official withholds; always more than half of all."""

    beacon_url: str = ""
    """Address of a drand relay, such as https://api.drand.sh, for waves with a beacon. Empty: staff give the
    round's signature at the draw."""

    list_fresh_days: int = Field(31, ge=1)
    """A list of officials, students or other aid that is older than this is shown as out of date."""

    consultation_slot_capacity: int = Field(6, ge=1, le=99)
    """Visitors whom the office can receive within one hour."""

    intake_capacity_per_second: float = Field(200.0, gt=0)
    """Applications a second that this process can take, as `make bench-door` measures it on the office's machine.
    The waiting room opens at 70 % of it; with more processes each has its own share of the visitors."""

    civil_registry_url: str = ""
    """Address of the civil registry's check (Dukcapil). Empty: no agreement yet; identities wait for staff."""

    civil_registry_user: str = ""
    """USER_ID of the agreement with the civil registry."""

    civil_registry_password_file: Path | None = None
    """Secret file with the PASSWORD of the agreement."""

    civil_registry_client_address: str = "127.0.0.1"
    """IP_USER: our address as agreed with the civil registry."""

    civil_registry_name_threshold: int = Field(90, ge=0, le=100)
    """Similarity of names (0-100) from which the registry's answer counts as a match."""

    civil_registry_timeout_seconds: float = Field(10.0, gt=0, le=60)
    """A check that takes longer is given up and made again later."""

    civil_registry_connections: int = Field(16, ge=1, le=100)
    """Checks made beside each other; the agreement may allow fewer."""

    civil_registry_daily_budget: int = Field(0, ge=0)
    """Questions a day (WIB) to the civil registry; an access costs money. Beyond it people wait until midnight, and at
    80 % an alarm is raised. 0: no limit."""

    civil_registry_cache_days: int = Field(7, ge=0, le=90)
    """Days for which the same question is not asked again."""

    import_max_bytes: int = Field(20 * 2**20, ge=2**16)
    """Largest collective sheet that is accepted, as uploaded."""

    import_rows_in_flight: int = Field(400, ge=1, le=2000)
    """Rows of a sheet that are decided beside each other, so that they share commits."""

    office_numbers: str = ""
    """More mobile numbers of the office and its partners, with spaces between them: many people may register with them
    (collective sheets often have one), and nobody is questioned for it."""

    def civil_registry_password(self) -> str:
        return secret_text(self.civil_registry_password_file)
