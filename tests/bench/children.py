"""The processes of a bench, as its main process sees them."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from deploy.processes import free_port

ANSWER_SECONDS = 120
ROOT = Path(__file__).resolve().parents[2]
LONG_LINE = 64 * 2**20


class Child:
    """One side in a process of its own; `port` is where it serves HTTP, if it does."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self._process, self.port = process, port

    async def answer(self) -> Any:
        assert self._process.stdout
        line = await asyncio.wait_for(self._process.stdout.readline(), ANSWER_SECONDS)
        if not line:
            raise RuntimeError("a process of the bench ended; its last words are above")
        return json.loads(line)

    async def ask(self, do: str, **arguments: Any) -> Any:
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"do": do, **arguments}).encode() + b"\n")
        return await self.answer()

    async def serving(self) -> None:
        """Return when its port is open: uvicorn opens it after the service has started."""
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return


@asynccontextmanager
async def child(role: str, settings: Mapping[str, Any], memory: dict[str, float]) -> AsyncIterator[Child]:
    """Runs while the block does; then `memory` has its peak."""
    port = free_port()
    command = (sys.executable, "-m", "tests.bench.process", role, json.dumps({**settings, "port": port}))
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, cwd=ROOT, limit=LONG_LINE)
    try:
        made = Child(process, port)
        await made.answer()
        yield made
        memory[role] = max(memory.get(role, 0.0), await made.ask("memory"))
    finally:
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), 10)
        except TimeoutError:
            process.kill()
            await process.wait()
