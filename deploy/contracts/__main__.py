"""`python -m deploy.contracts`: write schemas, samples and API documents below docs/; `--check` only compares.

A change of an event that is not additive is refused: say the new fact under a new name beside the old one.
Before the first release, `--unreleased` writes it all the same.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.contracts.additive import faults
from deploy.contracts.documents import contracts, documents

DOCS = Path(__file__).parents[2] / "docs"
MADE = ("contracts/*.json", "asyncapi/*.yaml", "openapi/*.json", "events.md")


def stored(docs: Path = DOCS) -> Mapping[str, str]:
    """What is kept now."""
    found = [path for pattern in MADE for path in sorted(docs.glob(pattern))]
    return {path.relative_to(docs).as_posix(): path.read_text(encoding="utf-8") for path in found}


def broken(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    """Changes of events that a reader of the old form would not survive; a removed event is one."""
    lines: list[str] = []
    for path in (path for path in old if path.endswith(".schema.json")):
        name = Path(path).name.removesuffix(".schema.json")
        if path not in new:
            lines.append(f"{name}: event removed")
        else:
            lines += [f"{name}{fault}" for fault in faults(json.loads(old[path]), json.loads(new[path]))]
    return lines


def main(arguments: Sequence[str], docs: Path = DOCS) -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.contracts")
    parser.add_argument("--check", action="store_true", help="write nothing; say what differs")
    parser.add_argument("--unreleased", action="store_true", help="nobody reads the old form yet: any change is fine")
    chosen = parser.parse_args(arguments)
    old, new = stored(docs), documents()
    bad = [] if chosen.unreleased else broken(old, contracts())
    differing = [path for path in sorted({*old, *new}) if old.get(path) != new.get(path)]
    for line in (*(f"not additive: {fault}" for fault in bad), *differing):
        print(line)
    if chosen.check or bad:
        return 1 if differing or bad else 0
    for path in differing:
        _write(docs / path, new.get(path))
    return 0


def _write(path: Path, text: str | None) -> None:
    if text is None:
        path.unlink()
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
