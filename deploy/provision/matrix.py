"""Who may do what on the brokers and in the databases. What is not said here is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from deploy.topics import PREFIX, of_service, partner_topic

SERVICES = ("registration", "incentive", "notification", "reporting")
VAULT = "vault"
ACCESS = "access"
"""Accounts of the office and who is signed in: every service lets its own staff in."""


@dataclass(frozen=True, slots=True)
class Rights:
    """`hears` names services. `databases` gives a role for each; a service's own is in it too."""

    hears: tuple[str, ...] = ()
    tells: bool = True
    hears_partners: bool = False
    tells_as_partner: bool = False
    databases: Mapping[str, str] = field(default_factory=dict)


MATRIX = {
    "registration": Rights(
        # The only one that makes and erases the keys of persons.
        hears=("incentive",),
        databases={"registration": "readWrite", VAULT: "readWrite", ACCESS: "readWrite"},
    ),
    "incentive": Rights(
        hears=("registration",),
        hears_partners=True,
        databases={"incentive": "readWrite", VAULT: "read", ACCESS: "readWrite"},
    ),
    "notification": Rights(
        hears=("registration", "incentive"), databases={"notification": "readWrite", VAULT: "read", ACCESS: "readWrite"}
    ),
    # Shows nobody's identity, so it may read no key.
    "reporting": Rights(
        hears=("registration", "incentive", "notification"), databases={"reporting": "readWrite", ACCESS: "readWrite"}
    ),
    # The course platforms of the demo. A real platform gets a name of its own, with the same line.
    "simulators": Rights(tells=False, tells_as_partner=True),
}


class Resource(IntEnum):
    """Numbers of Kafka's protocol."""

    TOPIC = 2
    GROUP = 3


class Operation(IntEnum):
    """READ and WRITE include DESCRIBE."""

    READ = 3
    WRITE = 4


@dataclass(frozen=True, slots=True)
class Grant:
    """One line of the brokers' access list."""

    user: str
    resource: Resource
    name: str
    operation: Operation


def grants(prefix: str = PREFIX) -> Iterator[Grant]:
    for user, rights in MATRIX.items():
        yield from _topic_grants(user, rights, prefix)
        if rights.hears or rights.hears_partners:
            yield Grant(user, Resource.GROUP, f"{prefix}{user}", Operation.READ)


def _topic_grants(user: str, rights: Rights, prefix: str) -> Iterator[Grant]:
    heard = [of_service(service, prefix) for service in rights.hears]
    told = []
    if rights.tells:
        told.append(of_service(user, prefix))
        heard.append(of_service(user, prefix))  # the relay checks that what it published is still there
    if rights.hears_partners:
        heard.append(partner_topic(prefix))
    if rights.tells_as_partner:
        told.append(partner_topic(prefix))
    for operation, names in ((Operation.READ, heard), (Operation.WRITE, told)):
        for name in names:
            yield Grant(user, Resource.TOPIC, name, operation)
