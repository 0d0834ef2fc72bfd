"""What comes to people's phones: the files of the two channels, each read once."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

TRACKING = re.compile(r"nomor ([A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4})")
ONE_TIME = re.compile(r"Kode Anda ([0-9]{6})")
CHANNELS = ("sms", "whatsapp")


@dataclass
class Phones:
    """`folder` holds a folder per channel, and in it one per day."""

    folder: Path
    _texts: dict[str, list[str]] = field(default_factory=dict)
    _read: set[str] = field(default_factory=set)

    def look(self) -> None:
        """Read what has come since the last look; a city's phones are too many to look for every question."""
        for channel in CHANNELS:
            for day in sorted((self.folder / channel).glob("*")):
                self._look_into(day)

    def _look_into(self, day: Path) -> None:
        paths = {entry.path for entry in os.scandir(day) if entry.name.endswith(".txt")}
        for path in sorted(paths - self._read):
            self._read.add(path)
            to, _, text = Path(path).read_text().partition("\n")
            self._texts.setdefault(_digits(to), []).append(text)

    def tracking_code(self, mobile: str) -> str | None:
        """The last one that came."""
        return self._last(TRACKING, mobile)

    def one_time_code(self, mobile: str) -> str | None:
        return self._last(ONE_TIME, mobile)

    def _last(self, pattern: re.Pattern[str], mobile: str) -> str | None:
        texts = self._texts.get(_digits(mobile), [])
        found = [match.group(1) for text in texts for match in pattern.finditer(text)]
        return found[-1] if found else None


def _digits(text: str) -> str:
    """Phone numbers are compared by their last ten digits: +62812... and 0812... are one."""
    return re.sub(r"\D", "", text)[-10:]
