"""Certificates and badges: what proves that a course was finished, each used once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from services.incentive.domain.participant import Purchase


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate number in use, unique within its platform."""

    collection: ClassVar[str] = "certificates"

    certificate_key: str
    applicant_id: str
    purchase_number: int
    status_list: str = ""
    """Partner code of the list that says whether this badge is withdrawn; empty: no badge, or one without a list."""
    status_index: int = 0
    status_known: bool = True
    """False until a fresh list was there."""
    withdrawn: bool = False

    @property
    def id(self) -> str:
        return self.certificate_key

    def is_for(self, purchase: Purchase) -> bool:
        """Does this purchase still stand on this certificate?"""
        number = purchase.certificate_number
        return number is not None and certificate_key(purchase.platform_code, number) == self.certificate_key


@dataclass(frozen=True, slots=True)
class Badge:
    """An Open Badge the border checked; it stands for the certificate number."""

    number: str
    status_index: int | None
    """Its place in the platform's list of withdrawn badges; None: the platform keeps no list."""
    doubts: tuple[str, ...] = ()


def certificate_key(platform_code: str, number: str) -> str:
    """Numbers that differ only in case are the same certificate."""
    return f"{platform_code}/{number.upper()}"
