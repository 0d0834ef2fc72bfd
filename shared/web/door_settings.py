"""Settings of services whose pages people open with a code: how often one may try, and who the office is."""

from __future__ import annotations

from pydantic import Field

from shared.platform.settings import CommonSettings


class DoorSettings(CommonSettings):
    """Limits of the citizens' door (door_limits.py), and the office's profile at the foot of its pages."""

    trusted_proxies: str = "127.0.0.0/8 ::1/128"
    """Networks of our own proxies. Only what they write into X-Forwarded-For is believed; requests that come from these
    networks themselves are the office's own programs and have no limit by address."""

    codes_per_number_per_hour: int = Field(12, ge=1)
    """One-time codes that one telephone number, or one participant, may be sent, for whatever purpose."""

    codes_per_device_per_hour: int = Field(20, ge=1)
    """One-time codes that one browser may ask for; families share one phone."""

    codes_per_address_per_hour: int = Field(300, ge=1)
    """One-time codes that one internet address may ask for: mobile operators put many people behind one."""

    wrong_tries_per_device_per_hour: int = Field(20, ge=1)
    """Tracking codes that one browser may type wrongly."""

    wrong_tries_per_address_per_hour: int = Field(200, ge=1)
    """Tracking codes that may be typed wrongly from one internet address."""

    office_name: str = "Dinas Ketenagakerjaan Kota Medan"
    office_address: str = "Jl. K.H. Wahid Hasyim No. 14, Medan Baru 20154"
    office_phone: str = "nomor telepon di papan kantor kami"
    """Replace it by the real number; until then pages send people to the office."""

    office_whatsapp: str = "nomor WhatsApp di papan kantor kami"
    office_hours: str = "hari kerja pukul 08.00-16.00 WIB"
