"""What this service stores: its aggregates, their indexes, and every query by name, each bounded and on an index."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from services.incentive.domain.accounts import AccountClaim
from services.incentive.domain.applicants import Applicant
from services.incentive.domain.batches import Batch, Chunk
from services.incentive.domain.certificates import Certificate
from services.incentive.domain.completion import ClaimSeen
from services.incentive.domain.funds import PROGRAMME, Deposit, Funds
from services.incentive.domain.ledger import Posting
from services.incentive.domain.participant import Participant
from services.incentive.domain.partner_rates import PartnerHour
from services.incentive.domain.payouts import Payment
from services.incentive.domain.platform_looks import CATALOGUE_STATES
from services.incentive.domain.redeem_codes import RedeemCode
from services.incentive.domain.refused_claims import RefusedClaim
from services.incentive.domain.reviews import Review
from services.incentive.domain.statement_lines import STATEMENT_STATES
from services.incentive.domain.surveys import SurveyAnswers
from shared.contracts.decision import Aggregate, State
from shared.engine.ports import Database, Where
from shared.engine.states import States
from shared.security.one_time_codes import OneTimeCode
from shared.security.openings import OPENING_STATES, IdentityOpening

AGGREGATES: tuple[type[Aggregate], ...] = (
    Applicant,
    Participant,
    RedeemCode,
    ClaimSeen,
    Certificate,
    RefusedClaim,
    PartnerHour,
    Review,
    SurveyAnswers,
    AccountClaim,
    Batch,
    Chunk,
    Payment,
    Funds,
    Deposit,
    OneTimeCode,
    Posting,
    *CATALOGUE_STATES,
    *OPENING_STATES,
    *STATEMENT_STATES,
)

INDEXES: tuple[tuple[str, Sequence[tuple[str, int]], bool], ...] = (
    ("participants", (("next_action_at", 1),), False),
    ("participants", (("ready_on", 1),), False),
    ("participants", (("late", 1), ("_id", 1)), False),
    ("participants", (("unsure_payment", 1), ("_id", 1)), False),
    ("participants", (("failed_payment", 1), ("_id", 1)), False),
    ("participants", (("tracking_index", 1),), False),
    ("participants", (("late_cause", 1), ("late_since", 1), ("_id", 1)), False),
    ("participants", (("forecast_cause", 1), ("forecast_on", 1), ("_id", 1)), False),
    ("participants", (("unmatched", 1), ("_id", 1)), False),
    ("participants", (("account_watch", 1), ("_id", 1)), False),
    ("participants", (("debt_state", 1), ("debt_since", 1), ("_id", 1)), False),
    ("ledger", (("applicant_id", 1),), False),
    ("batches", (("moving", 1),), False),
    ("batches", (("made_at", -1),), False),
    ("batches", (("state", 1), ("made_at", 1)), False),
    ("deposits", (("deposited_at", -1),), False),
    ("payments", (("batch_id", 1), ("_id", 1)), False),
    ("refused_claims", (("refused_at", -1), ("_id", 1)), False),
    ("refused_claims", (("partner_code", 1), ("refused_at", -1), ("_id", 1)), False),
    ("refused_claims", (("digest", 1),), False),
    ("certificates", (("status_list", 1), ("_id", 1)), False),
    ("partner_claims", (("key", 1), ("signed_at", 1)), False),
    ("catalogue_editions", (("taken_at", -1),), False),
    ("identity_openings", (("opened_at", -1), ("_id", 1)), False),
    ("statement_lines", (("state", 1), ("booked_at", 1), ("_id", 1)), False),
)
"""(collection, keys, unique). Unique values are ids of their own aggregates, so none is needed here."""

BORDER = "border"
"""Where the border keeps how far it has read: its own collection, written outside the journal."""

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
"""Lower end of a range of times: without one SecantusDB walks through everybody who has no such time."""

_STATES = States(AGGREGATES)


async def one(database: Database, kind: type[State], id: str) -> State | None:
    """The state of that id as a majority of the database holds it."""
    document = await database.get(kind.collection, id)
    return _STATES.state(kind.collection, document) if document else None  # type: ignore[return-value]


async def some(
    database: Database,
    kind: type[State],
    where: Where,
    *,
    sort: Sequence[tuple[str, int]] = (("_id", 1),),
    skip: int = 0,
    limit: int,
) -> list[State]:
    """Up to `limit` states that match, after the first `skip`."""
    found = await database.find(kind.collection, where, sort=sort, skip=skip, limit=limit)
    return [_STATES.state(kind.collection, document) for document in found]  # type: ignore[misc]


async def participants(database: Database, applicant_ids: Sequence[str]) -> dict[str, Participant]:
    """Those of the ids that are participants."""
    ids = list(dict.fromkeys(applicant_ids))
    found = await some(database, Participant, {"_id": {"$in": ids}}, sort=(), limit=len(ids))
    return {each.applicant_id: each for each in found}


async def overdue_participants(database: Database, now: datetime, limit: int) -> list[str]:
    """Applicant ids whose next action is due, the longest waiting first."""
    where = {"next_action_at": {"$gt": LONG_AGO, "$lte": now}}
    found = await database.find("participants", where, sort=[("next_action_at", 1)], limit=limit, fields=["_id"])
    return [document["_id"] for document in found]


async def payable_participants(database: Database, until: date, limit: int) -> list[str]:
    """Applicant ids with an incentive that a batch may take and that is due up to `until`."""
    where = {"ready_on": {"$gt": LONG_AGO.date().isoformat(), "$lte": until.isoformat()}}
    found = await database.find("participants", where, sort=[("ready_on", 1)], limit=limit, fields=["_id"])
    return [document["_id"] for document in found]


async def ready_participants(database: Database, until: date, limit: int) -> list[Participant]:
    """Participants whose incentives are due and in no batch, the longest waiting first."""
    where = {"ready_on": {"$gt": LONG_AGO.date().isoformat(), "$lte": until.isoformat()}}
    return await some(database, Participant, where, sort=[("ready_on", 1)], limit=limit)


async def tracked_participants(database: Database, index: str) -> list[Participant]:
    """Whose tracking code has this index: one, or none; a second one is read so that nobody's is guessed."""
    return await some(database, Participant, {"tracking_index": index}, limit=2)


