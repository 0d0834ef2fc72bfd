"""Changing the file of partners: a key is added or revoked in one step that no reader sees half done.

The border reads the file again when it changes, so nothing is restarted. The file holds secrets and keeps its mode.
"""

from __future__ import annotations

import json
import os
import secrets
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
from services.incentive.adapters.partner_keys import fingerprint, multibase, public_key, sign_keys_of
from services.incentive.adapters.partners import (
    Badges,
    PartnerFile,
    PartnersUnreadable,
    read_partners,
    status_list_path,
)
from services.incentive.adapters.status_lists import status_list_of

Row = dict[str, Any]


def make_key(target: Path) -> dict[str, str]:
    """A new private key in a file that only its owner may read. Raises OperatorError when the file exists."""
    key = Ed25519PrivateKey.generate()
    _write_new(target, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return {"public_key": platform_of("X", key).public_key(), "public_multibase": multibase(key.public_key())}


def _write_new(target: Path, raw: bytes) -> None:
    try:
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(raw)
    except FileExistsError:
        raise OperatorError(f"{target} exists: a new key would replace one that may be in use") from None


def keys(path: Path) -> list[dict[str, Any]]:
    """Every key of every partner with its status; of secrets (`requests`) the fingerprint alone."""
    return [
        {"partner": row["partner_code"], "for": use, **key}
        for row in _read(path)
        for use, found in (("claims", row["keys"]), ("badges", _badge_keys(row)), ("requests", _secrets(row)))
        for key in found
    ]


def _badge_keys(row: Row) -> list[Row]:
    found: list[Row] = (row.get("badges") or {}).get("keys", [])
    return found


def _secrets(row: Row) -> list[Row]:
    return [{"fingerprint": fingerprint(each), "status": "active"} for each in sign_keys_of(row)]


def add_key(path: Path, partner_code: str, text: str, for_badges: bool = False) -> dict[str, Any]:
    """A second active key, so that the platform can change over. Raises OperatorError for a third."""
    _known(text)

    def change(row: Row) -> None:
        if for_badges and not row.get("badges"):
            raise OperatorError(f"{partner_code} has no agreement about badges in {path.name}")
        found = _badge_keys(row) if for_badges else row["keys"]
        if any(_same(key, text) for key in found):
            raise OperatorError("this key stands in the file already")
        found.append({"public_key": text, "status": "active"})

    return _changed(path, partner_code, change)


def add_sign_key(path: Path, partner_code: str, target: Path) -> dict[str, Any]:
    """A second secret for a platform's requests, written to `target` for it alone. Raises OperatorError for a third."""
    secret = secrets.token_hex(32)
    _write_new(target, secret.encode())

    def change(row: Row) -> None:
        row["sign_keys"] = [*sign_keys_of(row), secret]
        row.pop("sign_key", None)

    try:
        return _changed(path, partner_code, change)
    except OperatorError:
        target.unlink()  # it counts nowhere
        raise


def retire_sign_key(path: Path, partner_code: str, named: str) -> dict[str, Any]:
    """Take away a secret by its fingerprint. Raises OperatorError for an unknown one, and for the last one."""

    def change(row: Row) -> None:
        found = sign_keys_of(row)
        left = [each for each in found if fingerprint(each) != named]
        if left == found:
            raise OperatorError(f"{partner_code} has no such key")
        if not left:
            raise OperatorError(f"{partner_code} would have no key for its requests: add another first")
        row["sign_keys"] = left
        row.pop("sign_key", None)

    return _changed(path, partner_code, change)


def revoke_key(path: Path, partner_code: str, text: str, since: datetime | None, now: datetime) -> dict[str, Any]:
    """Revoke a key from `since` on (now, unless it was stolen earlier). Raises OperatorError for an unknown key.

    A key that is revoked already keeps its time unless another one is given: it may be the time of a theft.
    """
    instant = since or now
    if instant.tzinfo is None:
        raise OperatorError("--since needs a time zone: 2020-08-20T03:00:00+07:00")
    if instant > now:
        raise OperatorError("--since lies ahead: until then the key would count as revoked already")
    _known(text)

    def change(row: Row) -> None:
        found = [key for key in (*row["keys"], *_badge_keys(row)) if _same(key, text)]
        if not found:
            raise OperatorError(f"{partner_code} has no such key")
        for key in found if since else [each for each in found if each["status"] != "revoked"]:
            key.update(status="revoked", revoked_at=instant.astimezone(UTC).isoformat())

    return _changed(path, partner_code, change)


def store_status_list(path: Path, partner_code: str, source: Path, now: datetime) -> dict[str, Any]:
    """Keep a platform's signed list of withdrawn badges, once it is verified. Raises OperatorError.

    An older list than the stored one is genuine too, and would let withdrawn badges count again.
    """
    try:
        partners = PartnerFile(path)
        partner = partners.by_code(partner_code)
        raw = source.read_bytes()
        if partner is None or partner.badges is None:
            raise OperatorError(f"{partner_code} has no agreement about badges in {path.name}")
        found = status_list_of(partner.badges, raw, now)
        stored = _made_at(partner.badges, partners.status_list(partner_code), now)
    except PartnersUnreadable as error:
        raise OperatorError(f"{error}: mend the file first") from error
    except OSError as error:
        raise OperatorError(f"{source} cannot be read ({type(error).__name__})") from error
    except NotBelieved as no:
        raise OperatorError(f"{source.name} is not this platform's list: {no.reason}") from None
    if stored and found.made_at < stored:
        raise OperatorError(f"{source.name} was made before the list that is stored: STATUS_LIST_OLDER")
    target = status_list_path(path, partner_code)
    target.parent.mkdir(mode=0o755, exist_ok=True)
    _replace(target, raw, 0o644)
    withdrawn = sum(byte.bit_count() for byte in found.bits)
    return {"stored": target.name, "made_at": found.made_at.isoformat(), "withdrawn": withdrawn}


def _made_at(badges: Badges, stored: bytes | None, now: datetime) -> datetime | None:
    """When the stored list was made; None when there is none, or none that would be believed today."""
    try:
        return status_list_of(badges, stored, now).made_at if stored else None
    except NotBelieved:
        return None


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
    return {"partner": partner_code, "keys": row["keys"], "badge_keys": _badge_keys(row), "requests": _secrets(row)}


def _replace(path: Path, content: bytes, mode: int) -> None:
    """A new file in the place of the old one, at once: a reader sees one or the other, also after a power cut."""
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as new:
        new.write(content)
        new.flush()
        os.fsync(new.fileno())
    os.chmod(new.name, mode)
    os.replace(new.name, path)
