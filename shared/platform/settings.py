"""Settings every service has. Each is an environment variable GELOMBANG_<NAME>; secrets come as files."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class CommonSettings(BaseSettings):
    """Where the servers are and who this process is. Defaults are those of a bare machine, on loopback."""

    model_config = SettingsConfigDict(env_prefix="GELOMBANG_", extra="ignore", frozen=True)

    kafka: str = "127.0.0.1:9092"
    """Bootstrap address of the brokers."""

    kafka_user: str | None = None
    """SCRAM user; empty for a broker without sign-in."""

    kafka_password_file: Path | None = None
    kafka_stand_in: bool = False
    """The broker is the embedded stand-in (tansu), whose habits the Kafka adapter then allows for."""

    mongo: str = "mongodb://127.0.0.1:27017/?directConnection=true"
    """Connection string; `{password}` in it is replaced by the content of mongo_password_file."""

    mongo_password_file: Path | None = None
    master_key_file: Path = Path("run/secrets/master.key")
    """Wraps the keys of persons. Never in a backup beside the data."""

    index_key_file: Path = Path("run/secrets/index.key")
    """Keys the blind indexes of NIK, KK, phones and accounts."""

    records_key_file: Path = Path("run/secrets/records.key")
    """Seals whole records in dead letters."""

    http_host: str = "127.0.0.1"
    http_port: int = Field(8080, ge=1, le=65535)
    root_path: str = ""
    """Prefix under which a proxy shows this service."""

    state_dir: Path = Path("run")
    """Files this process may write (messages, flyers, sheets being read)."""

    doors_only: bool = False
    """This process answers callers and nothing else: another one of the service hears, tells and works."""

    topic_prefix: str = "gelombang."
    database_prefix: str = ""
    clock_file: Path | None = None
    """Programme time of the demo; empty = real time."""

    otlp_endpoint: str = ""
    """Full OTLP/HTTP address of a trace collector, `http://collector:4318/v1/traces`; empty = no trace leaves."""

    log_json: bool = True
    """One JSON object per line, for machines; false = for a person at a terminal."""

    def mongo_uri(self) -> str:
        return self.mongo.replace("{password}", quote(secret_text(self.mongo_password_file), safe=""))


def secret_text(path: Path | None) -> str:
    """The content of a secret file, or nothing when none is set."""
    return path.read_text().strip() if path else ""
