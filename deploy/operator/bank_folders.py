"""The folders of banks in a backup: the register of what was given to each bank, and the files to and from it.

A copy is taken after the databases, so that it is never older than they are. A restore leaves these folders alone:
what lies in an outbox of yesterday may have been carried since, and a file that is put back is a second payment.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import stat
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from deploy.operator.installation import PREFIX, OperatorError
from services.incentive.adapters.bank_files import BanksWrong, read_bank_file

DIRECTORY = f"{PREFIX}BANKS_DIRECTORY"
REGISTER = "register.sqlite3"
PARTS = ("staging", "outbox", "inbox", "taken", "rejected")
"""In this order: a file on its way from `staging` to `outbox` is then in one of them, or in both under one name."""


def folders_of(environment: Mapping[str, str]) -> dict[str, Path]:
    """Name of a bank's file -> its folder. Raises OperatorError for a file that is not right."""
    directory = environment.get(DIRECTORY, "")
    try:
        files = (
            {path.stem: read_bank_file(path) for path in sorted(Path(directory).glob("*.json"))} if directory else {}
        )
    except BanksWrong as wrong:
        raise OperatorError(f"a bank's file is not right: {wrong}") from None
    return {name: file.folder for name, file in files.items() if file.folder}


def copied(folder: Path, target: Path) -> dict[str, str]:
    """Copy one bank's folder; returns path below `target` -> SHA-256. A folder that is not there yet has no files."""
    target.mkdir(parents=True, mode=0o700)
    written: dict[str, str] = {}
    if (folder / REGISTER).is_file():
        _register(folder / REGISTER, target / REGISTER)
        written[REGISTER] = _closed(target / REGISTER)
    for part in PARTS:
        for path in sorted((folder / part).glob("*")):
            to = target / part / path.name
            if not path.name.startswith(".") and _copy(path, to):
                written[f"{part}/{path.name}"] = _closed(to)
    return written


def _register(path: Path, to: Path) -> None:
    """As it is at one moment, while the service goes on writing."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as source, closing(sqlite3.connect(to)) as copy:
        source.backup(copy)


def _copy(path: Path, to: Path) -> bool:
    """False for what was carried away meanwhile, and for what is no file."""
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return False
        to.parent.mkdir(mode=0o700, exist_ok=True)
        shutil.copyfile(path, to, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _closed(path: Path) -> str:
    """On the disk and readable by its owner alone; its hash."""
    path.chmod(0o600)
    with path.open("rb") as file:
        os.fsync(file.fileno())
        return hashlib.file_digest(file, "sha256").hexdigest()
