"""The table of all commands of registration."""

from __future__ import annotations

from collections.abc import Mapping

from services.registration.api.office_rules import OFFICE
from services.registration.api.person_rules import PERSON
from services.registration.api.wave_rules import WAVES
from shared.engine.rules import Rule

COMMANDS: Mapping[type, Rule] = {**PERSON, **OFFICE, **WAVES}
