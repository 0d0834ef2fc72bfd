"""One process of the embedded stack."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

START_SECONDS = 60


@dataclass(eq=False)
class Part:
    """One process of the stack; `port` is None for those that nobody calls."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    port: int | None = None
    health: str | None = None
    serves: Sequence[str] = ()
    """First parts of the paths that are its own."""
    process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *self.command, env={**os.environ, **self.environment}, stdout=log, stderr=log
            )

    async def stop(self) -> None:
        process = self.process
        if process and process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), 20)
            except TimeoutError:
                process.kill()
                await process.wait()

    async def until_ready(self) -> None:
        """Raises RuntimeError with the end of the log when it does not come up."""
        if not self.health:
            return
        async with httpx.AsyncClient() as client:
            for _ in range(START_SECONDS * 5):
                if self.process and self.process.returncode is not None:
                    break
                try:
                    if (await client.get(f"http://127.0.0.1:{self.port}{self.health}")).status_code == 200:
                        return
                except httpx.HTTPError:
                    await asyncio.sleep(0)
                await asyncio.sleep(0.2)
        tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
        raise RuntimeError(f"{self.name} did not become ready:\n{tail}")