async def participants_without_index(database: Database, limit: int) -> list[str]:
    """Applicant ids of participants whose tracking code has no index yet."""
    found = await database.find("participants", {"tracking_index": ""}, limit=limit, fields=["_id"])
    return [document["_id"] for document in found]


async def applicants(database: Database, applicant_ids: Sequence[str]) -> list[Applicant]:
    return await some(database, Applicant, {"_id": {"$in": list(applicant_ids)}}, sort=(), limit=len(applicant_ids))


async def openings(database: Database, skip: int, limit: int) -> list[IdentityOpening]:
    """Who of the office saw whose data, the latest first."""
    return await some(database, IdentityOpening, {}, sort=[("opened_at", -1), ("_id", 1)], skip=skip, limit=limit)


async def moving_batches(database: Database, limit: int) -> list[Batch]:
    return await some(database, Batch, {"moving": True}, limit=limit)


async def latest_batches(database: Database, limit: int) -> list[Batch]:
    return await some(database, Batch, {}, sort=[("made_at", -1)], limit=limit)


async def batches_in(database: Database, state: str, limit: int) -> list[Batch]:
    """Batches in one state, the oldest first."""
    return await some(database, Batch, {"state": state}, sort=[("made_at", 1)], limit=limit)


async def unmatched_participants(database: Database, after: str, limit: int) -> list[Participant]:
    """A page of participants who finished a course whose certificate is missing or not matched."""
    return await some(database, Participant, {"unmatched": True, "_id": {"$gt": after}}, limit=limit)


async def watched_accounts(database: Database, why: str, after: str, limit: int) -> list[Participant]:
    """A page of participants whose payout account is shared, or on hold after a change."""
    return await some(database, Participant, {"account_watch": why, "_id": {"$gt": after}}, limit=limit)


async def counts(database: Database, today: date, week_ago: datetime) -> dict[str, int]:
    """How many participants are in each list of the staff's start page, and claims refused since a week ago."""
    due = {"ready_on": {"$gt": LONG_AGO.date().isoformat(), "$lte": today.isoformat()}}
    return {
        "due": await database.count("participants", due),
        "unmatched": await database.count("participants", {"unmatched": True}),
        "hold": await database.count("participants", {"account_watch": "hold"}),
        "shared": await database.count("participants", {"account_watch": "shared"}),
        "refused_claims": await database.count("refused_claims", {"refused_at": {"$gte": week_ago}}),
    }


async def latest_deposits(database: Database, limit: int) -> list[Deposit]:
    return await some(database, Deposit, {}, sort=[("deposited_at", -1)], limit=limit)


async def participants_in_doubt(database: Database, unknown: bool, after: str, limit: int) -> list[Participant]:
    """A page of participants with a payment of which nobody knows whether it was paid, or with one that failed."""
    flag = "unsure_payment" if unknown else "failed_payment"
    return await some(database, Participant, {flag: True, "_id": {"$gt": after}}, limit=limit)


async def funds(database: Database) -> Funds:
    return await one(database, Funds, PROGRAMME) or Funds()
