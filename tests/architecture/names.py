"""The same names in every service: who knows one service knows where to look in the next."""

from __future__ import annotations

from collections.abc import Mapping

NEEDED = {"__init__.py", "__main__.py", "app.py", "settings.py", "store.py", "domain"}
"""Without these it is no service."""

COMMON = NEEDED | {
    "README.md",  # half a page: events in and out, collections, settings
    "reactions.py",  # all it reacts to
    "api",  # the outside door, or api.py while it is small
    "api.py",
    "commands.py",  # command -> rule, where the door does not hold the table
    "effects.py",
    "schedule.py",
    "reference.py",  # reads data/
    "data",
    "adapters",
    "pages",
}

SPECIAL: Mapping[str, set[str]] = {
    "registration": {"states.py", "watching.py", "world.py"},
    "incentive": {
        "account_rules.py",
        "border.py",
        "border_process.py",
        "catalogue_rules.py",
        "catalogue_store.py",
        "catalogue_watch.py",
        "claim_rules.py",
        "claim_store.py",
        "delay_store.py",
        "money_proof.py",
        "money_rules.py",
        "money_store.py",
        "partner_watch.py",
        "statement_rules.py",
        "wiring.py",
    },
    "notification": {"publishing.py", "standing.py", "unpacking.py", "unpacking_money.py"},
    "reporting": set(),
}
"""Names that one service alone has. A new one needs a reason that its module docstring gives."""
