"""People, waves and forms for the tests of registration; each test changes only what it is about."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from services.registration.domain.applicant import (
    Applicant,
    Indexes,
    NikClaim,
    Personal,
    Profile,
    SkillsTest,
    TraceLine,
    Verdict,
)
from services.registration.domain.application import RegisterApplicant
from services.registration.domain.draw import Stratum
from services.registration.domain.eligibility import Known
from services.registration.domain.intake import Form
from services.registration.domain.places import Places, places
from services.registration.domain.rules import RuleSet, rule_set
from services.registration.domain.waves import Wave
from shared.contracts.base import Event, Sealed
from shared.contracts.decision import Decision, Ref, Refused

DATA = Path(__file__).parents[3] / "services" / "registration" / "data"
NOW = datetime(2020, 4, 3, 3, 0, tzinfo=UTC)
"""10:00 WIB on the day of the first collective sheet."""
OPENS, CLOSES = datetime(2020, 4, 11, 1, 0, tzinfo=UTC), datetime(2020, 4, 16, 9, 0, tzinfo=UTC)
OFFICIALS = ("STATE_OFFICIAL", "DPRD", "ASN", "TNI", "POLRI", "VILLAGE", "SOE_BOARD")
NOTHING = Known()
"""What is known of somebody on no list, whose KK has no card yet."""


@dataclass(frozen=True, slots=True)
class Key:
    """Stands for the vault's wrapped key."""

    collection: ClassVar[str] = "vault:person_keys"
    person: str

    @property
    def id(self) -> str:
        return self.person


@cache
def rules(year: int = 2020) -> RuleSet:
    raw = (DATA / f"programme_rules_{year}.json").read_bytes()
    return rule_set(json.loads(raw), hashlib.sha256(raw).hexdigest())


@cache
def medan() -> Places:
    with (DATA / "regions.csv").open(newline="", encoding="utf-8") as file:
        rows = [(row["kemendagri_code"], row["level"], row["name"]) for row in csv.DictReader(file)]
    return places(rows, "12.71")


def form(**changes: Any) -> Form:
    plain = Form(
        full_name="Rahmad Lubis",
        nik="1271050504950001",
        kk_number="1271051203100002",
        birth_date=date(1995, 4, 5),
        email="rahmad@contoh.id",
        mobile="+6281260001111",
        domicile="Jl. Gatot Subroto 12, Kec. Medan Barat, Kota Medan",
        education="SMA",
        work_status="JOB_SEEKER",
        desired_training="Barista",
    )
    return replace(plain, **changes)


def profile(**changes: Any) -> Profile:
    plain = Profile(
        sex="M",
        age_years=24,
        age_band="18-24",
        kecamatan="12.71.05",
        education="SMA",
        work_status="JOB_SEEKER",
        covid_affected=None,
        group=None,
        heard_from="FRIENDS",
        citizen=True,
        not_in_formal_education=True,
        not_an_official=True,
        consent_campaigns=True,
    )
    return replace(plain, **changes)


def personal(who: str = "a") -> Personal:
    return Personal(**{name: Sealed(f"{name}-of-{who}") for name in Personal.__dataclass_fields__})


def indexes(who: str = "a", **changes: Any) -> Indexes:
    plain: dict[str, Any] = {
        name: index(f"{name}-of-{who}") for name in Indexes.__dataclass_fields__ if name != "traces"
    }
    return Indexes(**{**plain, **changes})


def index(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def register_command(who: str = "a", **changes: Any) -> RegisterApplicant:
    plain = RegisterApplicant(
        applicant_id=who,
        channel="online",
        personal=personal(who),
        indexes=indexes(who),
        profile=profile(),
        contradictions=(),
        warnings=(),
        rules=rules(),
        key=Key(who),
    )
    return replace(plain, **changes)


def applicant(who: str = "a", **changes: Any) -> Applicant:
    its = indexes(who)
    plain = Applicant(
        applicant_id=who,
        stage="pending",
        received_at=NOW,
        channel="online",
        rule_set="prakerja-2020",
        personal=personal(who),
        profile=profile(),
        nik_index=its.nik,
        proof_index=its.proof,
        kk_index=its.kk,
        tracking_index=its.tracking,
        name_birth_index=its.name_birth,
        mobile_index=its.mobile,
        email_index=its.email,
    )
    return replace(plain, **changes)


def verdict(reason: str | None = None, **changes: Any) -> Verdict:
    deadline = date(2020, 4, 17) if reason else None
    plain = Verdict(reason, (TraceLine("CITIZENSHIP", reason),), rules().version, "", NOW, deadline)
    return replace(plain, **changes)


def eligible(who: str = "a", **changes: Any) -> Applicant:
    plain = applicant(who, stage="eligible", confirmed_at=NOW, verdict=verdict(), test=SkillsTest("taken", NOW))
    return replace(plain, **changes)


def ineligible(who: str = "a", reason: str = "OTHER_AID", **changes: Any) -> Applicant:
    return replace(applicant(who, stage="ineligible", confirmed_at=NOW, verdict=verdict(reason)), **changes)


def claim(who: str = "a", **changes: Any) -> NikClaim:
    its = indexes(who)
    return replace(NikClaim(its.nik, who, its.proof), **changes)


def wave(**changes: Any) -> Wave:
    plain = Wave(
        wave=1,
        state="open",
        quota=10,
        opens_at=OPENS,
        closes_at=CLOSES,
        strata=(Stratum("LAID_OFF_LIST", 4),),
        rule_set="prakerja-2020",
        drafted_by="sekretariat",
    )
    return replace(plain, **changes)


class Rows(dict[Ref, Any]):
    """What a decision leaves behind: the world after it, by where each state lies."""

    def take(self, decision: Decision) -> Decision:
        for state in decision.changes:
            self[Ref(state.collection, state.id)] = state
        for gone in decision.removed:
            self.pop(gone, None)
        return decision


def changed(decision: Decision, kind: type[Any]) -> Any:
    """The one state of a kind that a decision changes (the last version when it changes twice)."""
    found = {state.id: state for state in decision.changes if isinstance(state, kind)}
    assert len(found) == 1, f"{len(found)} of {kind.__name__}"
    return next(iter(found.values()))


def names(decision: Decision) -> list[str]:
    """Types of the events, in order."""
    return [type(event).__name__ for event in decision.events]


def said(decision: Decision, kind: type[Event]) -> Any:
    """The one event of a kind."""
    found = [event for event in decision.events if isinstance(event, kind)]
    assert len(found) == 1, f"{len(found)} of {kind.__name__}"
    return found[0]


def refusal(act: Callable[[], object]) -> str | None:
    """The code with which a rule refuses; None when it does not."""
    try:
        act()
    except Refused as error:
        return error.code
    return None


SYLLABLES = ("bodi", "gatu", "heno", "kira", "lume", "mosa", "nevi", "pulo", "ragi", "sety")
"""No two are one letter apart: people with such names are no near duplicates."""


def name_of(number: int) -> str:
    return "".join(SYLLABLES[int(digit)] for digit in f"{number:04d}").capitalize() + " Orang"
