"""What a person sees while the demo runs: bars on a terminal, plain lines elsewhere; and how long each step took."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

Tell = Callable[[int, int], None]
"""How far a step is: so many are done, of so many."""
Step = Callable[[Tell], Awaitable[Any]]
LINE_SECONDS = 5.0
"""Between two plain lines of one step."""


@dataclass
class Steps:
    """Tells a person what is going on, and remembers how long each step took."""

    console: Console
    began: float = field(default_factory=time.monotonic)
    seconds: dict[str, float] = field(default_factory=dict)

    async def do(self, title: str, step: Awaitable[Any]) -> Any:
        """A step without a count."""
        with self.console.status(title):
            return await self._timed(title, step)

    def say(self, text: str) -> None:
        """What a step found out, as soon as it did."""
        self.console.print(f"  {text}", highlight=False)

    async def count(self, title: str, step: Step) -> Any:
        """A step that says how far it is, in numbers that come from the services."""
        with self._bar(title) if self.console.is_terminal else self._lines(title) as tell:
            return await self._timed(title, step(tell))

    async def _timed(self, title: str, step: Awaitable[Any]) -> Any:
        begun = time.monotonic()
        result = await step
        self.seconds[title] = round(time.monotonic() - begun, 1)
        self.console.print(f"[green]✓[/] {title} [dim]{self.seconds[title]:.1f} s[/]")
        return result

    @contextmanager
    def _bar(self, title: str) -> Iterator[Tell]:
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, TimeElapsedColumn(), console=self.console, transient=True) as progress:
            task = progress.add_task(title, total=None)
            yield lambda done, of: progress.update(task, completed=done, total=of)

    @contextmanager
    def _lines(self, title: str) -> Iterator[Tell]:
        last = time.monotonic()

        def tell(done: int, of: int) -> None:
            nonlocal last
            if time.monotonic() - last >= LINE_SECONDS:
                last = time.monotonic()
                self.console.print(f"  {title}: {done:,} of {of:,}", highlight=False)

        yield tell
