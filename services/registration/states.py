"""Which states registration keeps, and by which indexes they are looked for (store.py has the queries)."""

from __future__ import annotations

from collections.abc import Sequence

from services.registration.domain.applicant import Applicant, NikClaim, PlaceTask
from services.registration.domain.closing import FrozenChunk
from services.registration.domain.consultations import ConsultationDay
from services.registration.domain.eligibility import Household
from services.registration.domain.handover import Handover
from services.registration.domain.import_run import Import, ImportRow
from services.registration.domain.joining import BatchJoin
from services.registration.domain.likeness import NameBlock
from services.registration.domain.lists import ListBook, Listing
from services.registration.domain.participation import AccountUse
from services.registration.domain.results import ResultChunk
from services.registration.domain.review import ReviewCase
from services.registration.domain.rings import Link, Ring
from services.registration.domain.waves import SeatPool, Wave
from shared.contracts.decision import Aggregate
from shared.security.one_time_codes import OneTimeCode
from shared.security.vault import WrappedKey

AGGREGATES: tuple[type[Aggregate], ...] = (
    Applicant,
    NikClaim,
    PlaceTask,
    WrappedKey,
    Household,
    Listing,
    ListBook,
    ReviewCase,
    Wave,
    SeatPool,
    FrozenChunk,
    ResultChunk,
    BatchJoin,
    Import,
    ImportRow,
    OneTimeCode,
    AccountUse,
    NameBlock,
    Link,
    Ring,
    ConsultationDay,
    Handover,
)

INDEXES: tuple[tuple[str, Sequence[tuple[str, int]], bool], ...] = (
    ("applicants", (("wave", 1), ("_id", 1)), False),
    ("applicants", (("import_id", 1), ("_id", 1)), False),
    ("applicants", (("wake_at", 1),), False),
    ("applicants", (("tracking_index", 1),), False),
    ("review_cases", (("state", 1), ("opened_at", 1)), False),
    ("rings", (("waiting", 1),), False),
    ("frozen_lists", (("wave", 1), ("first", 1)), False),
    ("waves", (("state", 1),), False),
    ("batch_joins", (("done", 1),), False),
    ("imports", (("started_at", -1),), False),
    ("handovers", (("at", -1),), False),
)
"""(collection, keys, unique). What must be unique is the id of an aggregate of its own, so no index needs to be."""
