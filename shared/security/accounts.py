"""Staff accounts, roles and sign-in. Citizens have none: they show a tracking code and one-time codes.

Accounts and sessions lie in database `access`. A session token is 256 random bits and stored only as its
SHA-256; passwords are argon2id. No account exists before somebody makes one, and no default password.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from fastapi import Request

from shared.engine.ports import Change, Clock, Database, Delete, Document, DuplicateKey, Insert, Put
from shared.web.problems import Problem

Role = Literal["placement", "secretariat", "disputes", "approver", "auditor"]
ROLES: tuple[Role, ...] = get_args(Role)
STAFF, SESSIONS = "access:staff", "access:sessions"
COOKIE = "gelombang_session"
SESSION_LIFE = timedelta(hours=8)
SESSION_IDLE = timedelta(minutes=30)
TRIES, TRIES_PAUSE = 5, timedelta(minutes=5)
SHORTEST_PASSWORD = 12
OPERATOR, OPERATOR_LIFE = "operator", timedelta(minutes=5)
"""The command line's account: whoever holds the database's keys may act, and every act carries this name."""
UNUSABLE = "!"
"""No argon2 hash: no password fits it."""
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


@dataclass(frozen=True, slots=True)
class Staff:
    """Who is signed in."""

    username: str
    name: str
    roles: tuple[Role, ...]


class Accounts:
    """Makes, changes and checks accounts; `require` guards endpoints."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._hasher = PasswordHasher()
        # Checked when the name is unknown, so that an answer takes as long as for a known one.
        self._nobody = self._hasher.hash(secrets.token_urlsafe())

    # ---- what an operator does

    async def add(self, username: str, name: str, roles: Sequence[Role]) -> str:
        """Make an account; returns its one-time password, which must be changed at the first sign-in.

        Raises Problem ROLE_UNKNOWN, ACCOUNT_TAKEN.
        """
        if not roles or not set(roles) <= set(ROLES):
            raise Problem("ROLE_UNKNOWN", status=422, sentence="Peran tidak dikenal. Pilih dari daftar peran.")
        password, hashed = await self._fresh_password()
        account = {"_id": username, "name": name, "roles": list(roles), "password": hashed, "must_change": True}
        try:
            await self._database.write([Insert(STAFF, {**account, "disabled": False, "made_at": self._clock.wall()})])
        except DuplicateKey:
            sentence = "Nama akun sudah dipakai. Pilih nama lain."
            raise Problem("ACCOUNT_TAKEN", status=409, sentence=sentence) from None
        return password

    async def disable(self, username: str) -> None:
        """The account cannot sign in any more, and its sessions end now."""
        await self._must_change(username, {"disabled": True})
        await self._end_sessions(username)

    async def reset(self, username: str) -> str:
        """A new one-time password; sessions end now."""
        password, hashed = await self._fresh_password()
        await self._must_change(username, {"password": hashed, "must_change": True, "tries": 0})
        await self._end_sessions(username)
        return password

    async def listed(self) -> list[Document]:
        """All accounts without their passwords."""
        fields = ("name", "roles", "disabled", "must_change")
        return await self._database.find(STAFF, sort=[("_id", 1)], fields=fields)

    async def ensure_first(self) -> tuple[str, str] | None:
        """On an installation without accounts: the head of the office's account and its one-time password."""
        if await self._database.find(STAFF, {"_id": {"$ne": OPERATOR}}, limit=1):
            return None
        try:
            return "kepala", await self.add("kepala", "Kepala Dinas", ["approver"])
        except Problem:
            return None  # another process was first

    async def operator_token(self, role: Role) -> str:
        """A short session for the command line, under an account of its own that nobody can sign in to.

        Raises Problem ACCOUNT_TAKEN when a person holds that name.
        """
        known = await self._database.get(STAFF, OPERATOR)
        if known and known["password"] != UNUSABLE:
            raise Problem("ACCOUNT_TAKEN", status=409, sentence="Nama akun `operator` dipakai orang. Ganti namanya.")
        # Roles only grow: two commands at once must not take each other's away.
        roles = sorted({role, *(known["roles"] if known else ())})
        account = {"name": "Operator (baris perintah)", "roles": roles, "password": UNUSABLE, "must_change": False}
        token, now = secrets.token_urlsafe(32), self._clock.wall()
        session = {"username": OPERATOR, "ends_at": now + OPERATOR_LIFE, "seen_at": now}
        await self._database.write(
            [
                Put(STAFF, {"_id": OPERATOR, **account, "disabled": False, "made_at": now}),
                Put(SESSIONS, {"_id": _digest(token), **session}),
            ]
        )
        return token

    # ---- signing in

    async def sign_in(self, username: str, password: str, new_password: str | None = None) -> str:
        """Returns a session token. Raises Problem SIGN_IN_REFUSED, SIGN_IN_PAUSED, PASSWORD_MUST_CHANGE."""
        account = await self._database.get(STAFF, username)
        if account:
            await self._take_try(account)
        right = await asyncio.to_thread(self._fits, account["password"] if account else self._nobody, password)
        if not account or not right or account["disabled"]:
            await self._pause_after_last(username)
            raise Problem("SIGN_IN_REFUSED", status=401, sentence="Nama akun atau kata sandi tidak sesuai.")
        await self._database.change(Change(STAFF, {"_id": username}, set={"tries": 0}))
        await self._change_password(account, password, new_password)
        token = secrets.token_urlsafe(32)
        now = self._clock.wall()
        session = {"_id": _digest(token), "username": username, "ends_at": now + SESSION_LIFE, "seen_at": now}
        await self._database.write([Put(SESSIONS, session)])
        return token

    async def sign_out(self, token: str) -> None:
        await self._database.write([Delete(SESSIONS, _digest(token))])

    async def who(self, token: str) -> Staff | None:
        """The person behind a living session."""
        session = await self._database.get(SESSIONS, _digest(token))
        now = self._clock.wall()
        if not session or session["ends_at"] < now or session["seen_at"] + SESSION_IDLE < now:
            return None
        account = await self._database.get(STAFF, session["username"])
        if not account or account["disabled"]:
            return None
        if now - session["seen_at"] > timedelta(minutes=1):
            await self._database.change(Change(SESSIONS, {"_id": session["_id"]}, set={"seen_at": now}))
        return Staff(account["_id"], account["name"], tuple(account["roles"]))

    def require(self, *roles: Role) -> Callable[[Request], Awaitable[Staff]]:
        """A FastAPI dependency: somebody signed in who has one of the roles (any role when none is named)."""

        async def signed_in(request: Request) -> Staff:
            token, from_cookie = _token(request)
            staff = await self.who(token) if token else None
            if staff is None:
                raise Problem("SIGN_IN_NEEDED")
            if roles and not set(roles) & set(staff.roles):
                raise Problem("ROLE_MISSING")
            if from_cookie and request.method not in SAFE_METHODS:
                check_origin(request)
            return staff

        return signed_in

    async def _take_try(self, account: Document) -> None:
        """Count a try before the password is looked at, in one step: thirty at once are thirty, not one.

        Raises Problem SIGN_IN_PAUSED.
        """
        until: datetime | None = account.get("paused_until")
        now = self._clock.wall()
        if not until or until <= now:
            free = [{"paused_until": {"$exists": False}}, {"paused_until": {"$lte": now}}]
            where = {"_id": account["_id"], "tries": {"$ne": TRIES}, "$or": free}
            if await self._database.change(Change(STAFF, where, inc={"tries": 1})):
                return
            await self._pause_after_last(account["_id"])
        sentence = "Terlalu banyak percobaan. Tunggu lima menit, lalu coba lagi, atau minta sandi baru."
        raise Problem("SIGN_IN_PAUSED", status=429, sentence=sentence, retry_after=300)

    async def _pause_after_last(self, username: str) -> None:
        pause = {"paused_until": self._clock.wall() + TRIES_PAUSE, "tries": 0}
        await self._database.change(Change(STAFF, {"_id": username, "tries": TRIES}, set=pause))

    async def _change_password(self, account: Document, old: str, new: str | None) -> None:
        if account["must_change"] and not new:
            sentence = f"Buat kata sandi baru, sedikitnya {SHORTEST_PASSWORD} huruf, lalu masuk lagi."
            raise Problem("PASSWORD_MUST_CHANGE", status=403, sentence=sentence)
        if new and (len(new) < SHORTEST_PASSWORD or new == old):
            sentence = f"Kata sandi baru harus berbeda dan sedikitnya {SHORTEST_PASSWORD} huruf."
            raise Problem("PASSWORD_TOO_WEAK", status=422, sentence=sentence)
        if new:
            hashed = await asyncio.to_thread(self._hasher.hash, new)
            changes = {"password": hashed, "must_change": False}
            await self._database.change(Change(STAFF, {"_id": account["_id"]}, set=changes))

    async def _fresh_password(self) -> tuple[str, str]:
        password = secrets.token_urlsafe(15)
        return password, await asyncio.to_thread(self._hasher.hash, password)

    async def _must_change(self, username: str, changes: Document) -> None:
        if not await self._database.change(Change(STAFF, {"_id": username}, set=changes)):
            raise Problem("ACCOUNT_UNKNOWN", status=404, sentence="Akun tidak ditemukan. Periksa daftar akun.")

    async def _end_sessions(self, username: str) -> None:
        for session in await self._database.find(SESSIONS, {"username": username}, fields=["_id"]):
            await self._database.write([Delete(SESSIONS, session["_id"])])

    def _fits(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (VerifyMismatchError, InvalidHashError):
            return False


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _token(request: Request) -> tuple[str | None, bool]:
    """From the Authorization header (programs) or the cookie (browsers)."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return token, False
    return request.cookies.get(COOKIE), True


def check_origin(request: Request) -> None:
    """A browser sends Origin with every unsafe request; another site's form must not act for who is signed in here."""
    origin = request.headers.get("origin")
    if origin and origin.split("://")[-1] != request.headers.get("host"):
        raise Problem("ORIGIN_FOREIGN", status=403, sentence="Permintaan datang dari situs lain dan ditolak.")
