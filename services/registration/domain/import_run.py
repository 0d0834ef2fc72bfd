"""One collective sheet being taken in: every row once, whatever is interrupted, and the control total always holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import ClassVar, Literal

from services.registration.domain.applicant import NikClaim
from services.registration.domain.application import RegisterApplicant, register
from shared.contracts.decision import Decision, Refused

Outcome = Literal["registered", "questioned", "refused"]


@dataclass(frozen=True, slots=True)
class Import:
    """A sheet. Its id comes from the file's content, so the same file again goes on where it stopped.

    received = registered + questioned + refused, always.
    """

    collection: ClassVar[str] = "imports"

    import_id: str
    source: str
    received_on: date
    by: str
    started_at: datetime
    expected: int = 0
    """Rows below the headings, some of which may turn out to be empty."""
    state: Literal["running", "done", "failed"] = "running"
    failure: str | None = None
    """Code that says why the file could not be read to its end."""
    received: int = 0
    registered: int = 0
    questioned: int = 0
    refused: int = 0
    codes: Mapping[str, int] = field(default_factory=dict)
    """Code of a refusal -> rows."""
    finished_at: datetime | None = None

    @property
    def id(self) -> str:
        return self.import_id


@dataclass(frozen=True, slots=True)
class ImportRow:
    """What became of one row; `row` is its number in the sheet as people see it."""

    collection: ClassVar[str] = "import_rows"

    import_id: str
    row: int
    outcome: Outcome
    code: str | None = None
    field: str | None = None
    applicant_id: str | None = None

    @property
    def id(self) -> str:
        return row_id(self.import_id, self.row)


def row_id(import_id: str, row: int) -> str:
    return f"{import_id}/{row:06d}"


@dataclass(frozen=True, slots=True)
class StartImport:
    import_id: str
    source: str
    received_on: date
    by: str
    expected: int = 0


def start_import(existing: Import | None, command: StartImport, now: datetime) -> Decision:
    """Begin, or go on with, a file. Reply {import_id, state}: `done` means there is nothing left to do."""
    if existing is None:
        existing = Import(command.import_id, command.source, command.received_on, command.by, now, command.expected)
    running = existing if existing.state == "done" else replace(existing, state="running", failure=None)
    return Decision(changes=(running,), reply={"import_id": running.import_id, "state": running.state})


@dataclass(frozen=True, slots=True)
class ImportOneRow:
    """A row as the door read it: a form to register, or the code and field that refuse it."""

    import_id: str
    row: int
    form: RegisterApplicant | None
    code: str | None = None
    field: str | None = None


def import_row(
    run: Import | None, done: ImportRow | None, claim: NikClaim | None, command: ImportOneRow, now: datetime
) -> Decision:
    """Take one row, once. A refusal is a result here, written down and counted. Raises Refused IMPORT_UNKNOWN."""
    if run is None:
        raise Refused("IMPORT_UNKNOWN")
    if done is not None:
        return Decision(reply={"outcome": done.outcome, "code": done.code})
    decided, row = _decide(claim, command, now)
    return Decision(
        changes=(_counted(run, row), row, *decided.changes),
        events=decided.events,
        reply={"outcome": row.outcome, "code": row.code},
    )


def _decide(claim: NikClaim | None, command: ImportOneRow, now: datetime) -> tuple[Decision, ImportRow]:
    if command.form is None:
        return Decision(), ImportRow(command.import_id, command.row, "refused", command.code, command.field)
    try:
        decided = register(claim, command.form, now)
    except Refused as refused:
        return Decision(), ImportRow(command.import_id, command.row, "refused", refused.code)
    outcome: Outcome = decided.reply["outcome"]
    return decided, ImportRow(command.import_id, command.row, outcome, applicant_id=command.form.applicant_id)


def _counted(run: Import, row: ImportRow) -> Import:
    codes = run.codes
    if row.code is not None:
        codes = {**codes, row.code: codes.get(row.code, 0) + 1}
    return replace(
        run,
        received=run.received + 1,
        registered=run.registered + (row.outcome == "registered"),
        questioned=run.questioned + (row.outcome == "questioned"),
        refused=run.refused + (row.outcome == "refused"),
        codes=codes,
    )


@dataclass(frozen=True, slots=True)
class FinishImport:
    """All rows were handed in (`rows` of them), or reading stopped with a code."""

    import_id: str
    rows: int
    failure: str | None = None


def finish_import(run: Import | None, command: FinishImport, now: datetime) -> Decision:
    """Raises Refused IMPORT_UNKNOWN, ROWS_MISSING when fewer rows are on disk than were handed in."""
    if run is None:
        raise Refused("IMPORT_UNKNOWN")
    if command.failure:
        return Decision(changes=(replace(run, state="failed", failure=command.failure),))
    if run.received < command.rows:
        raise Refused("ROWS_MISSING", missing=command.rows - run.received)
    return Decision(changes=(replace(run, state="done", finished_at=now),))
