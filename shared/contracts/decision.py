"""The words in which a rule answers: a Decision, or Refused. Standard library only, so domain may use them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, NamedTuple, Protocol, TypeVar

from shared.contracts.base import Event


class Ref(NamedTuple):
    """Where one aggregate lives: collection and `_id`."""

    collection: str
    id: str


class Aggregate(Protocol):
    """What the engine expects of a state: a frozen dataclass that knows its collection and its id.

    Every field is plain data (str, int, bool, date, datetime in UTC, tuples, dicts with str keys,
    nested dataclasses, StrEnum, Sealed), so that the engine can store it without a mapper.
    """

    collection: ClassVar[str]

    @property
    def id(self) -> str: ...


State = TypeVar("State", bound=Aggregate)


def ref(kind: type[Aggregate], id: str) -> Ref:
    """Name one aggregate: `ref(Applicant, applicant_id)`."""
    return Ref(kind.collection, id)


class World(Protocol):
    """All that a message's `needs` named, as it stands inside the transaction."""

    def get(self, kind: type[State], id: str) -> State | None:
        """The state, or None when there is none yet: an absent state is ordinary, never an error."""
        ...


@dataclass(frozen=True, slots=True)
class Work:
    """Something to do in the outside world (pay, send), done after the commit and once per `key`.

    `key` is the business key: the same key is never done twice. `payload` is plain JSON data;
    personal data in it are Sealed.
    """

    kind: str
    key: str
    payload: Mapping[str, Any]


class WorkKey(NamedTuple):
    """Names outside work that was asked for earlier."""

    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What a rule decided: new states, removed states, facts, outside work, and the caller's reply.

    Work that it names as settled was decided by other means: it is neither done nor asked about any more. While a
    call of it is out the whole decision is refused with WORK_UNDER_WAY, since the call's outcome comes first.
    """

    changes: Sequence[Aggregate] = ()
    events: Sequence[Event] = ()
    work: Sequence[Work] = ()
    removed: Sequence[Ref] = ()
    reply: Mapping[str, Any] = field(default_factory=dict)
    settled: Sequence[WorkKey] = ()

    def __add__(self, other: Decision) -> Decision:
        """Both together, in order. A state that both change keeps the second version."""
        return Decision(
            (*self.changes, *other.changes),
            (*self.events, *other.events),
            (*self.work, *other.work),
            (*self.removed, *other.removed),
            {**self.reply, **other.reply},
            (*self.settled, *other.settled),
        )


class Refused(Exception):
    """A rule says no. `code` is a noun phrase (WAVE_CLOSED); details are plain and hold no personal data."""

    def __init__(self, code: str, **details: Any) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


RefusalKind = Literal["invalid", "conflict", "missing", "forbidden", "closed"]
"""What a refusal asks of the caller: mend the input, look at the state, look elsewhere, ask somebody, or too late."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a code means to a person: its kind and an Indonesian sentence that says what they can do.

    The sentence may hold `{names}` of the details of the Refused it explains.
    """

    kind: RefusalKind
    sentence: str
