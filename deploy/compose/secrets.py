"""`python -m deploy.compose.secrets <folder>`: every secret of the installation, made once, and given out.

`<folder>/secrets` keeps the originals for root alone; each holder's folder gets copies that its user alone can
read. What exists is never made anew; a holder's folder that was lost or changed is filled again. Only the course
platforms are the office's to change: `<folder>/given/partners.json`, when it is there, takes the place of the known;
so do their signed lists of withdrawn badges in `<folder>/given/status_lists`.
"""

from __future__ import annotations

import base64
import os
import secrets
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from deploy.provision.matrix import MATRIX, SERVICES, VAULT

USERS = {
    "kafka": 1000,
    "mongo": 999,
    "provision": 10000,
    "registration": 10001,
    "incentive": 10002,
    "notification": 10003,
    "reporting": 10004,
    "simulators": 10005,
    "proxy": 10006,
    "border": 10007,
}
"""The same numbers as in docker-compose.yml; kafka's and mongo's are those of their images."""

PARTNERS = "partners.json"
STATUS_LISTS = "status_lists"
WITH_STATE = ("proxy", "registration", "incentive", "notification", "reporting")


def password() -> str:
    return secrets.token_urlsafe(32)


def key() -> str:
    """256 bits as 64 hexadecimal digits."""
    return secrets.token_hex(32)


def keyfile() -> str:
    """What members of a MongoDB replica set know each other by."""
    return base64.b64encode(secrets.token_bytes(512)).decode()


def cluster_id() -> str:
    return secrets.token_urlsafe(16)


def nobody() -> str:
    """No course platform is trusted before the office names one."""
    return "[]\n"


def makers() -> Mapping[str, Callable[[], str]]:
    """Every secret, and how it is made."""
    users = {f"kafka-{user}": password for user in MATRIX}
    databases = {f"mongo-{user}": password for user, rights in MATRIX.items() if rights.databases}
    return {
        **users,
        **databases,
        "kafka-admin": password,
        "kafka-controller": password,
        "kafka-cluster-id": cluster_id,
        "mongo-root": password,
        "mongo-keyfile": keyfile,
        "master-key": key,
        "index-key": key,
        "records-key": key,
        "bank-notice": password,
        PARTNERS: nobody,
    }


def holders() -> Mapping[str, frozenset[str]]:
    """Which secrets each container sees: its own and no more."""
    every = makers()
    to_give = {name for name in every if name.removeprefix("kafka-").removeprefix("mongo-") in MATRIX}
    known = {
        "kafka": {"kafka-admin", "kafka-controller", "kafka-cluster-id"},
        "mongo": {"mongo-root", "mongo-keyfile"},
        "provision": {"kafka-admin", "mongo-root", *to_give},
        "border": {"kafka-incentive", "mongo-incentive", "records-key", PARTNERS},
    }
    for user, rights in MATRIX.items():
        keys = {"master-key", "index-key"} if VAULT in rights.databases else set()
        records = {"records-key"} if user in SERVICES else set()
        known[user] = keys | records | ({f"kafka-{user}", f"mongo-{user}"} & set(every))
    known["incentive"] |= {PARTNERS, "bank-notice"}
    known["simulators"] |= {"bank-notice"}  # the bank that pretends signs with it
    return {holder: frozenset(names) for holder, names in known.items()}


Give = Callable[[Path, int, int], None]


def write(path: Path, text: str, user: int, give: Give) -> None:
    """Whole or not at all, readable by `user` alone; a running container keeps what it has open."""
    new = path.with_name(f".{path.name}")
    new.unlink(missing_ok=True)
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    give(new, user, user)
    new.replace(path)


def settle(folder: Path) -> None:
    """A master key that a power cut takes back would take with it all that was sealed meanwhile."""
    descriptor = os.open(folder, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def give_status_lists(folder: Path, give: Give) -> None:
    """Lists are no secrets; they lie beside the file of partners because who reads the one reads the others."""
    for path in sorted((folder / "given" / STATUS_LISTS).glob("*.json")):
        for holder, names in holders().items():
            if PARTNERS in names:
                (folder / holder / STATUS_LISTS).mkdir(exist_ok=True)
                write(folder / holder / STATUS_LISTS / path.name, path.read_text(), USERS[holder], give)


def main(folder: Path, give: Give = os.chown) -> None:
    originals = folder / "secrets"
    given = folder / "given" / PARTNERS
    if given.exists():
        write(originals / PARTNERS, given.read_text(), os.getuid(), give)
    for name, make in makers().items():
        if not (originals / name).exists():
            write(originals / name, make(), os.getuid(), give)
    settle(originals)
    for holder, names in holders().items():
        for name in names:
            write(folder / holder / name, (originals / name).read_text(), USERS[holder], give)
    give_status_lists(folder, give)
    for holder in WITH_STATE:
        give(folder / f"state-{holder}", USERS[holder], USERS[holder])
    print(f"{len(makers())} secrets for {len(holders())} holders")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
