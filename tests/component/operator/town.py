"""A small town on twins: four databases that fit together, made by hand, so that a test can damage one thing."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from deploy.operator.audit import Audited
from services.incentive.reference import read_reference
from services.notification.domain.messages import message_id
from services.registration.domain import draw
from shared.contracts.base import Event
from shared.contracts.notification import MessageSent
from shared.contracts.registration import ApplicantRegistered
from shared.engine.journal import Numbering, Row, head_document, record_of
from shared.engine.marks import Mark
from shared.engine.ports import Document, Put
from shared.engine.rules import Message
from shared.engine.service import Ports
from shared.platform.metrics import EngineMetrics
from tests.fakes import LoopClock, MemoryBroker, MemoryDatabase, MemoryLog, MemoryStore

AT = datetime(2020, 4, 11, 1, 0, tzinfo=UTC)
PARTITIONS = 2
ANNA, BUDI = "6f1b1c9e-0000-4000-8000-000000000001", "6f1b1c9e-0000-4000-8000-000000000002"
RULES = read_reference().desk.rules
SECRETS = ("1" * 64, "2" * 64, "3" * 64)
SERVICES = ("registration", "incentive", "notification", "reporting")


@dataclass
class Town:
    """`stores[name]` is a service's disk: tests read and damage it directly."""

    stores: dict[str, MemoryStore] = field(default_factory=lambda: {name: MemoryStore() for name in SERVICES})
    log: MemoryLog = field(default_factory=MemoryLog)
    rebuilt: MemoryStore = field(default_factory=MemoryStore)
    books: dict[str, int] | None = None

    def __post_init__(self) -> None:
        self._numbers = {name: Numbering(0, 1, {}, {}, PARTITIONS) for name in SERVICES}
        for name in SERVICES[:3]:
            self.log.topics[f"{name}.v1"] = [[] for _ in range(PARTITIONS)]

    def database(self, name: str) -> MemoryDatabase:
        return MemoryDatabase(self.stores[name])

    async def put(self, service: str, collection: str, *documents: Document) -> None:
        await self.database(service).write([Put(collection, document) for document in documents])

    async def say(self, service: str, *events: Event) -> None:
        """One commit: journal row, head, topic and relay position, as committer and relay write them."""
        numbering = self._numbers[service]
        numbering.n, numbering.entries = numbering.n + 1, []
        for i, event in enumerate(events):
            numbering.append([numbering.entry(Message(f"{service}/{numbering.n}/{i}", None, AT), 0, event)])
        row = numbering.row(f"{service}/{numbering.n}", AT, [])
        await self.put(service, "journal", row)
        await self.put(service, "heads", head_document(n=numbering.n, sequences=dict(numbering.sequences)))
        topic = f"{service}.v1"
        for entry in numbering.entries:
            await MemoryBroker(self.log).publish(
                topic, entry.partition, [record_of(entry, Row.of(row), topic, service)]
            )
        places = {
            str(n): {"offset": len(records) - 1, "sequence": len(records), "epoch": 1}
            for n, records in enumerate(self.log.topics[topic])
            if records
        }
        await self.put(service, "relay", {"_id": "position", "n": numbering.n, "partitions": places})

    async def heard(self, listener: str, *sources: str) -> None:
        """The listener has heard everything."""
        for source in sources:
            for partition, number in self._numbers[source].sequences.items():
                mark = Mark(f"{source}.v1/{partition}", offset=number, mark=number)
                await self.put(listener, "feeds", mark.document())

    def ports(self) -> Ports:
        clock = LoopClock(AT)
        return Ports(
            database=self.database("reporting"),
            broker=MemoryBroker(self.log),
            clock=clock,
            seal=lambda raw: raw.hex(),
            unseal=bytes.fromhex,
            metrics=EngineMetrics("reporting"),
            partitions=PARTITIONS,
            topic_prefix="",
        )

    def audited(self) -> Audited:
        async def books() -> dict[str, int] | None:
            return self.books

        databases = {name: self.database(name) for name in SERVICES}
        return Audited(databases, "", RULES, books, self.ports(), MemoryDatabase(self.rebuilt), rest_seconds=0)


