"""`python -m deploy.compose.running <module>`: exit code 0 when `python -m <module>` runs in this container.

For a process that nobody can call. What hangs in the kernel's hands (stopped, or dead and not collected) does not run.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

NOT_RUNNING = "ZXTt"


def running(module: str, proc: Path = Path("/proc")) -> bool:
    return any(state not in NOT_RUNNING for state in _states(module, proc))


def _states(module: str, proc: Path) -> Iterator[str]:
    for process in proc.glob("[0-9]*"):
        try:
            arguments = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
            if ("-m", module) in pairwise(arguments):
                # After the name in brackets, which may hold anything.
                yield (process / "stat").read_text().rpartition(") ")[2][0]
        except OSError:
            continue  # ended meanwhile


if __name__ == "__main__":
    sys.exit(0 if running(sys.argv[1]) else 1)
