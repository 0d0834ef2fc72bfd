"""A server as a child process: started when it answers, stopped, killed, paused, restarted on the same port.

Bound to no event loop: a server started in one loop may be stopped or paused from another.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import IO, ClassVar

START_SECONDS = 60.0
STOP_SECONDS = 20.0


class ServerFailed(Exception):
    """The server ended or did not answer in time; the text ends with the last lines of its log."""


class NotYet(Exception):
    """The server does not answer yet; asking again is right."""


class Server(ABC):
    """Folder: its log and its data, nobody else's. Start it from a thread that outlives it (see `_with_parent`)."""

    kind: ClassVar[str]

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self.folder = folder
        self.port = port or free_port()
        self.log = folder / f"{self.kind}.log"
        self.data = folder / "data"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def title(self) -> str:
        """Name and version, for people."""

    @abstractmethod
    def _command(self) -> Sequence[str]: ...

    @abstractmethod
    async def _ask(self) -> None:
        """Ask what only a working server answers; raises NotYet or OSError while it does not."""

    def _prepare(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)

    @property
    def pid(self) -> int | None:
        """None while it does not run."""
        return self._process.pid if self._process and self._process.poll() is None else None

    async def start(self) -> None:
        """Return when it answers, on the same port and data as before. Raises ServerFailed."""
        if not _is_free(self.port):
            # Else the answer of whoever listens there would pass for ours.
            raise ServerFailed(f"{self.title} cannot start: port {self.port} is in use")
        await asyncio.to_thread(self._prepare)
        with self.log.open("ab") as log:
            self._process = _spawn([*_with_parent(), *self._command()], log, self.folder)
        try:
            await asyncio.wait_for(self._answering(), START_SECONDS)
        except TimeoutError:
            await self.kill()
            raise self.failure("did not answer") from None

    async def _answering(self) -> None:
        while True:
            if self.pid is None:
                raise self.failure("ended while starting")
            with contextlib.suppress(OSError, NotYet):
                await _connect(self.port)
                await self._ask()
                return
            await asyncio.sleep(0.05)

    async def stop(self) -> None:
        """Ask it to end; end it by force when it does not."""
        if self._process and self.pid:
            self.resume()
            self._process.terminate()
            try:
                await asyncio.to_thread(self._process.wait, STOP_SECONDS)
            except subprocess.TimeoutExpired:
                await self.kill()

    async def kill(self) -> None:
        """As a crash does: nothing is closed, nothing is flushed."""
        if self._process:
            self._process.kill()
            await asyncio.to_thread(self._process.wait)

    async def restart(self, *, wipe: bool = False) -> None:
        """The same port; `wipe` loses all data first."""
        await self.stop()
        if wipe:
            await asyncio.to_thread(shutil.rmtree, self.data, ignore_errors=True)
        await self.start()

    def pause(self) -> None:
        """Alive and connected, but answering nothing."""
        if self._process:
            self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        if self._process:
            self._process.send_signal(signal.SIGCONT)

    def failure(self, what: str) -> ServerFailed:
        lines = self.log.read_text(errors="replace").splitlines()[-15:]
        return ServerFailed(f"{self.title} on port {self.port} {what}:\n" + "\n".join(lines))


def free_port() -> int:
    """A free loopback port below the range the kernel deals out.

    In that range a client that redials a stopped server can be given the server's port as its own: the restart fails.
    """
    while True:
        port = 10_000 + secrets.randbelow(20_000)
        if _is_free(port):
            return port


def peak_megabytes(pid: int) -> int | None:
    """Most memory a process ever held (resident), rounded up; None where there is no /proc or no such process."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return None
    held = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    return -(-int(held.group(1)) // 1024) if held else None


def processor_seconds(pid: int) -> float | None:
    """Time of processors that a process has used so far; None where there is no /proc or no such process."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do: connections of a former server that are still closing do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


async def _connect(port: int) -> None:
    """Cheaper than a client, and silent while nobody listens."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()
    await writer.wait_closed()


def _spawn(command: Sequence[str], log: IO[bytes], folder: Path) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C reaches only us, and we stop the servers last.
    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder, start_new_session=True
    )


def _with_parent() -> Sequence[str]:
    """On Linux the kernel ends the child when the thread that started it ends: no server is left behind by a crash."""
    setpriv = shutil.which("setpriv") if sys.platform == "linux" else None
    return (setpriv, "--pdeathsig", "KILL") if setpriv else ()
