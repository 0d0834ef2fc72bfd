"""How a command ends: JSON for programs, short lines for people, one exit code; errors in words, never a traceback."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Coroutine, Iterable, Mapping
from typing import Any

from deploy.operator.installation import OperatorError
from deploy.operator.reporting_audit import NotAtRest
from shared.engine.ports import BrokerError, TransientError
from shared.web.problems import Problem


def run(work: Coroutine[Any, Any, int]) -> int:
    """The exit code of a command: its own, 1 when it could not do its work, 130 when a person broke it off."""
    try:
        return asyncio.run(work)
    except (OperatorError, NotAtRest) as error:
        return failed(str(error))
    except Problem as problem:
        return failed(f"{problem.code}: {problem.sentence}")
    except (TransientError, BrokerError) as error:
        return failed(f"a server does not answer ({type(error).__name__} {error}): is the stack up?")
    except (KeyboardInterrupt, asyncio.CancelledError):
        return 130


def failed(text: str) -> int:
    print(f"gelombang: {text}", file=sys.stderr)
    return 1


def tell(found: Any, as_json: bool, lines: Iterable[str] | None = None) -> None:
    """The result; without `lines` a person sees `name: value` per field, or one line per row."""
    if as_json:
        print(json.dumps(found, indent=1, ensure_ascii=False, default=str))
        return
    for line in lines if lines is not None else _lines(found):
        print(line)


def said(text: str, as_json: bool) -> None:
    """One line of something that goes on; seen at once, also through a pipe."""
    tell({"said": text} if as_json else text, as_json)
    sys.stdout.flush()


def _lines(found: Any) -> Iterable[str]:
    if isinstance(found, Mapping):
        return [f"{name}: {_short(value)}" for name, value in found.items()]
    if isinstance(found, list):
        return ["  ".join(_row(row)) for row in found] or ["nothing"]
    return [str(found)]


def _row(row: Any) -> Iterable[str]:
    if isinstance(row, Mapping):
        return [f"{name}={_short(value)}" for name, value in row.items()]
    return [str(row)]


def _short(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, dict | list) else str(value)
