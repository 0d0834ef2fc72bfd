"""Reads the data that ship with the service: rule sets, regions and the questions of the test."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.registration.domain.joining import Questions
from services.registration.domain.places import Places, places
from services.registration.domain.rules import RuleMissing, RuleSet, rule_set

SHIPPED = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Reference:
    """All of it, read once at start. Whatever is wrong in a file stops the start with its name."""

    rules: RuleSet
    """The rule set that decides on new applications."""
    rulebook: Mapping[str, RuleSet]
    """Every rule set by name: an application is decided under the one it came in with."""
    places: Places
    questions: Questions
    test: Mapping[str, Any]
    """The question file as people see it."""

    def rules_of(self, name: str) -> RuleSet:
        """The named rule set, or the current one when it is no longer shipped."""
        return self.rulebook.get(name, self.rules)


def read_reference(rule_set_name: str, city: str, folder: Path = SHIPPED) -> Reference:
    """Raises RuleMissing when a rule file lacks a value, or the named rule set is not there."""
    files = [path.read_bytes() for path in sorted(folder.glob("programme_rules_*.json"))]
    sets = [rule_set(json.loads(raw), hashlib.sha256(raw).hexdigest()) for raw in files]
    rulebook = {each.rule_set: each for each in sets}
    if rule_set_name not in rulebook:
        raise RuleMissing(f"rule set {rule_set_name}")
    with (folder / "regions.csv").open(encoding="utf-8", newline="") as lines:
        rows = [(row["kemendagri_code"], row["level"], row["name"]) for row in csv.DictReader(lines)]
    test = json.loads((folder / "test_questions.json").read_text(encoding="utf-8"))
    choices = {each["code"]: frozenset(each["choices"]) for each in test["questions"]}
    return Reference(rulebook[rule_set_name], rulebook, places(rows, city), Questions(test["version"], choices), test)
