"""Changing the file of partners: a key is added or revoked in one step that no reader sees half done.

The border reads the file again when it changes, so nothing is restarted. The file holds secrets and keeps its mode.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from deploy.operator.installation import OperatorError
from deploy.operator.partner_kit import platform_of
from services.incentive.adapters.claim_body import NotBelieved
from services.incentive.adapters.partner_keys import multibase, public_key
from services.incentive.adapters.partners import PartnerFile, PartnersUnreadable, read_partners, status_list_path
from services.incentive.adapters.status_lists import status_list_of

Row = dict[str, Any]


def make_key(target: Path) -> dict[str, str]:
    """A new private key in a file that only its owner may read. Raises OperatorError when the file exists."""
    key = Ed25519PrivateKey.generate()
    try:
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    except FileExistsError:
        raise OperatorError(f"{target} exists: a new key would replace one that may be in use") from None
    return {"public_key": platform_of("X", key).public_key(), "public_multibase": multibase(key.public_key())}


def keys(path: Path) -> list[dict[str, Any]]:
    """Every key of every partner with its status."""
    return [
        {"partner": row["partner_code"], "for": use, **key}
        for row in _read(path)
        for use, found in (("claims", row["keys"]), ("badges", row.get("badges", {}).get("keys", [])))
        for key in found
    ]


def add_key(path: Path, partner_code: str, text: str) -> dict[str, Any]:
    """A second active key, so that the platform can change over. Raises OperatorError for a third."""
    _known(text)

    def change(row: Row) -> None:
        if any(_same(key, text) for key in row["keys"]):
            raise OperatorError("this key stands in the file already")
        row["keys"].append({"public_key": text, "status": "active"})

    return _changed(path, partner_code, change)


def revoke_key(path: Path, partner_code: str, text: str, since: datetime | None, now: datetime) -> dict[str, Any]:
    """Revoke a key from `since` on (now, unless it was stolen earlier). Raises OperatorError for an unknown key."""
    instant = since or now
    if instant.tzinfo is None:
        raise OperatorError("--since needs a time zone: 2020-08-20T03:00:00+07:00")
    if instant > now:
        raise OperatorError("--since lies ahead: until then the key would count as revoked already")
    _known(text)

    def change(row: Row) -> None:
        found = [key for key in (*row["keys"], *row.get("badges", {}).get("keys", [])) if _same(key, text)]
        if not found:
            raise OperatorError(f"{partner_code} has no such key")
        for key in found:
            key.update(status="revoked", revoked_at=instant.astimezone(UTC).isoformat())

    return _changed(path, partner_code, change)


def store_status_list(path: Path, partner_code: str, source: Path, now: datetime) -> dict[str, Any]:
    """Keep a platform's signed list of withdrawn badges, once it is verified. Raises OperatorError."""
    try:
        partner = PartnerFile(path).by_code(partner_code)
        raw = source.read_bytes()
        if partner is None or partner.badges is None:
            raise OperatorError(f"{partner_code} has no agreement about badges in {path.name}")
        found = status_list_of(partner.badges, raw, now)
    except PartnersUnreadable as error:
        raise OperatorError(f"{error}: mend the file first") from error
    except OSError as error:
        raise OperatorError(f"{source} cannot be read ({type(error).__name__})") from error
    except NotBelieved as no:
        raise OperatorError(f"{source.name} is not this platform's list: {no.reason}") from None
    target = status_list_path(path, partner_code)
    target.parent.mkdir(mode=0o755, exist_ok=True)
    _replace(target, raw, 0o644)
    withdrawn = sum(byte.bit_count() for byte in found.bits)
    return {"stored": target.name, "made_at": found.made_at.isoformat(), "withdrawn": withdrawn}


def _known(text: str) -> None:
    try:
        public_key(text)
    except ValueError:
        raise OperatorError("a public key is whpk_<base64> or z6Mk...") from None


def _same(key: Row, text: str) -> bool:
    return multibase(public_key(str(key["public_key"]))) == multibase(public_key(text))


def _read(path: Path) -> list[Row]:
    try:
        rows: list[Row] = json.loads(path.read_bytes())
        read_partners(rows)
    except (OSError, ValueError) as error:
        raise OperatorError(f"{path} is no file of partners ({type(error).__name__}: {error})") from error
    return rows


def _changed(path: Path, partner_code: str, change: Callable[[Row], None]) -> dict[str, Any]:
    rows = _read(path)
    row = next((each for each in rows if each["partner_code"] == partner_code), None)
    if row is None:
        raise OperatorError(f"{path.name} knows no partner {partner_code}")
    change(row)
    try:
        read_partners(rows)
    except ValueError as error:
        raise OperatorError(f"the file would not be read any more: {error}") from error
    _replace(path, (json.dumps(rows, indent=1) + "\n").encode(), path.stat().st_mode & 0o777)
    return {"partner": partner_code, "keys": row["keys"]}


def _replace(path: Path, content: bytes, mode: int) -> None:
    """A new file in the place of the old one, at once: a reader sees one or the other, also after a power cut."""
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as new:
        new.write(content)
        new.flush()
        os.fsync(new.fileno())
    os.chmod(new.name, mode)
    os.replace(new.name, path)
