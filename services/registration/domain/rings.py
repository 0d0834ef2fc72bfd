"""Who shares a phone, a device, a Kartu Keluarga or a payout account, followed from person to person.

A union-find over people that grows by one arrival at a time and never looks at all of them: a Link per shared thing
leads to a Ring, a Ring that was joined to another leads there (`parent`), and never over more than two steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from services.registration.domain.likeness import SHORT

LinkKind = Literal["mobile", "device", "kk", "account"]
MOST_MEMBERS = 2000
"""Of one ring; whoever comes after begins another ring that names this one as related."""
MOST_RELATED = 20


@dataclass(frozen=True, slots=True)
class Limits:
    """How many different NIKs may share a thing before staff look. Source: rule file, `identity_review`."""

    mobile: int = 3
    device: int = 10
    kk: int = 8
    chain: int = 15
    """People whom any sharing joins, even where no single thing has too many: more than a house and its relatives."""

    def of(self, kind: LinkKind) -> int | None:
        """None: a shared account is a case of its own (participation.py) and only joins rings here."""
        return {"mobile": self.mobile, "device": self.device, "kk": self.kk, "account": None}[kind]


@dataclass(frozen=True, slots=True)
class Link:
    """One phone, device, KK or account, by blind index. `node` is a ring, or the only person so far."""

    collection: ClassVar[str] = "links"

    link_id: str
    node: str
    niks: tuple[str, ...] = ()
    """Different NIKs seen with it (shortened), the first `SEEN` of them."""
    excess: int = 0

    @property
    def id(self) -> str:
        return self.link_id

    @property
    def people(self) -> int:
        return len(self.niks) + self.excess


SEEN = 12


def link_id(kind: LinkKind, index: str) -> str:
    return f"{kind}/{index}"


RingState = Literal["quiet", "open", "cleared", "rejected"]


@dataclass(frozen=True, slots=True)
class Ring:
    """People joined by what they share. Its id is the first of them; `parent` says into which ring it went.

    quiet: nothing to ask. open: staff are asked, members wait. cleared, rejected: what two people decided.
    """

    collection: ClassVar[str] = "rings"

    ring_id: str
    members: tuple[str, ...] = ()
    parent: str | None = None
    absorbed: tuple[str, ...] = ()
    """Rings that lead here."""
    moving: tuple[str, ...] = ()
    """Those of them that still lead to a ring which leads here: schedule leads them here directly."""
    reasons: tuple[str, ...] = ()
    """MOBILE_SHARED, DEVICE_SHARED, KK_SHARED, CHAIN."""
    state: RingState = "quiet"
    waiting: bool = False
    """Schedule has members to tend (review or release), or a case to open or extend."""
    cursor: int = 0
    """Members that were tended since the state last changed."""
    cleared_at: int = 0
    """Members whom staff cleared; the question comes back when they have doubled."""
    closing: tuple[str, ...] = ()
    """Rings whose case is continued in this one's."""
    related: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return self.ring_id

    @property
    def full(self) -> bool:
        return len(self.members) >= MOST_MEMBERS


Look = Callable[[str], Ring | None]


def root(node: str, look: Look) -> Ring:
    """The ring a node belongs to now; a person who shares nothing yet is a ring of one."""
    found = look(node)
    while found is not None and found.parent is not None:
        found = look(found.parent)
    return found or Ring(node, (node,))


@dataclass(frozen=True, slots=True)
class Arrival:
    """A person and the things they came with (`kind`, blind index)."""

    applicant_id: str
    nik: str
    things: tuple[tuple[LinkKind, str], ...]


def join(
    arrival: Arrival, nodes: Sequence[str], links: Callable[[str], Link | None], look: Look, limits: Limits
) -> tuple[Ring | None, list[Link | Ring]]:
    """The person's ring (None: they share nothing) and what changed. `nodes` are rings they stood in before."""
    known = [(kind, index, links(link_id(kind, index))) for kind, index in arrival.things]
    led = [*nodes, *(link.node for _, _, link in known if link)]
    roots = list({each.ring_id: each for each in (root(node, look) for node in led)}.values())
    alone = not roots
    union = _Union(roots or [Ring(arrival.applicant_id, ())], look)
    union.take(arrival.applicant_id)
    changed = [_seen(kind, index, link, arrival, union.ring.ring_id) for kind, index, link in known]
    union.question(_crossed([each for each, _ in changed], limits), limits)
    moved = [link for link, differs in changed if differs]
    if alone or (union.ring.members == (arrival.applicant_id,) and not union.ring.related):
        return None, [*moved]
    return union.ring, [*moved, *union.changes()]


