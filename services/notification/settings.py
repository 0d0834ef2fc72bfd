"""Settings of notification. Each can be given as environment variable GELOMBANG_<NAME>; the defaults are safe."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import Field

from services.notification.domain.ticket import Office
from shared.platform.settings import CommonSettings


class NotificationSettings(CommonSettings):
    """Who the office is to people, by which channels messages leave, and how long an answer may take."""

    public_url: str = Field("http://127.0.0.1:8080", pattern=r"^https?://[^\s/]+$")
    """Address of the programme's pages as people type it, without a slash at its end; {link} begins with it."""

    office_name: str = "Dinas Ketenagakerjaan Kota Medan"
    office_address: str = "Jl. K.H. Wahid Hasyim No. 14, Medan Baru 20154"
    office_phone: str = "nomor telepon di papan kantor kami"
    """Replace it by the real number; until then messages send people to the office."""

    office_whatsapp: str = "nomor WhatsApp di papan kantor kami"
    office_hours: str = "hari kerja pukul 08.00-16.00 WIB"

    sms_by: Literal["file", "console"] = "file"
    """`file`: one file per message under state_dir, for somebody to pass on. `console`: only for trying out."""

    whatsapp_by: Literal["file", "console"] = "file"
    email_by: Literal["file", "console", "smtp"] = "file"

    smtp_host: str = "127.0.0.1"
    smtp_port: int = Field(25, ge=1, le=65535)
    smtp_tls: Literal["none", "starttls", "tls"] = "none"
    """`starttls` and `tls` refuse a server whose certificate does not fit its name."""

    smtp_user: str = ""
    smtp_password_file: Path | None = None
    smtp_sender: str = "prakerja@localhost"
    """Address in From; its domain also ends our Message-IDs."""

    smtp_timeout_seconds: float = Field(15.0, gt=0, le=20)
    """For each step of a delivery."""

    send_concurrency: int = Field(100, ge=1, le=200)
    """Messages on their way beside each other."""

    answer_working_days: int = Field(5, ge=1, le=60)
    """Within so many working days a complaint is answered."""

    reply_working_days: int = Field(5, ge=1, le=60)
    """So long a person may reply that the answer does not settle it; then the ticket closes."""

    holidays: tuple[date, ...] = ()
    """Days on which the office is closed besides weekends, as JSON: ["2020-05-01", "2020-12-25"]."""

    messages_directory: Path = Path(__file__).parent / "data"
    """Texts, routing table and kecamatan."""

    def office(self) -> Office:
        return Office(self.answer_working_days, self.reply_working_days, frozenset(self.holidays))
