"""docker-compose.yml as the tests read it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

from deploy.servers import ROOT

Service = dict[str, Any]


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return loaded


def services() -> dict[str, Service]:
    found: dict[str, Service] = compose()["services"]
    return found


def interpolated(text: str) -> str:
    """With the defaults, as when none of the variables is set."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text)


def environment(name: str, moved: Mapping[str, str]) -> dict[str, str]:
    """What the container of this service is told, with addresses and folders that lie elsewhere here."""
    told = {key: interpolated(str(value)) for key, value in services()[name]["environment"].items()}
    for here, there in moved.items():
        told = {key: value.replace(here, there) for key, value in told.items()}
    return told
