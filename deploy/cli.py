"""`gelombang`: the command line of an installation. It names the commands; what each does lies in deploy/operator.

Every command takes `--folder` (where `gelombang up` keeps its files) and `--json`.
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

from deploy.draw_cli import draw
from deploy.operator import audit as auditing
from deploy.operator import backup as backups
from deploy.operator import letters as dead_letters
from deploy.operator import offline, rebuild, running, staff, topics
from deploy.operator import restore as restoring
from deploy.operator import status as statuses
from deploy.operator.bank_folders import folders_of
from deploy.operator.installation import Installation, installation
from deploy.operator.reporting_audit import REPORTING
from deploy.operator.terminal import run, said, tell
from deploy.partner_cli import partner
from deploy.provision.matrix import MATRIX

Folder = Annotated[Path, Parameter(help="Where `gelombang up` keeps its files.")]
Json = Annotated[bool, Parameter(name="--json", negative="", help="One JSON document instead of lines.")]
Service = Literal["registration", "incentive", "notification", "reporting"]
Told = Literal["registration", "incentive", "notification"]
State = Literal["waiting", "replayed", "discarded"]
RUN = Path("run")
HEARING_SECONDS = 600.0

app = App(name="gelombang", help="Run and look after an installation of Gelombang.", result_action="return_value")
letters = App(name="dead-letters", help="Records that could not be taken.")
restore = App(name="restore", help="Load a backup, and end the quarantine that follows.")
topic = App(name="topics", help="The topics on which the services tell what happened.")
people = App(name="staff", help="Accounts of the office.")
for part in (letters, restore, topic, people, draw, partner):
    app.command(part)


def _with(folder: Path, as_json: bool, work: Callable[[Installation], Awaitable[Any]]) -> int:
    """Do one thing with the installation and tell its result."""

    async def done() -> int:
        async with installation(folder) as found:
            tell(await work(found), as_json)
        return 0

    return run(done())


@app.command
def up(
    *,
    port: int = 8080,
    kafka: bool = False,
    simulators: bool = False,
    one_process: bool = False,
    doors: tuple[Service, ...] = (),
    folder: Folder = RUN,
    json: Json = False,
) -> int:
    """Run everything on this machine until Ctrl-C. `--kafka` takes Apache Kafka, which `make kafka` fetches.
    `--doors incentive` lets a process of its own answer that service's callers."""
    place, say = folder.resolve(), partial(said, as_json=json)
    return run(
        running.up(place, port=port, kafka=kafka, simulators=simulators, one_process=one_process, doors=doors, say=say)
    )


@app.command
def demo(*, n: int = 14_569, kafka: bool = False) -> int:
    """The scenario "Medan 2020" from the first form to the last incentive; writes out/demo/summary.json."""
    from deploy.demo.run import run_demo  # it needs the embedded servers, which other commands do not

    return run_demo(n, kafka)


@app.command
def status(*, folder: Folder = RUN, json: Json = False) -> int:
    """What runs, what waits, what a person must look at."""

    async def work() -> int:
        async with installation(folder) as found:
            seen = await statuses.status(found)
        tell(seen, json, statuses.lines(seen))
        return 0 if all(each["health"] == "ready" for each in seen["services"].values()) else 1

    return run(work())


@app.command
def audit(*, folder: Folder = RUN, json: Json = False) -> int:
    """Check every invariant; exit code 1 and the first offenders' ids when one does not hold."""

    async def work() -> int:
        async with installation(folder) as found:
            result = await auditing.run(auditing.audited_of(found))
        tell(result.plain(), json, auditing.lines(result))
        return 0 if result.clean else 1

    return run(work())


@letters.command(name="list")
def list_letters(
    service: Service | None = None, *, state: State = "waiting", folder: Folder = RUN, json: Json = False
) -> int:
    """Letters of one service or of all: reason, type, topic and time, no content."""

    async def work(found: Installation) -> Any:
        async with found.client("secretariat") as client:
            return await dead_letters.listed(client, [service] if service else list(found.databases()), state)

    return _with(folder, json, work)


def _on_letter(folder: Path, as_json: bool, act: Callable[..., Awaitable[Any]], *what: str) -> int:
    async def work(found: Installation) -> Any:
        async with found.client("secretariat") as client:
            return await act(client, *what)

    return _with(folder, as_json, work)


