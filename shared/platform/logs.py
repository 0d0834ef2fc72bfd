"""Structured logs, with a last guard: nothing that looks like a NIK, KK or account number leaves the process."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

_LONG_NUMBER = re.compile(r"\d{10,}")
_MASK = "••••"


def mask_numbers(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The second line of defence: personal data are sealed before they get here; a slip is masked."""
    return {key: value if key.startswith("_") else _masked(value) for key, value in event.items()}


def _masked(value: Any) -> Any:
    """Plain data of the same shape; anything else as the text that a log would show of it."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return _MASK if abs(value) >= 10**10 else value
    if isinstance(value, Mapping):
        return {_masked(key): _masked(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(each) for each in value]
    return _LONG_NUMBER.sub(_MASK, str(value))


def configure_logs(service: str, as_json: bool) -> None:
    """Our own lines through structlog; libraries' warnings as lines of the same shape."""
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False) if as_json else structlog.dev.ConsoleRenderer()
    )
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        mask_numbers,
    ]
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )
    structlog.contextvars.bind_contextvars(service=service)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[_stripped, renderer])
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


def _stripped(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return structlog.stdlib.ProcessorFormatter.remove_processors_meta(logger, method, event)
