"""Messages and broadcasts as files that a person or another program passes on."""

from __future__ import annotations

import os
from pathlib import Path

from shared.engine.rules import Outcome, OutcomeState

DONE = Outcome(OutcomeState.DONE)


class Files:
    """Writes small files whole or not at all, readable by their owner alone. Survives a kill, not a power cut.

    Writing is not handed to a thread: a file of a few kilobytes takes less time than the hand-over.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: set[str] = set()

    def write(self, place: str, name: str, text: str) -> None:
        """Raises OSError. The same place and name again replaces the file."""
        folder = self._folder / place
        if place not in self._made:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._made.add(place)
        fresh = folder / f".{name}.new"
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(handle, text.encode())
        finally:
            os.close(handle)
        os.replace(fresh, folder / name)

    def read(self, place: str, name: str) -> str | None:
        path = self._folder / place / name
        return path.read_text(encoding="utf-8") if path.is_file() else None

    def has(self, place: str, name: str) -> bool:
        return (self._folder / place / name).is_file()


class FileChannel:
    """One file per message under `<folder>/<date>/`, named by the reference: a repeat overwrites the same file."""

    repeats_safely = True

    def __init__(self, folder: Path) -> None:
        self._files = Files(folder)

    async def send(self, reference: str, to: str, subject: str, text: str) -> Outcome:
        try:
            self._files.write(*_place(reference), f"Kepada: {to}\nPerihal: {subject}\n\n{text}\n")
        except OSError:
            return Outcome(OutcomeState.NOT_STARTED, {"code": "DISK"})
        return DONE

    async def inquire(self, reference: str) -> Outcome:
        return DONE if self._files.has(*_place(reference)) else Outcome(OutcomeState.NOT_FOUND)


def _place(reference: str) -> tuple[str, str]:
    """The day that begins the reference, so that no folder grows for ever and every attempt finds the same file."""
    return reference.partition(".")[0], f"{reference}.txt"
