"""One person who registered: what is stored of them, from the form to the card. Who holds a NIK: NikClaim."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar, Literal

from services.registration.domain.evidence import Evidence
from services.registration.domain.left_wave import LeftWave
from services.registration.domain.likeness import Traces
from services.registration.domain.revocation import Revocation
from shared.contracts.base import Sealed
from shared.contracts.registration_terms import AgeBand, Channel, Sex

Stage = Literal[
    "pending",  # identity is being checked
    "questioned",  # a contradiction: the person corrects, or staff decide
    "eligible",
    "ineligible",
    "joined",  # stands in the list of `wave`
    "selected",
    "withdrawn",
    "revoked",  # was selected, participation ended before its time
    "erased",
]


@dataclass(frozen=True, slots=True)
class Personal:
    """Everything that names the person, sealed under the person's key by the door."""

    full_name: Sealed
    nik: Sealed
    kk_number: Sealed
    birth_date: Sealed
    domicile: Sealed
    tracking_code: Sealed
    email: Sealed | None = None
    mobile: Sealed | None = None
    desired_training: Sealed | None = None


@dataclass(frozen=True, slots=True)
class Indexes:
    """Blind indexes (keyed HMAC): equal values are equal, nothing can be read from them.

    `proof` is of NIK, KK and birth date together: who knows all three is taken for the person.
    """

    nik: str
    proof: str
    kk: str
    tracking: str
    name_birth: str
    mobile: str | None = None
    email: str | None = None
    traces: Traces = field(default_factory=Traces)


@dataclass(frozen=True, slots=True)
class Profile:
    """What may be known of a person in clear: features to count, and facts the rules ask for."""

    sex: Sex
    age_years: int
    """Completed, on the day of registration (WIB)."""
    age_band: AgeBand
    kecamatan: str | None
    education: str
    work_status: str
    covid_affected: bool | None
    group: str | None
    heard_from: str | None
    citizen: bool
    not_in_formal_education: bool
    not_an_official: bool
    consent_campaigns: bool

    def features(self) -> dict[str, Any]:
        """The fields of the contract's Features."""
        return {
            "sex": self.sex,
            "age_band": self.age_band,
            "kecamatan": self.kecamatan,
            "education": self.education,
            "work_status": self.work_status,
            "covid_affected": self.covid_affected,
            "group": self.group,
        }


@dataclass(frozen=True, slots=True)
class Question:
    """What was found wrong with the identity; `deadline` is the last day (WIB) for a correction."""

    fields: tuple[str, ...]
    reasons: tuple[str, ...]
    asked_at: datetime
    deadline: date


@dataclass(frozen=True, slots=True)
class TraceLine:
    """One rule as it was applied: `reason` is None when it holds."""

    rule: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision on eligibility with all it rests on, so that it can be explained and repeated."""

    reason: str | None
    """None: eligible."""
    trace: tuple[TraceLine, ...]
    rule_version: str
    lists: str
    """Editions of the exclusion lists that were looked at, such as `ASN 2020-03-31 (3)`."""
    decided_at: datetime
    appeal_deadline: date | None = None
    overridden: bool = False
    """Two members of staff upheld an objection: lists do not change it any more."""

    @property
    def eligible(self) -> bool:
        return self.reason is None


@dataclass(frozen=True, slots=True)
class SkillsTest:
    """The motivation and basic-skills test. `by` and `note` name staff and reason when it was not taken online."""

    result: Literal["taken", "recorded", "waived"]
    at: datetime
    by: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class WaveResult:
    """How one draw ended for the person; `rank` counts inside `stratum`."""

    wave: int
    selected: bool
    stratum: str
    rank: int
    pool_size: int
    quota: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Applicant:
    """An application. Facts about the person change only through the functions of this package."""

    collection: ClassVar[str] = "applicants"

    applicant_id: str
    stage: Stage
    received_at: datetime
    channel: Channel
    rule_set: str
    personal: Personal
    profile: Profile
    nik_index: str
    proof_index: str
    kk_index: str
    tracking_index: str
    name_birth_index: str
    mobile_index: str | None = None
    email_index: str | None = None
    traces: Traces = field(default_factory=Traces)
    import_id: str | None = None
    shadow: bool = False
    """The NIK was already held by somebody with another KK or birth date. Nobody outside is told so."""
    warnings: tuple[str, ...] = ()
    revision: int = 1
    """Counts the versions of the identity data; an answer about an older version is ignored."""
    confirmed_at: datetime | None = None
    wake_at: datetime | None = None
    """When time alone changes something: the registry is asked again, or the days for a correction are over."""
    question: Question | None = None
    verdict: Verdict | None = None
    laid_off_listed: bool = False
    test: SkillsTest | None = None
    wave: int | None = None
    joined_at: datetime | None = None
    left: LeftWave | None = None
    results: tuple[WaveResult, ...] = ()
    card_number: Sealed | None = None
    revocation: Revocation | None = None
    screened: bool = False  # compared with the others (watch.py) as the data are now
    ring: str | None = None  # one it was held for (rings.py)
    account: str | None = None
    evidence: Evidence | None = None

    @property
    def id(self) -> str:
        return self.applicant_id

    @property
    def indexes(self) -> Indexes:
        person = (self.nik_index, self.proof_index, self.kk_index, self.tracking_index, self.name_birth_index)
        return Indexes(*person, self.mobile_index, self.email_index, self.traces)


@dataclass(frozen=True, slots=True)
class PlaceTask:
    """Somebody whose kecamatan nobody knows: a task for staff, gone when it is known."""

    collection: ClassVar[str] = "place_tasks"

    applicant_id: str

    @property
    def id(self) -> str:
        return self.applicant_id


@dataclass(frozen=True, slots=True)
class Shadow:
    """A later application with the same NIK and another KK or birth date."""

    applicant_id: str
    proof_index: str


@dataclass(frozen=True, slots=True)
class NikClaim:
    """Who holds a NIK. Its id is the blind index, so a NIK can be held once whatever the applicants' ids are."""

    collection: ClassVar[str] = "nik_claims"

    nik_index: str
    holder: str | None
    """None: the holder withdrew, the NIK is free."""
    proof_index: str
    shadows: tuple[Shadow, ...] = ()
    blocked: str | None = None
    """Reason code of a participation that was revoked: this NIK never gets a card again."""

    @property
    def id(self) -> str:
        return self.nik_index
