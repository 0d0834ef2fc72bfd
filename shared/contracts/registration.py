"""What registration tells the others: who registered, what was found, who was selected and how it was drawn.

In clear stand only the features that reporting counts (kecamatan, sex, age band, education, work status,
Covid effect, group, channel, how they heard of us); everything else about a person is `Sealed` under the
person's own key, with the field's name of this file as associated data.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from pydantic import AwareDatetime

from shared.contracts.base import Event, Sealed
from shared.contracts.registration_contact import ConfirmationCodeIssued, ConsultationBooked, ObjectionDecided
from shared.contracts.registration_terms import (
    FIELD_NAMES,
    Actor,
    Channel,
    Code,
    Count,
    Digest,
    Features,
    Id,
    Kecamatan,
    PersonEvent,
    Rupiah,
    TestResult,
    Text,
    WaveNumber,
)
from shared.contracts.registration_waves import (
    ApplicantReinstated,
    ApplicantReleased,
    SeatsRecycled,
    WaveChanged,
    WaveClosed,
    WaveDrawn,
    WaveOpened,
)


class ApplicantRegistered(PersonEvent, Features):
    """A person registered; the data are on disk and are being checked. Stage 1 of the programme."""

    received_at: AwareDatetime
    channel: Channel
    import_id: Id | None = None
    """The collective sheet that brought this person."""
    heard_from: Code | None = None
    consent_campaigns: bool
    full_name: Sealed
    email: Sealed | None = None
    mobile: Sealed | None = None
    tracking_code: Sealed
    desired_training: Sealed | None = None
    """What the person wants to learn, in their own words: how well a course fits is judged by it."""


class ApplicantCorrected(PersonEvent, Features):
    """A person's data changed. Carries all features anew, and of the sealed fields those that changed.

    When `email` or `mobile` changed, the OLD contact must hear of it.
    """

    corrected_at: AwareDatetime
    by: Actor
    fields: tuple[Code, ...]
    consent_campaigns: bool
    full_name: Sealed | None = None
    email: Sealed | None = None
    mobile: Sealed | None = None
    tracking_code: Sealed | None = None
    desired_training: Sealed | None = None


class ApplicantWithdrawn(PersonEvent):
    """A person took the application back, at any stage. After a selection incentive answers with the revocation."""

    withdrawn_at: AwareDatetime
    by: Actor


class IdentityConfirmed(PersonEvent):
    """The civil registry, or two members of staff after a review, confirmed who this person is."""

    confirmed_at: AwareDatetime
    method: Literal["civil_registry", "staff"]


class IdentityQuestioned(PersonEvent):
    """Data contradict each other or the civil registry. The person may correct them until `deadline`.

    `fields` are names of `FIELD_NAMES`; `reasons` are codes: BIRTH_DATE_CONTRADICTS_NIK, SEX_CONTRADICTS_NIK,
    REGISTRY_MISMATCH, NOT_IN_REGISTRY, REGISTRY_INACTIVE, NIK_CLAIMED_TWICE, NEAR_DUPLICATE, RING_SUSPECTED.
    """

    questioned_at: AwareDatetime
    fields: tuple[Code, ...]
    reasons: tuple[Code, ...]
    deadline: date
    """Last day (WIB) for a correction, that day included."""
    tracking_code: Sealed


class ApplicantEligible(PersonEvent):
    """All conditions of the rule set hold."""

    decided_at: AwareDatetime
    rule_set: Code
    rule_version: Code


class ApplicantIneligible(PersonEvent):
    """A condition of the rule set does not hold; the person may object until `appeal_deadline`."""

    decided_at: AwareDatetime
    reason: Code
    """AGE_BELOW_MINIMUM, AGE_ABOVE_MAXIMUM, NOT_A_CITIZEN, IN_FORMAL_EDUCATION, DECLARED_OFFICIAL, OFFICIAL_<kind>,
    OTHER_AID, PREVIOUS_RECIPIENT, OUTSIDE_TARGET_GROUPS, KK_LIMIT, IDENTITY_NOT_CONFIRMED."""
    reason_text: Text
    """The reason as an Indonesian sentence for the person."""
    rule_ref: Text
    """Legal basis as people quote it, such as `Permenko 11/2020 Bab II`."""
    appeal_deadline: date
    rule_set: Code
    rule_version: Code
    tracking_code: Sealed
    domicile: Sealed | None = None
    """Where the person lives, told of people with a card alone: letters about what is to be repaid go there."""


class TestTaken(PersonEvent):
    """The motivation and basic-skills test was taken, recorded by staff from paper, or waived with a reason."""

    __test__: ClassVar[bool] = False  # the name is the contract; pytest must not collect it

    taken_at: AwareDatetime
    result: TestResult


class WaveJoined(PersonEvent):
    """A person stands in a wave's list."""

    wave: WaveNumber
    joined_at: AwareDatetime


class ApplicantSelected(PersonEvent):
    """A person was drawn and has a card. Stage 2 ends; all that incentive needs to open an account is here.

    `nik_index` is the blind index of the NIK: a payout account's holder is compared by it, and by `full_name`.
    """

    wave: WaveNumber
    selected_at: AwareDatetime
    stratum: Code
    rank: Count
    card_number: Sealed
    full_name: Sealed
    nik_index: Digest
    kecamatan: Kecamatan | None = None
    rule_set: Code
    training_balance_rupiah: Rupiah
    first_purchase_deadline: date
    """Last day (WIB) to buy the first course; the WIB date of `selected_at` is day 1."""


class ApplicantNotSelected(PersonEvent):
    """A person was not drawn; the data stay valid for the next wave.

    `rank` counts inside `stratum`, which had `pool_size` people and `quota` seats: `rank > quota` always holds.
    """

    wave: WaveNumber
    decided_at: AwareDatetime
    stratum: Code
    stratum_name: Text
    """Indonesian name of the group for the person."""
    rank: Count
    pool_size: Count
    quota: Count


class IdentityErased(PersonEvent):
    """The person's key was destroyed: everything sealed is unreadable for ever, the counts stay."""

    erased_at: AwareDatetime
    reason: Code


EVENTS: tuple[type[Event], ...] = (
    ApplicantRegistered,
    ApplicantCorrected,
    ApplicantWithdrawn,
    IdentityConfirmed,
    IdentityQuestioned,
    ApplicantEligible,
    ApplicantIneligible,
    TestTaken,
    WaveOpened,
    WaveChanged,
    WaveJoined,
    WaveClosed,
    WaveDrawn,
    ApplicantReleased,
    ApplicantReinstated,
    ApplicantSelected,
    ApplicantNotSelected,
    SeatsRecycled,
    ConsultationBooked,
    ObjectionDecided,
    IdentityErased,
    ConfirmationCodeIssued,
)
"""All of them, for shared/contracts/__init__.py."""

__all__ = [  # the waves' events are kept in a file of their own
    "EVENTS",
    "FIELD_NAMES",
    "ApplicantCorrected",
    "ApplicantEligible",
    "ApplicantIneligible",
    "ApplicantNotSelected",
    "ApplicantRegistered",
    "ApplicantReinstated",
    "ApplicantReleased",
    "ApplicantSelected",
    "ApplicantWithdrawn",
    "ConfirmationCodeIssued",
    "ConsultationBooked",
    "IdentityConfirmed",
    "IdentityErased",
    "IdentityQuestioned",
    "ObjectionDecided",
    "SeatsRecycled",
    "TestTaken",
    "WaveChanged",
    "WaveClosed",
    "WaveDrawn",
    "WaveJoined",
    "WaveOpened",
]  # fmt: skip
