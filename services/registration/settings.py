"""Settings of registration. Each can be given as environment variable GELOMBANG_<NAME>; the defaults are safe."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from shared.platform.settings import CommonSettings, secret_text


class RegistrationSettings(CommonSettings):
    """What an office decides about intake, identity and waves."""

    rule_set: str = "prakerja-2020"
    """Rule file that decides on new applications; it must be among those shipped in `data/`."""

    city_code: str = Field("12.71", pattern=r"^[0-9]{2}\.[0-9]{2}$")
    """Kemendagri code of the office's city (Medan is 12.71; its BPS code 1275 is another code system)."""

    draw_secrets: int = Field(1, ge=1, le=9)
    """How many officials must commit a secret before a wave closes. With three or more nobody can steer the draw."""

    consultation_slot_capacity: int = Field(6, ge=1, le=99)
    """Visitors whom the office can receive within one hour."""

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

    import_max_bytes: int = Field(20 * 2**20, ge=2**16)
    """Largest collective sheet that is accepted, as uploaded."""

    import_rows_in_flight: int = Field(400, ge=1, le=2000)
    """Rows of a sheet that are decided beside each other, so that they share commits."""

    def civil_registry_password(self) -> str:
        return secret_text(self.civil_registry_password_file)
