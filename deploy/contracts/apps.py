"""The four services as apps that are never started: their doors and reactions can be read, nothing is connected."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from fastapi import FastAPI

from services.incentive import app as incentive
from services.incentive.settings import IncentiveSettings
from services.notification import app as notification
from services.notification.settings import NotificationSettings
from services.registration import app as registration
from services.registration.settings import RegistrationSettings
from services.reporting import app as reporting
from services.reporting.settings import ReportingSettings
from shared.engine.service import Ports
from shared.platform.clock import SystemClock
from shared.platform.metrics import EngineMetrics
from shared.security.accounts import Accounts
from shared.security.vault import RecordSeal, Vault

NO_SERVER = cast(Any, object())
"""Stands where database and broker would: whoever asks it for anything learns at once that it is none."""


def _ports(name: str) -> Ports:
    seal, metrics = RecordSeal(bytes(32)), EngineMetrics(name)
    return Ports(
        database=NO_SERVER, broker=NO_SERVER, clock=SystemClock(), seal=seal.seal, unseal=seal.unseal, metrics=metrics
    )


def apps() -> Mapping[str, FastAPI]:
    """Service -> app, with the settings' own defaults."""
    vault, accounts = Vault(NO_SERVER, bytes(32), bytes(32)), Accounts(NO_SERVER, SystemClock())
    builds: Mapping[str, Callable[[Ports], FastAPI]] = {
        "registration": lambda ports: registration.build(RegistrationSettings(), ports, vault, accounts),
        "incentive": lambda ports: incentive.build(IncentiveSettings(), ports, vault, accounts),
        "notification": lambda ports: notification.build(NotificationSettings(), ports, vault, accounts),
        "reporting": lambda ports: reporting.build(ReportingSettings(), ports, accounts),
    }
    return {name: build(_ports(name)) for name, build in builds.items()}
