"""The vault: one key per person, blind indexes per kind; and the seal of whole records in dead letters.

Personal data live everywhere as `Sealed` text under the person's own key (AES-256-GCM, AAD = person and
field). The keys lie in database `vault`, wrapped by a master key from a secret file. Erasing a person
is deleting one key: journal, totals and backups stay valid and unreadable.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.contracts.base import Sealed
from shared.engine.ports import Database, Delete
from shared.platform.together import Together

KEYS = "vault:person_keys"
NONCE_BYTES = 12
CACHED_KEYS = 2_000
REMEMBERED_SECONDS = 60.0
"""A person may be erased by another process: no process remembers a key longer than this without asking again."""


class Unreadable(Exception):
    """The key of this person is gone (erased) or the text was not sealed for this person and field."""


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A person's key as stored: readable only with the master key. Insert it with the first ciphertext."""

    collection: ClassVar[str] = KEYS
    person: str
    wrapped: str

    @property
    def id(self) -> str:
        return self.person


class PersonKey:
    """Seals and opens the fields of one person."""

    def __init__(self, person: str, key: bytes, wrapped: WrappedKey) -> None:
        self.person, self.wrapped = person, wrapped
        self._cipher = AESGCM(key)

    def seal(self, field: str, text: str) -> Sealed:
        """`field` is the contract's field name, the same in every service."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, text.encode(), self._bound_to(field))
        return Sealed(base64.b64encode(sealed).decode())

    def open(self, field: str, sealed: Sealed | str) -> str:
        """The text in clear: for the person, for a message about to leave, for nobody's log. Raises Unreadable."""
        try:
            raw = base64.b64decode(str.__getitem__(sealed, slice(None)))
            return self._cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], self._bound_to(field)).decode()
        except (InvalidTag, ValueError):  # of another key or field, or never sealed at all
            raise Unreadable from None

    def _bound_to(self, field: str) -> bytes:
        return f"{self.person}|{field}".encode()


class Vault:
    """What the services that may know people use. Reporting has none."""

    def __init__(
        self, database: Database, master_key: bytes, index_key: bytes, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._database = database
        self._master = AESGCM(master_key)
        self._index_key = index_key
        self._index_keys: dict[str, bytes] = {}
        self._cache: OrderedDict[str, tuple[float, PersonKey]] = OrderedDict()
        self._together = Together(self.keys)
        self._now = now

    @classmethod
    def from_files(cls, database: Database, master_key_file: Path, index_key_file: Path) -> Vault:
        """Each file holds 32 bytes as hexadecimal text."""
        return cls(database, read_key(master_key_file), read_key(index_key_file))

    def index(self, kind: str, value: str) -> str:
        """Blind index: equal values of one kind give equal text, and nobody without the key can list them."""
        key = self._index_keys.get(kind)
        if key is None:
            key = self._index_keys[kind] = _derived(self._index_key, f"index/{kind}")
        return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()

    def token_key(self, purpose: str) -> bytes:
        """32 bytes for what browsers carry sealed (tokens.py): the same in every process, another for each purpose."""
        return _derived(self._index_key, f"token/{purpose}")

    def new_key(self, person: str) -> PersonKey:
        """A fresh key, not stored yet: its `wrapped` goes into the same decision as the first ciphertext."""
        key = AESGCM.generate_key(256)
        nonce = secrets.token_bytes(NONCE_BYTES)
        wrapped = base64.b64encode(nonce + self._master.encrypt(nonce, key, person.encode())).decode()
        return PersonKey(person, key, WrappedKey(person, wrapped))

    async def keys(self, persons: Iterable[str]) -> dict[str, PersonKey]:
        """The keys that exist; an erased person is simply missing."""
        wanted = list(dict.fromkeys(persons))
        found = {person: key for person in wanted if (key := self._remembered(person))}
        missing = [person for person in wanted if person not in found]
        for document in await self._database.find(KEYS, {"_id": {"$in": missing}}) if missing else []:
            found[document["_id"]] = self._remember(self._unwrapped(document["_id"], document["wrapped"]))
        return found

    async def key(self, person: str) -> PersonKey:
        """The key of one person. Raises Unreadable when it was erased or never made."""
        key = self._remembered(person) or await self._together.get(person)
        if key is None:
            raise Unreadable
        return key

    async def erase(self, person: str) -> None:
        """Delete the key: whatever was sealed for this person can never be read again."""
        await self._database.write([Delete(KEYS, person)])
        self._cache.pop(person, None)

    def _unwrapped(self, person: str, wrapped: str) -> PersonKey:
        raw = base64.b64decode(wrapped)
        key = self._master.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], person.encode())
        return PersonKey(person, key, WrappedKey(person, wrapped))

    def _remembered(self, person: str) -> PersonKey | None:
        since, key = self._cache.get(person, (0.0, None))
        return key if key and self._now() - since < REMEMBERED_SECONDS else None

    def _remember(self, key: PersonKey) -> PersonKey:
        self._cache[key.person] = (self._now(), key)
        while len(self._cache) > CACHED_KEYS:
            self._cache.popitem(last=False)
        return key


class RecordSeal:
    """For dead letters: a whole record that may hold anything. A key of its own, since reporting has letters
    and no keys of persons."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, raw: bytes) -> str:
        nonce = secrets.token_bytes(NONCE_BYTES)
        return base64.b64encode(nonce + self._cipher.encrypt(nonce, raw, b"record")).decode()

    def unseal(self, text: str) -> bytes:
        raw = base64.b64decode(text)
        return self._cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], b"record")


def _derived(key: bytes, purpose: str) -> bytes:
    return hmac.new(key, purpose.encode(), hashlib.sha256).digest()


def read_key(path: Path) -> bytes:
    """A 32-byte key from its file. Raises ValueError when the file does not hold one."""
    key = bytes.fromhex(path.read_text().strip())
    if len(key) != 32:
        raise ValueError(f"{path.name} must hold 32 bytes as hexadecimal text")
    return key


def ensure_key(path: Path) -> None:
    """Make the secret on first start, readable by its owner alone; an existing one is never touched."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32) + "\n")