def _seen(kind: LinkKind, index: str, link: Link | None, arrival: Arrival, node: str) -> tuple[Link, bool]:
    """The link after this person, and whether it differs."""
    found = link or Link(link_id(kind, index), node)
    nik = arrival.nik[:SHORT]
    if nik not in found.niks:
        room = len(found.niks) < SEEN
        found = replace(found, niks=(*found.niks, nik)) if room else replace(found, excess=found.excess + 1)
    found = replace(found, node=node)
    return found, found != link


def _crossed(links: Iterable[Link], limits: Limits) -> tuple[str, ...]:
    """Which limits are crossed by these links."""
    found = []
    for link in links:
        kind, _, _ = link.link_id.partition("/")
        limit = limits.of(kind)  # type: ignore[arg-type]
        if limit is not None and link.people > limit:
            found.append(f"{kind.upper()}_SHARED")
    return tuple(found)


class _Union:
    """Joins rings into the largest; lives only while a decision is made."""

    def __init__(self, roots: Sequence[Ring], look: Look) -> None:
        first, *others = sorted(roots, key=lambda each: (-len(each.members), each.ring_id))
        self.ring, self._look, self._before = first, look, first
        self._gone: list[Ring] = []
        for each in others:
            self._absorb(each)

    def _absorb(self, other: Ring) -> None:
        mine = self.ring
        if len(mine.members) + len(other.members) > MOST_MEMBERS:
            self.ring = replace(mine, related=_some(*mine.related, other.ring_id))
            self._gone.append(replace(other, related=_some(*other.related, mine.ring_id)))
            return
        members = tuple(dict.fromkeys((*mine.members, *other.members)))
        cursor = mine.cursor if mine.state == "open" else 0
        self.ring = replace(
            mine,
            members=members,
            absorbed=(*mine.absorbed, *other.absorbed, other.ring_id),
            moving=(*mine.moving, *other.absorbed),
            waiting=mine.waiting or other.waiting or bool(other.absorbed),
            reasons=tuple(dict.fromkeys((*mine.reasons, *other.reasons))),
            state="open" if "open" in (mine.state, other.state) else mine.state,
            cursor=cursor,
            closing=(*mine.closing, *other.closing, *((other.ring_id,) if other.state != "quiet" else ())),
        )
        self._gone.append(Ring(other.ring_id, parent=mine.ring_id))

    def take(self, applicant_id: str) -> None:
        """One more member; a full ring takes nobody, who then begins one that names it."""
        ring = self.ring
        if applicant_id in ring.members:
            return
        if not ring.full:
            self.ring = replace(ring, members=(*ring.members, applicant_id))
            return
        self._gone.append(replace(ring, related=_some(*ring.related, applicant_id)))
        self._before = Ring(applicant_id, related=(ring.ring_id,), reasons=ring.reasons, state=ring.state)
        self.ring = replace(self._before, members=(applicant_id,))

    def question(self, crossed: tuple[str, ...], limits: Limits) -> None:
        """Open it when a limit is crossed; a rejected one whenever anybody comes, a cleared one when it has doubled."""
        ring, size = self.ring, len(self.ring.members)
        chain = ("CHAIN",) if size > limits.chain else ()
        reasons = tuple(dict.fromkeys((*ring.reasons, *crossed, *chain)))
        doubled = ring.state == "cleared" and size > 2 * max(ring.cleared_at, 1)
        opened = bool(reasons) and (ring.state in ("quiet", "rejected") or doubled)
        if opened:
            ring = replace(ring, state="open", cursor=0)
        waiting = ring.waiting or (ring.state == "open" and (opened or ring.members != self._before.members))
        self.ring = replace(ring, reasons=reasons, waiting=waiting)

    def changes(self) -> list[Ring]:
        last = {each.ring_id: each for each in (*self._gone, self.ring)}
        return [each for each in last.values() if each != self._look(each.ring_id)]


def _some(*ids: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ids))[:MOST_RELATED]
