"""Rows of people between reading them and handing them out: on the disk without a name, and sealed even there.

A download is refused when its rows are no longer those that were signed, which is known only after the last of them;
kept in memory until then they would be as many megabytes as a sheet is long. Here one part at a time is in memory.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

Row = tuple[str, ...]
_LENGTH = 4


class RowSpool:
    """Parts in the order in which they were added. The key is in this object alone: nobody else can read the file."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # lives until its last part is read
        self._cipher = AESGCM(AESGCM.generate_key(256))
        self._count = 0

    def add(self, rows: Sequence[Row]) -> None:
        """Keep a part: some hundred rows."""
        sealed = self._cipher.encrypt(_nonce(self._count), json.dumps(rows).encode(), None)
        self._file.write(len(sealed).to_bytes(_LENGTH, "big") + sealed)
        self._count += 1

    def parts(self) -> Iterator[list[Row]]:
        """Every part again, once; the file is gone with the last of them, or when nobody reads on."""
        with self._file:
            self._file.seek(0)
            for number in range(self._count):
                sealed = self._file.read(int.from_bytes(self._file.read(_LENGTH), "big"))
                yield [tuple(row) for row in json.loads(self._cipher.decrypt(_nonce(number), sealed, None))]

    def close(self) -> None:
        self._file.close()


def _nonce(number: int) -> bytes:
    """Each part has its own; the key is new for every file."""
    return number.to_bytes(12, "big")
