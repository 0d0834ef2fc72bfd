"""`gelombang staff`: accounts of the office. The command line's own account is nobody's to change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast, get_args

from deploy.operator.installation import OperatorError
from shared.security.accounts import OPERATOR, Accounts, Role


async def add(accounts: Accounts, username: str, name: str, roles: Sequence[str]) -> dict[str, Any]:
    """Returns the one-time password, which is shown nowhere else."""
    _check(username)
    unknown = set(roles) - set(get_args(Role))
    if unknown:
        raise OperatorError(f"unknown role: {', '.join(sorted(unknown))}. Roles are {', '.join(get_args(Role))}")
    password = await accounts.add(username, name, cast("Sequence[Role]", roles))
    return {"username": username, "roles": list(roles), "one_time_password": password}


async def disable(accounts: Accounts, username: str) -> dict[str, Any]:
    _check(username)
    await accounts.disable(username)
    return {"username": username, "disabled": True}


async def reset(accounts: Accounts, username: str) -> dict[str, Any]:
    _check(username)
    return {"username": username, "one_time_password": await accounts.reset(username)}


async def listed(accounts: Accounts) -> list[dict[str, Any]]:
    found = await accounts.listed()
    return [{"username": account.pop("_id"), **account} for account in found if account["_id"] != OPERATOR]


def _check(username: str) -> None:
    if username == OPERATOR:
        raise OperatorError(f"`{OPERATOR}` is the command line's own account: choose another name")
