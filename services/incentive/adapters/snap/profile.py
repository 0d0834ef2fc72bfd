"""What one SNAP bank wants, where it differs from the next: read from that bank's own file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from services.incentive.adapters.snap.signing import Encoding


@dataclass(frozen=True, slots=True)
class Service:
    """One row of the standard's list of services: its code and its path below the bank's prefix."""

    code: str
    path: str


TOKEN = Service("73", "/access-token/b2b")
ACCOUNT = Service("16", "/account-inquiry-external")
TRANSFER = Service("18", "/transfer-interbank")
TRANSFER_STATUS = Service("36", "/transfer/status")
WALLET = Service("37", "/emoney/account-inquiry")
TOP_UP = Service("38", "/emoney/topup")
TOP_UP_STATUS = Service("39", "/emoney/topup-status")


@dataclass(frozen=True, slots=True)
class SnapProfile:
    """A bank's own ways. Keys are opened once, at start, and never print."""

    client_id: str
    partner_id: str
    channel_id: str
    private_key: RSAPrivateKey = field(repr=False)
    client_secret: bytes = field(repr=False)
    source_account: str = field(repr=False)
    bank_codes: Mapping[str, str]
    """Payment partner (a bank) -> beneficiaryBankCode: three digits or a BIC."""

    wallets: frozenset[str] = frozenset()
    """Payment partners that are wallets: topped up, not transferred to."""

    encoding: Encoding = "hex"
    token_encoding: Encoding = "hex"
    path_prefix: str = "/v1.0"
    token_prefix: str | None = None
    """Prefix of the token's path; None: as all others."""

    signed_prefix: str | None = None
    """Prefix under which the bank verifies, where its gateway takes some of the path away; None: as sent."""

    additional_info: Mapping[str, str] = field(default_factory=dict)
    """Sent with each transfer, as BCA's transferType and purposeCode."""

    def path(self, service: Service) -> str:
        """Where a request goes."""
        prefix = self.token_prefix if service is TOKEN and self.token_prefix is not None else self.path_prefix
        return prefix + service.path

    def signed_path(self, service: Service) -> str:
        """What of it is signed."""
        return (self.path_prefix if self.signed_prefix is None else self.signed_prefix) + service.path
