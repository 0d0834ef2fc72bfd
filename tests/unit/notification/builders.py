"""Facts, people and table lines for the tests of notification's rules."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from services.notification.domain.facts import Contacts, Fact, SealedField
from services.notification.domain.recipients import Personal, Recipient
from services.notification.domain.routing import Route, Routes, route
from shared.contracts.base import Sealed

NOW = datetime(2020, 4, 3, 2, 0, tzinfo=UTC)
MOBILE, EMAIL = Sealed("bW9iaWxl"), Sealed("ZW1haWw=")
BOTH = Contacts(MOBILE, EMAIL)


def line(event: str, channels: str = "sms|whatsapp|email", audience: str = "applicant") -> Route:
    return route(event, "", audience, channels.split("|"), "id", event.lower(), "Judul", "/x")


ROUTES = Routes(
    [
        line("ApplicantRegistered"),
        line("IncentivePaid"),
        line("ConfirmationCodeIssued"),
        line("ApplicantCorrected", audience="former_contact"),
        line("PayoutAccountChanged"),
        line("PayoutAccountChanged", audience="former_contact"),
    ]
)


def fact(event: str = "IncentivePaid", cause: str = "c1", **more: Any) -> Fact:
    sealed = (SealedField("account_masked", "account_number", Sealed("YWNj")),)
    return Fact(**{"cause": cause, "event": event, "at": NOW, "values": {"amount": "Rp 1"}, "sealed": sealed, **more})


def personal(contacts: Contacts = BOTH, **more: Any) -> Personal:
    return Personal(
        **{
            "full_name": Sealed("bmFtZQ=="),
            "tracking_code": Sealed("Y29kZQ=="),
            "contacts": contacts,
            "consent_campaigns": False,
            **more,
        }
    )


def known(contacts: Contacts = BOTH, **more: Any) -> Recipient:
    return Recipient(**{"applicant_id": "a", "known": True, "contacts": contacts, **more})
