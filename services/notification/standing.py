"""What every text may say of the office without being told: its address, its hours, where a link leads."""

from __future__ import annotations

from dataclasses import dataclass

CHANNEL_NAMES = {"sms": "SMS", "whatsapp": "WhatsApp", "email": "e-mail"}


@dataclass(frozen=True, slots=True)
class Standing:
    """The office's profile. `public_url` has no slash at its end."""

    public_url: str
    office_phone: str
    office_address: str
    office_hours: str
    whatsapp: str

    def values(self, channel: str, path: str) -> dict[str, str]:
        """Placeholders by name, for one channel and the page its link leads to."""
        return {
            "link": self.public_url + path,
            "channel": CHANNEL_NAMES.get(channel, channel),
            "office_phone": self.office_phone,
            "office_address": self.office_address,
            "office_hours": self.office_hours,
            "whatsapp": self.whatsapp,
        }

    def place_link(self, path: str, kecamatan: str, campaign_id: str) -> str:
        """The link of one kecamatan and broadcast, so that answers can be counted by place; it names no person."""
        return f"{self.public_url}{path}?k={kecamatan.replace('.', '')}&c={campaign_id[:8]}"
