"""The seam through which faults come."""

from __future__ import annotations

from collections.abc import Callable

Step = Callable[[str], str | None]
"""The seam: called before every I/O with its name and after it with `<name>.done`; a fault plan may raise
in it, or answer "duplicate" after a publication."""


def no_faults(name: str) -> str | None:
    """Nothing goes wrong."""
    return None


class LostReply(Exception):
    """Raised by a fault plan after an I/O was done: the caller must not learn that it was."""
