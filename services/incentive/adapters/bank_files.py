"""The file of one bank: how it is spoken to and whom it pays. Unknown fields are refused, values are never quoted.

{"adapter": "snap", "partners": {"BNI": "009"}, "wallets": ["OVO"], "url": "https://bank.example",
 "client_id": "...", "partner_id": "...", "channel_id": "95221",
 "private_key_file": "run/secrets/bni.pem", "client_secret_file": "run/secrets/bni.secret",
 "account": {"name": "Dinas Ketenagakerjaan", "number": "...", "bank_code": "009"}, "folder": "run/banks/bni"}
{"adapter": "files", "format": "iso20022", "partners": {"BNI": "BNINIDJA"}, "folder": "run/banks/bni",
 "account": {"name": "Dinas Ketenagakerjaan", "number": "...", "bank_code": "BNINIDJA"}, "inquiry": "bri",
 "cut_off": "15:00", "working_days": [1, 2, 3, 4, 5], "holidays": ["2020-12-25"]}
"""

from __future__ import annotations

import json
from datetime import date, time
from pathlib import Path
from typing import Annotated, Literal

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from services.incentive.domain.bank_days import BankCalendar

Text = Annotated[str, Field(min_length=1, max_length=140)]
Partner = Annotated[str, Field(pattern=r"^[A-Za-z0-9]{2,20}$")]
"""As the rule files write it."""
BankCode = Annotated[str, Field(pattern=r"^[A-Z0-9]{3,11}$")]
Prefix = Annotated[str, Field(pattern=r"^(/[A-Za-z0-9._-]+)*$")]
Weekday = Annotated[int, Field(ge=1, le=7)]
Encoding = Literal["hex", "base64"]


class BanksWrong(Exception):
    """A bank's file is not right; the text names the file and fields, no value. The service must not start."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class OwnAccount(_Part):
    """Our own account at this bank."""

    name: Text
    number: Annotated[str, Field(pattern=r"^[0-9]{5,34}$", repr=False)]
    bank_code: BankCode


class _Bank(_Part):
    partners: dict[Partner, BankCode] = Field(default_factory=dict)
    """Payment partner -> that bank's code as this bank wants it."""

    wallets: tuple[Partner, ...] = ()
    account: OwnAccount
    format: Literal["iso20022", "csv"] = "iso20022"
    inquiry: str | None = None
    """Another bank's file that is asked whose account it is; `simulated`: the simulated bank."""
    cut_off: time | None = None
    """WIB; orders of later hours wait for the next working day. None of the three: the bank is always open."""
    working_days: Annotated[tuple[Weekday, ...], Field(min_length=1)] = (1, 2, 3, 4, 5, 6, 7)
    """1 is Monday."""
    holidays: tuple[date, ...] = ()
    """Days on which the bank takes no orders, as the office copies them from the bank's own calendar."""

    @property
    def calendar(self) -> BankCalendar | None:
        """None: it takes orders at all times."""
        calendar = BankCalendar(self.cut_off, frozenset(self.working_days), frozenset(self.holidays))
        return None if calendar == BankCalendar() else calendar

    @property
    def pays(self) -> frozenset[str]:
        return frozenset(self.partners) | frozenset(self.wallets)


class SnapFile(_Bank):
    """A bank with SNAP BI. Its statements come into `folder`, if there is one."""

    adapter: Literal["snap"]
    url: Annotated[str, Field(pattern=r"^https?://")]
    client_id: Text
    partner_id: Annotated[str, Field(min_length=1, max_length=36)]
    channel_id: Annotated[str, Field(min_length=1, max_length=5)]
    private_key_file: Path
    client_secret_file: Path
    encoding: Encoding = "hex"
    token_encoding: Encoding = "hex"
    path_prefix: Prefix = "/v1.0"
    token_prefix: Prefix | None = None
    signed_prefix: Prefix | None = None
    additional_info: dict[Text, Text] = Field(default_factory=dict)
    folder: Path | None = None
    asks: dict[Partner, BankCode] = Field(default_factory=dict)
    """Payment partners about whose accounts it is asked without paying them, and their codes."""


class FilesFile(_Bank):
    """A bank that takes files through a folder."""

    adapter: Literal["files"]
    folder: Path
    patience_minutes: Annotated[int, Field(ge=1, le=1440)] = 60


BankFile = SnapFile | FilesFile
_FILE: TypeAdapter[BankFile] = TypeAdapter(Annotated[BankFile, Field(discriminator="adapter")])


def read_bank_file(path: Path) -> BankFile:
    """Raises BanksWrong."""
    try:
        return _FILE.validate_python(json.loads(path.read_bytes()), strict=False)
    except ValidationError as error:
        fields = ", ".join(".".join(map(str, each["loc"][1:])) for each in error.errors(include_input=False))
        raise BanksWrong(f"{path.name}: {fields or 'adapter'}") from None
    except (OSError, ValueError) as error:
        raise BanksWrong(f"{path.name}: {type(error).__name__}") from None


def read_key(path: Path) -> RSAPrivateKey:
    """An RSA key as PEM without a passphrase. Raises BanksWrong."""
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise BanksWrong(f"{path.name}: {type(error).__name__}") from None
    if not isinstance(key, RSAPrivateKey):
        raise BanksWrong(f"{path.name}: not an RSA key")
    return key


def read_secret(path: Path) -> bytes:
    """Raises BanksWrong."""
    try:
        secret = path.read_bytes().strip()
    except OSError as error:
        raise BanksWrong(f"{path.name}: {type(error).__name__}") from None
    if not secret:
        raise BanksWrong(f"{path.name}: empty")
    return secret
