"""An application comes in; one NIK is held by one application."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from services.registration.domain import identity
from services.registration.domain.applicant import (
    Applicant,
    Indexes,
    NikClaim,
    Personal,
    PlaceTask,
    Profile,
    Shadow,
)
from services.registration.domain.reasons import fields_of
from services.registration.domain.rules import RuleSet
from shared.contracts.decision import Aggregate, Decision, Refused
from shared.contracts.registration import ApplicantRegistered
from shared.contracts.registration_terms import Channel

MOST_SHADOWS = 20
"""Applications with one NIK that are kept for review; more only say again that somebody tries."""


@dataclass(frozen=True, slots=True)
class RegisterApplicant:
    """A checked form, sealed by the door. `key` is the person's wrapped key: stored in the same transaction."""

    applicant_id: str
    channel: Channel
    personal: Personal
    indexes: Indexes
    profile: Profile
    contradictions: tuple[str, ...]
    warnings: tuple[str, ...]
    rules: RuleSet
    key: Aggregate
    import_id: str | None = None


def register(claim: NikClaim | None, command: RegisterApplicant, now: datetime) -> Decision:
    """Accept an application; reply {applicant_id, tracking_code (sealed), outcome: registered | questioned}.

    Raises Refused UNDER_AGE, and DUPLICATE only to one who knows NIK, KK and birth date of the holder.
    With another KK or birth date the application is accepted like any other and goes to review: nobody can
    find out whose NIK is registered by trying. Source: mission, Intake; paper fact 109.
    """
    if command.profile.age_years < command.rules.min_age:
        raise Refused("UNDER_AGE", min_age=command.rules.min_age)
    claimed = claim_nik(claim, command.applicant_id, command.indexes)
    shadow = claimed.holder != command.applicant_id
    applicant = _applicant(command, now, shadow=shadow)
    told = _registered(applicant)
    if command.contradictions:
        decided = _contradicted(applicant, claimed, command, now)
    else:
        decided = Decision(changes=(applicant,))
    reply = {
        "applicant_id": applicant.applicant_id,
        "tracking_code": applicant.personal.tracking_code,
        "outcome": "questioned" if shadow or command.contradictions else "registered",
    }
    tasks = (PlaceTask(applicant.applicant_id),) if applicant.profile.kecamatan is None else ()
    return Decision(
        changes=(*decided.changes, claimed, command.key, *tasks),
        events=(told, *decided.events),
        reply=reply,
    )


def claim_nik(claim: NikClaim | None, applicant_id: str, indexes: Indexes) -> NikClaim:
    """Take the NIK, or stand in its shadow; Refused DUPLICATE, NIK_UNDER_REVIEW."""
    if claim is None:
        return NikClaim(indexes.nik, applicant_id, indexes.proof)
    if claim.holder is None and claim.blocked is None:
        return replace(claim, holder=applicant_id, proof_index=indexes.proof)
    known = {claim.proof_index, *(each.proof_index for each in claim.shadows)}
    if indexes.proof in known:
        raise Refused("DUPLICATE")
    if len(claim.shadows) >= MOST_SHADOWS:
        raise Refused("NIK_UNDER_REVIEW")
    return replace(claim, shadows=(*claim.shadows, Shadow(applicant_id, indexes.proof)))


def _contradicted(applicant: Applicant, claim: NikClaim, command: RegisterApplicant, now: datetime) -> Decision:
    """The NIK itself contradicts the form: no need to ask the registry before the person looks again."""
    others = (claim.holder,) if applicant.shadow and claim.holder else ()
    fields = fields_of(command.contradictions)
    return identity.question(applicant, fields, command.contradictions, command.rules, now, others=others, wake_at=now)


def _applicant(command: RegisterApplicant, now: datetime, *, shadow: bool) -> Applicant:
    indexes = command.indexes
    return Applicant(
        applicant_id=command.applicant_id,
        stage="pending",
        received_at=now,
        channel=command.channel,
        rule_set=command.rules.rule_set,
        personal=command.personal,
        profile=command.profile,
        nik_index=indexes.nik,
        proof_index=indexes.proof,
        kk_index=indexes.kk,
        tracking_index=indexes.tracking,
        name_birth_index=indexes.name_birth,
        mobile_index=indexes.mobile,
        email_index=indexes.email,
        traces=indexes.traces,
        import_id=command.import_id,
        shadow=shadow,
        warnings=command.warnings,
        wake_at=now,
    )


def _registered(applicant: Applicant) -> ApplicantRegistered:
    personal, profile = applicant.personal, applicant.profile
    return ApplicantRegistered(
        applicant_id=applicant.applicant_id,
        received_at=applicant.received_at,
        channel=applicant.channel,
        import_id=applicant.import_id,
        heard_from=profile.heard_from,
        consent_campaigns=profile.consent_campaigns,
        full_name=personal.full_name,
        email=personal.email,
        mobile=personal.mobile,
        tracking_code=personal.tracking_code,
        desired_training=personal.desired_training,
        **profile.features(),
    )
