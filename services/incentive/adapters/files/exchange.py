"""The folder in which files go to and come from one bank: outbox, inbox, and what was taken or refused.

A file is put together in `staging/` and leaves by one rename into `outbox/`. Whoever carries files to the bank takes
them from there and may delete them: after a crash a file that is missing in `staging/` has left, and is not made again.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from services.incentive.adapters.files.camt053 import MESSAGE as CAMT053
from services.incentive.adapters.files.camt053 import read_camt053
from services.incentive.adapters.files.inbound import Doubt, Inbound
from services.incentive.adapters.files.iso_codes import OURS, failure_code
from services.incentive.adapters.files.messages import (
    MOST_BYTES,
    AccountStatement,
    Debtor,
    FileRefused,
    OrderFile,
    Report,
)
from services.incentive.adapters.files.pain001 import write_pain001
from services.incentive.adapters.files.pain002 import MESSAGE as PAIN002
from services.incentive.adapters.files.pain002 import read_pain002
from services.incentive.adapters.files.plain import read_plain, write_plain
from services.incentive.adapters.files.register import Cut, Register
from services.incentive.adapters.files.xml import message_of, read_xml

WIB = ZoneInfo("Asia/Jakarta")
Format = Literal["iso20022", "csv"]
OUR_CODES = {failure_code(reason) for reason in OURS}


@dataclass(slots=True)
class Exchange:
    """Blocking; one per bank. `fail` is for tests: it is called at each step between which a process may die."""

    folder: Path
    format: Format
    debtor: Debtor
    register: Register
    alarm: Callable[..., None]
    fail: Callable[[str], None] = field(default=lambda step: None)

    def __post_init__(self) -> None:
        for name in ("staging", "outbox", "inbox", "taken", "rejected"):
            (self.folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)

    @property
    def inbound(self) -> Inbound:
        return Inbound(self.register, self.debtor.account_number)

    def hand_over(self, now: datetime) -> None:
        """Bring every file that was cut into the outbox, exactly once, wherever an earlier process stopped.

        It asks to be carried out on the WIB day of `now`, on which it leaves.
        """
        if not self.register.unfinished():
            return
        with self._alone():
            for cut in self.register.unfinished():
                self._bring(cut, now.astimezone(WIB).date())

    def _bring(self, cut: Cut, day: date) -> None:
        name = f"{cut.file_id}.{'xml' if self.format == 'iso20022' else 'csv'}"
        staged = self.folder / "staging" / name
        self.fail("begun")
        if cut.state == "cut" or staged.exists():  # it cannot have left: making it again, dated today, is safe
            _write(staged, self._content(cut, day))
            self.fail("written")
            self.register.staged(cut.file_id)
            self.fail("staged")
        if staged.exists():
            self.fail("leaving")
            os.replace(staged, self.folder / "outbox" / name)
            _sync(self.folder / "outbox")
            _sync(self.folder / "staging")
        self.fail("left")
        self.register.handed(cut.file_id)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """One at a time, among threads and processes: two would both make a file, and the second send it again."""
        with open(os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600), "rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _content(self, cut: Cut, day: date) -> bytes:
        file = OrderFile(cut.file_id, cut.made_at, day, self.debtor, self.register.orders_in(cut.file_id))
        return write_pain001(file) if self.format == "iso20022" else write_plain(file)

    def take_inbox(self, now: datetime) -> None:
        """Take every file of the bank once. One that is not taken goes to `rejected/` with its code beside it."""
        for path in sorted((self.folder / "inbox").iterdir()):
            if not path.name.startswith(".") and path.suffix in (".xml", ".csv"):
                self._take(path, now)

    def _take(self, path: Path, now: datetime) -> None:
        try:
            raw = _read(path)
            doubts = [each for part in _parts(path, raw) for each in self._apply(part, now)]
        except FileNotFoundError:
            return  # another process took it
        except FileRefused as refused:
            self.alarm("BANK_FILE_REFUSED", reason=refused.code)
            self._reject(path, refused.code)
            return
        self._tell(doubts)
        self.fail("applied")
        _move(path, self.folder / "taken" / f"{hashlib.sha256(raw).hexdigest()[:12]}-{path.name}")

    def _tell(self, doubts: Sequence[Doubt]) -> None:
        for kind, reference in doubts:
            if kind == "amount":
                self.alarm("BANK_NEEDS_STAFF", what="AMOUNT_DIFFERS", reference=reference)
            else:
                self.alarm("BANK_CONTRADICTS_ITSELF", reference=reference)

    def _reject(self, path: Path, code: str) -> None:
        """Aside, with its code; what was refused before under the same name is kept too."""
        folder, name, number = self.folder / "rejected", path.name, 1
        while os.path.lexists(folder / name):
            number += 1
            name = f"{number}-{path.name}"
        _write(folder / f"{name}.code", code.encode())
        _move(path, folder / name)

    def _apply(self, part: Report | AccountStatement, now: datetime) -> list[Doubt]:
        """By its content, not by its bytes: a bank may put one statement into two files."""
        digest = hashlib.sha256(repr(part).encode()).hexdigest()
        if isinstance(part, Report):
            said = (*part.said, *([part.whole] if part.whole else []))
            for code in sorted({each.code for each in said} & OUR_CODES):
                self.alarm("BANK_REFUSES_OUR_FILE", reason=code)
            return self.inbound.report(part, digest, now)
        return self.inbound.statement(part, digest, now)

    def rejected(self) -> list[tuple[str, str]]:
        """Files that were not taken, as (name, code); at most 100."""
        found = sorted((self.folder / "rejected").glob("*.code"))[:100]
        return [(path.stem, path.read_text(encoding="utf-8")) for path in found]


def _parts(path: Path, raw: bytes) -> tuple[Report | AccountStatement, ...]:
    """Raises FileRefused MESSAGE_UNKNOWN, and those of the readers."""
    if path.suffix == ".csv":
        return (read_plain(raw),)
    root = read_xml(raw)
    if message_of(root) == PAIN002:
        return (read_pain002(root),)
    if message_of(root) == CAMT053:
        return read_camt053(root)
    raise FileRefused("MESSAGE_UNKNOWN")


def _read(path: Path) -> bytes:
    """A regular file of bounded size; a link out of the folder is not followed. Raises FileRefused."""
    about = os.lstat(path)
    if not stat.S_ISREG(about.st_mode):
        raise FileRefused("NOT_A_FILE")
    if about.st_size > MOST_BYTES:
        raise FileRefused("FILE_TOO_LARGE")
    with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
        return file.read(MOST_BYTES + 1)


def _write(path: Path, raw: bytes) -> None:
    """The whole file or none, on the disk, readable by us alone."""
    unfinished = path.with_name(f".{path.name}")
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    os.replace(unfinished, path)
    _sync(path.parent)


def _move(path: Path, to: Path) -> None:
    with contextlib.suppress(FileNotFoundError):  # another process moved it
        os.replace(path, to)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
