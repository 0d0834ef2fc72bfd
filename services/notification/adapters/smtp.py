"""E-mail through an SMTP server. Answers are sorted as integrations.md 6 says; a mail is never sent twice blindly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import format_datetime
from typing import Literal

import aiosmtplib
from aiosmtplib import SMTPException, SMTPResponseException

from shared.engine.ports import Clock
from shared.engine.rules import Outcome, OutcomeState

TEMPORARY = range(400, 500)
OUR_SIGN_IN = (530, 534, 535)
"""The server does not let US in: mending that is the operator's, so the mail waits."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where and as whom. `timeout` in seconds, for each step."""

    host: str
    port: int
    sender: str
    tls: Literal["none", "starttls", "tls"] = "none"
    user: str = ""
    password: str = ""
    timeout: float = 15.0


class SmtpChannel:
    """One connection per mail. SMTP cannot be asked afterwards, so what is unknown goes to a person."""

    repeats_safely = False

    def __init__(self, server: Server, clock: Clock) -> None:
        self._server, self._clock = server, clock

    async def send(self, reference: str, to: str, subject: str, text: str) -> Outcome:
        try:
            mail = letter(self._server.sender, reference, to, subject, text, self._clock.now())
        except ValueError:
            return Outcome(OutcomeState.FAILED, {"code": "ADDRESS_UNUSABLE"})
        client = self._client()
        try:
            return await self._hand_over(client, mail, to)
        finally:
            client.close()

    async def inquire(self, reference: str) -> Outcome:
        return Outcome(OutcomeState.NOT_FOUND)

    async def _hand_over(self, client: aiosmtplib.SMTP, mail: EmailMessage, to: str) -> Outcome:
        """Before DATA nothing has left us; after it, silence means that the mail may be on its way."""
        try:
            await client.connect()
            await client.mail(self._server.sender)
            await client.rcpt(to)
        except SMTPResponseException as refused:
            return _refused(refused.code)
        except (SMTPException, OSError):
            return Outcome(OutcomeState.NOT_STARTED, {"code": "SMTP_AWAY"})
        try:
            await client.data(mail.as_bytes(policy=WIRE))
        except SMTPResponseException as refused:
            return _refused(refused.code)
        except (SMTPException, OSError):
            return Outcome(OutcomeState.UNKNOWN, {"code": "SMTP_SILENT"})
        return Outcome(OutcomeState.DONE)

    def _client(self) -> aiosmtplib.SMTP:
        server = self._server
        return aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            timeout=server.timeout,
            use_tls=server.tls == "tls",
            start_tls=server.tls == "starttls",
            username=server.user or None,
            password=server.password or None,
        )


def _refused(code: int) -> Outcome:
    """4xx and our own sign-in: again later. 5xx: never."""
    data = {"code": f"SMTP_{code}"}
    if code in TEMPORARY or code in OUR_SIGN_IN:
        return Outcome(OutcomeState.NOT_STARTED, data)
    return Outcome(OutcomeState.FAILED, data)


def letter(sender: str, reference: str, to: str, subject: str, text: str, at: datetime) -> EmailMessage:
    """The mail; its Message-ID follows from our reference. Raises ValueError for an address that breaks a header."""
    if "@" not in to or any(character <= " " or character in "<>," for character in to):
        raise ValueError("address")
    mail = EmailMessage(policy=WIRE)
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Message-ID"] = f"<{reference}@{sender.rpartition('@')[2]}>"
    mail["Date"] = format_datetime(at)
    mail["Auto-Submitted"], mail["Content-Language"] = "auto-generated", "id"
    mail.set_content(text)
    return mail