@letters.command
def show(service: Service, id: str, *, folder: Folder = RUN, json: Json = False) -> int:
    """One letter, masked: names and sizes of its headers."""
    return _on_letter(folder, json, dead_letters.show, service, id)


@letters.command
def replay(service: Told, id: str, *, folder: Folder = RUN, json: Json = False) -> int:
    """Take the letter and what waits behind it again, in order, until one fails."""
    return _on_letter(folder, json, dead_letters.replay, service, id)


@letters.command
def discard(service: Service, id: str, reason: str, *, folder: Folder = RUN, json: Json = False) -> int:
    """Give one letter up for good; the reason is kept with it."""
    return _on_letter(folder, json, dead_letters.discard, service, id, reason)


@app.command(name="rebuild")
def rebuild_(*, folder: Folder = RUN, json: Json = False) -> int:
    """Build reporting's projections again from the topics, and wait until it has heard everything."""

    async def work(found: Installation) -> Any:
        prefix, hears = found.settings.topic_prefix, MATRIX[REPORTING].hears
        sources = {name: found.databases()[name] for name in hears}
        live = found.database(REPORTING)
        await rebuild.start(live, hears, prefix)
        return await rebuild.finished(live, sources, prefix, HEARING_SECONDS)

    return _with(folder, json, work)


@app.command
def backup(target: Path, *, folder: Folder = RUN, json: Json = False) -> int:
    """Write all databases to a new folder. The secrets are not in it: keep them elsewhere."""

    async def work() -> int:
        async with offline.with_database(folder) as found:
            banks = folders_of(found.environment)
            manifest = await backups.backup(found, target, found.settings.master_key_file, banks)
        tell(manifest, json, backups.lines(manifest, target))
        return 0

    return run(work())


@restore.default
def load(source: Path, *, folder: Folder = RUN, json: Json = False) -> int:
    """Load a backup while no service runs. Afterwards nothing is paid or sent until `restore confirm`."""

    async def work() -> int:
        async with offline.with_database(folder) as found:
            prefix, key = found.settings.topic_prefix, found.settings.master_key_file
            tell(await restoring.restore(found, source, key, prefix, await found.running()), json)
        return 0

    return run(work())


@restore.command
def confirm(service: Told, *, folder: Folder = RUN, json: Json = False) -> int:
    """Bank and providers were reconciled with: this service pays and sends again."""
    return _with(folder, json, lambda found: restoring.confirm(found.database(service), service))


@topic.command(name="list")
def list_topics(*, folder: Folder = RUN, json: Json = False) -> int:
    """Each topic with its records, and how many facts the journal holds for it."""
    return _with(folder, json, topics.listed)


@topic.command
def create(*, folder: Folder = RUN, json: Json = False) -> int:
    """Make what is missing; safe to repeat."""
    return _with(folder, json, topics.create)


@topic.command
def republish(service: Told, *, folder: Folder = RUN, json: Json = False) -> int:
    """Send a service's whole journal again; listeners skip what they know."""
    return _with(folder, json, lambda found: topics.republish(found, service))


@people.command
def add(username: str, name: str, *roles: str, folder: Folder = RUN, json: Json = False) -> int:
    """Make an account; prints its one-time password. Roles: placement secretariat disputes approver auditor."""
    return _with(folder, json, lambda found: staff.add(found.accounts(), username, name, roles))


@people.command
def disable(username: str, *, folder: Folder = RUN, json: Json = False) -> int:
    """The account cannot sign in any more; its sessions end now."""
    return _with(folder, json, lambda found: staff.disable(found.accounts(), username))


@people.command
def reset(username: str, *, folder: Folder = RUN, json: Json = False) -> int:
    """A new one-time password; sessions end now."""
    return _with(folder, json, lambda found: staff.reset(found.accounts(), username))


@people.command(name="list")
def list_staff(*, folder: Folder = RUN, json: Json = False) -> int:
    """All accounts with their roles."""
    return _with(folder, json, lambda found: staff.listed(found.accounts()))


def main() -> None:
    """Entry point of the console script."""
    sys.exit(app())


if __name__ == "__main__":
    main()
