"""`gelombang up`: the embedded stack until Ctrl-C, with its address and the first account said once."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

from deploy.embedded import Stack, embedded, where
from deploy.operator.installation import OperatorError, installation
from deploy.servers import Kafka

LOOK_SECONDS = 2.0


async def up(
    folder: Path,
    *,
    port: int,
    kafka: bool,
    simulators: bool,
    one_process: bool = False,
    doors: Sequence[str] = (),
    say: Callable[[str], None] = print,
) -> int:
    """Run until interrupted; `folder` is absolute, since the parts find their files by it.

    Raises OperatorError when Apache Kafka was asked for and is not fetched, or when the choices exclude each other.
    """
    if one_process and doors:
        raise OperatorError("--one-process puts the services together and --doors sets them apart: take one of the two")
    if kafka and not Kafka.fetched():
        raise OperatorError("Apache Kafka is not here: run `make kafka` first (it needs Java), or leave --kafka out")
    _end_once(say)
    with contextlib.suppress(asyncio.CancelledError):  # the normal end: a person or the machine asked for it
        async with embedded(
            folder, port=port, kafka=kafka, simulators=simulators, one_process=one_process, doors=doors
        ) as stack:
            where(stack)
            await _first_account(folder, say)
            titles = f"{stack.broker.title} and {stack.database.title}"
            say(f"Gelombang runs at {stack.address} on {titles}; Ctrl-C ends it")
            await _keep_pids_true(stack)
    return 0


def _end_once(say: Callable[[str], None]) -> None:
    """Ctrl-C and SIGTERM end the stack in order: services drain, servers stop, nothing is left behind.

    Only the first one counts. The front door's server raises each signal once more when it has closed, and a second
    cancellation would break off the stopping of the services.
    """
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None
    seen: list[bool] = []

    def end() -> None:
        if not seen:
            seen.append(True)
            say("Ending; services finish what they are doing, which takes up to 20 seconds")
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end)


async def _first_account(folder: Path, say: Callable[[str], None]) -> None:
    async with installation(folder) as found:
        made = await found.accounts().ensure_first()
    if made:
        username, password = made
        say(f"First account: {username}, one-time password {password} (shown once; change it at the first sign-in)")


async def _keep_pids_true(stack: Stack) -> None:
    """A service that died has another number after it was started again, and restore asks who is alive."""
    known = _pids(stack)
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        if (now := _pids(stack)) != known:
            where(stack)
            known = now


def _pids(stack: Stack) -> list[int | None]:
    return [part.process.pid if part.process else None for part in stack.parts.values()]