def registered(applicant_id: str) -> ApplicantRegistered:
    return ApplicantRegistered(
        applicant_id=applicant_id,
        sex="F",
        age_band="25-34",
        education="SMP",
        work_status="LAID_OFF",
        received_at=AT,
        channel="online",
        consent_campaigns=False,
        full_name="sealed",
        tracking_code="sealed",
    )


def sent(applicant_id: str) -> tuple[MessageSent, Document]:
    about: dict[str, Any] = {"cause": f"fact-{applicant_id}", "applicant_id": applicant_id, "audience": "applicant"}
    id = message_id(about["cause"], applicant_id, "applicant", "sms")
    event = MessageSent(
        message_id=id, **about, template="t", cause_type="ApplicantRegistered", channel="sms", sent_at=AT, parts=1
    )
    return event, {"_id": id, **about, "channel": "sms", "state": "sent"}


def posting(applicant_id: str, step: str, source: str, target: str, amount: int) -> Document:
    who = {"_id": f"{applicant_id}/{step}", "posting_id": f"{applicant_id}/{step}", "applicant_id": applicant_id}
    return {**who, "source": source, "target": target, "amount_rupiah": amount, "posted_at": AT}


async def built() -> Town:
    """Two applicants, one of them drawn and paid once, one message each; everything published and heard."""
    town = Town()
    for person in (ANNA, BUDI):
        await town.say("registration", registered(person))
        index = f"nik-{person[-1]}"
        await town.put("registration", "applicants", {"_id": person, "stage": "eligible", "nik_index": index})
        await town.put("registration", "nik_claims", {"_id": index, "holder": person, "shadows": []})
        event, message = sent(person)
        await town.say("notification", event)
        await town.put("notification", "messages", message)
    await _wave(town)
    await _money(town)
    await town.heard("incentive", "registration")
    await town.heard("notification", "registration")
    live = town.audited()
    await _projected(town, live)
    return town


async def _projected(town: Town, live: Audited) -> None:
    from services.reporting.app import build_service

    await build_service(town.ports(), live.databases["reporting"]).rebuild(live.databases["reporting"])


async def _wave(town: Town) -> None:
    lines = [f"{ANNA},UMUM", f"{BUDI},UMUM"]
    seed = draw.seed_of(SECRETS)
    rows = draw.draw(lines, [], 1, seed)
    root = draw.root([draw.leaf(line) for line in lines]).hex()
    wave = {"_id": "0001", "state": "done", "quota": 1, "selected": 1, "seed": seed, "root": root}
    await town.put("registration", "waves", wave)
    await town.put("registration", "frozen_lists", {"_id": "0001/000000", "wave": 1, "lines": lines})
    results = {"_id": "0001/000000", "wave": 1, "rows": [asdict(row) for row in rows]}
    await town.put("registration", "draw_results", results)


async def _money(town: Town) -> None:
    own = RULES["prakerja-2020"]
    amount = own.post_training_rupiah
    steps = [("treasury", "owed", "due"), ("owed", "sending", "sending/1"), ("sending", "paid", "paid/1")]
    postings = [posting(ANNA, f"post_training/1/{word}", source, to, amount) for source, to, word in steps]
    person = participant(ANNA, {"treasury": -amount, "owed": 0, "sending": 0, "paid": amount})
    await town.put("incentive", "ledger", *postings)
    await town.put("incentive", "participants", person)
    town.books = {"paid_rupiah": amount, "returned_rupiah": 0, "paid_twice": 0}


def participant(applicant_id: str, money: dict[str, int]) -> Document:
    """As incentive stores it, as far as audits and its own proof read it."""
    one = {"kind": "post_training", "number": 1, "total": 4, "amount_rupiah": 600_000, "due_on": "2020-05-08"}
    return {
        "_id": applicant_id,
        "applicant_id": applicant_id,
        "wave": 1,
        "rule_set": "prakerja-2020",
        "card_number": "sealed",
        "full_name": "sealed",
        "nik_index": "nik-1",
        "selected_at": AT,
        "notice_on": "2020-04-17",
        "first_purchase_deadline": "2020-05-16",
        "standing": "active",
        "money": money,
        "entitlements": [{**one, "state": "paid"}],
    }
