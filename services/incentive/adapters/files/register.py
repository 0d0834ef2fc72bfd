"""What was given to one bank in files and what its files said: a small SQLite file beside the exchange folder.

It must move in step with that folder, not with our database: whether a file has left is a fact of the disk. Account
numbers and names stay here only until their file has left.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from services.incentive.adapters.bank import BankStatus
from services.incentive.adapters.files.messages import FileOrder

SCHEMA = """
CREATE TABLE IF NOT EXISTS orders (
    reference TEXT PRIMARY KEY, batch_id TEXT NOT NULL, bank_code TEXT NOT NULL, account_number TEXT NOT NULL,
    holder_name TEXT NOT NULL, amount_rupiah INTEGER NOT NULL, taken_at REAL NOT NULL, file_id TEXT,
    status TEXT NOT NULL DEFAULT 'pending', code TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS orders_of_batch ON orders (batch_id, file_id);
CREATE INDEX IF NOT EXISTS orders_of_file ON orders (file_id);
CREATE TABLE IF NOT EXISTS files (
    file_id TEXT PRIMARY KEY, batch_id TEXT NOT NULL, state TEXT NOT NULL, made_at REAL NOT NULL,
    orders INTEGER NOT NULL, sum_rupiah INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS born (one INTEGER PRIMARY KEY CHECK (one = 1), at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS inbound (identity TEXT PRIMARY KEY, digest TEXT NOT NULL, taken_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS statements (
    statement_id TEXT PRIMARY KEY, number INTEGER, opening_rupiah INTEGER NOT NULL, closing_rupiah INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS lines (
    line_id TEXT PRIMARY KEY, statement_id TEXT NOT NULL, place INTEGER NOT NULL, booked_at REAL NOT NULL,
    came_in INTEGER NOT NULL, amount_rupiah INTEGER NOT NULL, reference TEXT NOT NULL, status TEXT NOT NULL,
    code TEXT NOT NULL, documents TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS lines_in_order ON lines (booked_at, statement_id, place);
"""


class OtherOrder(Exception):
    """The reference is known with another amount: the same reference is never a second payment."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one order stands. `file_id` None: in no file yet."""

    batch_id: str
    file_id: str | None
    status: BankStatus
    code: str


@dataclass(frozen=True, slots=True)
class Cut:
    """One file to the bank, and whether it is cut, staged or handed over (exchange.py)."""

    file_id: str
    batch_id: str
    state: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class SilentFile:
    """A file that was handed over and for some orders of which no final word came."""

    file_id: str
    batch_id: str
    made_at: datetime
    orders: int
    waiting: int
    waiting_rupiah: int


class Register:
    """All methods are short transactions and block; each raises sqlite3.Error when the disk does not do it."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        self._connection = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
        self._turn = threading.Lock()
        # FULL: what was committed is on the disk. secure_delete: an account number that is erased is overwritten.
        self._connection.executescript("PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;" + SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, one at a time, also between processes."""
        with self._turn:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def close(self) -> None:
        self._connection.close()

    def born(self, now: datetime) -> datetime:
        """When this register was begun: what is older than it, it cannot know."""
        with self.transaction() as tx:
            tx.execute("INSERT OR IGNORE INTO born VALUES (1, ?)", (now.timestamp(),))
            (at,) = tx.execute("SELECT at FROM born").fetchone()
        return datetime.fromtimestamp(at, UTC)

    def take(self, order: FileOrder, batch_id: str, now: datetime) -> None:
        """Keep an order for the next file; the same again changes nothing. Raises OtherOrder."""
        row = (order.reference, batch_id, order.bank_code, order.account_number, order.holder_name)
        with self.transaction() as tx:
            tx.execute(
                "INSERT OR IGNORE INTO orders (reference, batch_id, bank_code, account_number, holder_name,"
                " amount_rupiah, taken_at) VALUES (?,?,?,?,?,?,?)",
                (*row, order.amount_rupiah, now.timestamp()),
            )
            (rupiah,) = tx.execute("SELECT amount_rupiah FROM orders WHERE reference=?", (order.reference,)).fetchone()
        if rupiah != order.amount_rupiah:
            raise OtherOrder

    def give_back(self, reference: str) -> bool:
        """Forget an order that is in no file yet; False: it is in one, or was never here."""
        with self.transaction() as tx:
            gone = tx.execute("DELETE FROM orders WHERE reference=? AND file_id IS NULL", (reference,))
            return gone.rowcount > 0

    def standing(self, reference: str) -> Standing | None:
        rows = self.rows("SELECT batch_id, file_id, status, code FROM orders WHERE reference=?", reference)
        return next((Standing(batch, file, BankStatus(status), code) for batch, file, status, code in rows), None)

    def of_batch(self, batch_id: str) -> tuple[int, int, datetime | None]:
        """Orders of a batch, those in no file yet, and since when the first of these waits."""
        text = "SELECT count(*), sum(file_id IS NULL), min(CASE WHEN file_id IS NULL THEN taken_at END)"
        ((count, waiting, since),) = self.rows(text + " FROM orders WHERE batch_id=?", batch_id)
        return count, waiting or 0, None if since is None else datetime.fromtimestamp(since, UTC)

    def cut(self, batch_id: str, now: datetime) -> None:
        """Put all waiting orders of a batch into a new file. Its id is new for ever: batch and part."""
        with self.transaction() as tx:
            count, total = tx.execute(
                "SELECT count(*), sum(amount_rupiah) FROM orders WHERE batch_id=? AND file_id IS NULL", (batch_id,)
            ).fetchone()
            if not count:
                return
            (parts,) = tx.execute("SELECT count(*) FROM files WHERE batch_id=?", (batch_id,)).fetchone()
            file_id = f"{batch_id}-{parts + 1:03d}"
            tx.execute("INSERT INTO files VALUES (?,?,'cut',?,?,?)", (file_id, batch_id, now.timestamp(), count, total))
            tx.execute("UPDATE orders SET file_id=? WHERE batch_id=? AND file_id IS NULL", (file_id, batch_id))

    def unfinished(self) -> list[Cut]:
        """Files that are not handed over, the oldest first."""
        text = "SELECT file_id, batch_id, state, made_at FROM files WHERE state<>'handed' ORDER BY made_at, file_id"
        return [Cut(id, batch, state, datetime.fromtimestamp(at, UTC)) for id, batch, state, at in self.rows(text)]

    def silent(self, until: datetime, most: int = 100) -> list[SilentFile]:
        """Files made up to `until` with orders that still wait for the bank's word, the oldest first."""
        text = (
            "SELECT f.file_id, f.batch_id, f.made_at, f.orders, count(*), sum(o.amount_rupiah) FROM files f"
            " JOIN orders o ON o.file_id = f.file_id WHERE f.made_at <= ? AND o.status = 'pending'"
            " GROUP BY f.file_id ORDER BY f.made_at, f.file_id LIMIT ?"
        )
        rows = self.rows(text, until.timestamp(), most)
        return [SilentFile(id, batch, datetime.fromtimestamp(at, UTC), *counts) for id, batch, at, *counts in rows]

    def orders_in(self, file_id: str) -> tuple[FileOrder, ...]:
        """The orders of a file in order of reference, complete until it is handed over."""
        text = "SELECT reference, bank_code, account_number, holder_name, amount_rupiah FROM orders"
        return tuple(FileOrder(*row) for row in self.rows(text + " WHERE file_id=? ORDER BY reference", file_id))

    def staged(self, file_id: str) -> None:
        with self.transaction() as tx:
            tx.execute("UPDATE files SET state='staged' WHERE file_id=?", (file_id,))

    def handed(self, file_id: str) -> None:
        """It has left; what is personal in it is needed no longer."""
        with self.transaction() as tx:
            tx.execute("UPDATE files SET state='handed' WHERE file_id=?", (file_id,))
            tx.execute("UPDATE orders SET account_number='', holder_name='' WHERE file_id=?", (file_id,))

    def rows(self, text: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._turn:
            return self._connection.execute(text, values).fetchall()
