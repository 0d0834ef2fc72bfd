"""Ways out, one file each, and which of them the settings choose."""

from __future__ import annotations

from collections.abc import Mapping

from services.notification.adapters.channel import Channel
from services.notification.adapters.console import ConsoleChannel
from services.notification.adapters.file import FileChannel
from services.notification.adapters.smtp import Server, SmtpChannel
from services.notification.settings import NotificationSettings
from shared.engine.ports import Clock
from shared.platform.settings import secret_text

Channels = Mapping[str, Channel]
"""Channel name -> the way out."""


def channels_of(settings: NotificationSettings, clock: Clock) -> Channels:
    """The ways out that the settings name."""
    chosen = {"sms": settings.sms_by, "whatsapp": settings.whatsapp_by, "email": settings.email_by}
    return {name: _channel(name, way, settings, clock) for name, way in chosen.items()}


def _channel(name: str, way: str, settings: NotificationSettings, clock: Clock) -> Channel:
    if way == "smtp":
        return SmtpChannel(_server(settings), clock)
    return ConsoleChannel(name) if way == "console" else FileChannel(settings.state_dir / "messages" / name)


def _server(settings: NotificationSettings) -> Server:
    return Server(
        host=settings.smtp_host,
        port=settings.smtp_port,
        sender=settings.smtp_sender,
        tls=settings.smtp_tls,
        user=settings.smtp_user,
        password=secret_text(settings.smtp_password_file),
        timeout=settings.smtp_timeout_seconds,
    )
