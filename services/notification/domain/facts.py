"""What there is to tell, and to whom: plain words for people, and what is personal only sealed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from shared.contracts.base import Sealed


@dataclass(frozen=True, slots=True)
class SealedField:
    """A placeholder whose value is personal: sealed under the person's key with the vault's name `field`."""

    name: str
    field: str
    text: Sealed


@dataclass(frozen=True, slots=True)
class Fact:
    """What a message is about, in words for people. `cause` identifies the event, `variant` one of its texts.

    A `secret` fact carries a one-time code: its sealed values are kept only until it was sent, and only one
    channel is tried. After `expires_at` it is not sent any more.
    """

    cause: str
    event: str
    at: datetime
    variant: str = ""
    values: dict[str, str] = field(default_factory=dict)
    sealed: tuple[SealedField, ...] = ()
    secret: bool = False
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Contacts:
    """Where a person can be reached; both sealed."""

    mobile: Sealed | None = None
    email: Sealed | None = None

    def reach(self, channel: str) -> Sealed | None:
        return self.email if channel == "email" else self.mobile


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who a message is for: the person now, or whoever holds the contact the person had before."""

    applicant_id: str
    audience: str
    contacts: Contacts
    preferred: str = ""
