"""A person's data are corrected, or the application is withdrawn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services.registration.domain import identity, review
from services.registration.domain.applicant import (
    Applicant,
    Indexes,
    NikClaim,
    Personal,
    PlaceTask,
    Profile,
    Shadow,
)
from services.registration.domain.application import claim_nik
from services.registration.domain.reasons import fields_of
from services.registration.domain.review import ReviewCase
from services.registration.domain.rules import RuleSet
from shared.contracts.decision import Decision, Refused, ref
from shared.contracts.registration import ApplicantCorrected, ApplicantWithdrawn
from shared.contracts.registration_terms import Actor

IDENTITY_FIELDS = frozenset({"full_name", "nik", "kk_number", "birth_date", "sex"})
CONDITION_FIELDS = frozenset({"work_status", "citizen", "not_in_formal_education", "not_an_official"})

Claims = tuple[NikClaim | None, NikClaim | None]
"""Who holds the old NIK, and who the new one."""


@dataclass(frozen=True, slots=True)
class Correction:
    """New data of a person as a whole, sealed anew by the door, and the names of the fields that differ."""

    applicant_id: str
    fields: tuple[str, ...]
    personal: Personal
    indexes: Indexes
    profile: Profile
    contradictions: tuple[str, ...]
    warnings: tuple[str, ...]
    rules: RuleSet
    by: Actor


def correct(
    applicant: Applicant | None,
    claims: Claims,
    case: ReviewCase | None,
    command: Correction,
    now: datetime,
) -> Decision:
    """Change a person's data. Nothing of it is decided by who asks: the door checked that.

    What identity or conditions rest on is checked anew, from the registry on. Raises Refused APPLICANT_UNKNOWN,
    APPLICATION_CLOSED, WAVE_JOINED, ALREADY_SELECTED, UNDER_AGE, DUPLICATE, NIK_UNDER_REVIEW.
    """
    found = _open(applicant)
    restart = bool((IDENTITY_FIELDS | CONDITION_FIELDS) & set(command.fields))
    changed = _with_data(found, command)
    told = _corrected(changed, command, now)
    tasks = _place_task(changed)
    if not restart:
        if changed.mobile_index != found.mobile_index:
            changed = replace(changed, screened=False, wake_at=now)
        return Decision(changes=(changed,), events=(told,)) + tasks
    if command.profile.age_years < command.rules.min_age:
        raise Refused("UNDER_AGE", min_age=command.rules.min_age)
    moved, changed = _moved_claims(found, changed, claims, command)
    closed = review.close_without_answer(case, now)
    again = _checked_anew(changed, command, now)
    return Decision(changes=(*closed, *moved), events=(told,)) + again + tasks


def _place_task(applicant: Applicant) -> Decision:
    """Staff look for a kecamatan exactly as long as nobody knows it."""
    if applicant.profile.kecamatan is None:
        return Decision(changes=(PlaceTask(applicant.applicant_id),))
    return Decision(removed=(ref(PlaceTask, applicant.applicant_id),))


def _open(applicant: Applicant | None) -> Applicant:
    if applicant is None:
        raise Refused("APPLICANT_UNKNOWN")
    if applicant.stage in ("withdrawn", "revoked", "erased"):
        raise Refused("APPLICATION_CLOSED")
    return applicant


def _with_data(applicant: Applicant, command: Correction) -> Applicant:
    restart = bool((IDENTITY_FIELDS | CONDITION_FIELDS) & set(command.fields))
    if restart and applicant.stage == "joined":
        raise Refused("WAVE_JOINED")
    if restart and applicant.card_number:
        raise Refused("ALREADY_SELECTED")
    indexes = command.indexes
    return replace(
        applicant,
        personal=command.personal,
        profile=command.profile,
        warnings=command.warnings,
        nik_index=indexes.nik,
        proof_index=indexes.proof,
        kk_index=indexes.kk,
        tracking_index=indexes.tracking,
        name_birth_index=indexes.name_birth,
        mobile_index=indexes.mobile,
        email_index=indexes.email,
        traces=replace(indexes.traces, device=indexes.traces.device or applicant.traces.device),
    )


def _corrected(applicant: Applicant, command: Correction, now: datetime) -> ApplicantCorrected:
    sealed: dict[str, Any] = {
        name: getattr(applicant.personal, name)
        for name in ("full_name", "email", "mobile", "tracking_code", "desired_training")
        if name in command.fields
    }
    return ApplicantCorrected(
        applicant_id=applicant.applicant_id,
        corrected_at=now,
        by=command.by,
        fields=command.fields,
        **sealed,
        consent_campaigns=applicant.profile.consent_campaigns,
        **applicant.profile.features(),
    )


def _moved_claims(
    old: Applicant, new: Applicant, claims: Claims, command: Correction
) -> tuple[tuple[NikClaim, ...], Applicant]:
    """The claims after a correction, and the applicant as holder or shadow of the (new) NIK."""
    before, after = claims
    if old.nik_index == new.nik_index:
        return (_same_claim(before, new),) if before else (), new
    taken = claim_nik(after, new.applicant_id, command.indexes)
    freed = (_without(before, old.applicant_id),) if before else ()
    return (*freed, taken), replace(new, shadow=taken.holder != new.applicant_id)


def _same_claim(claim: NikClaim, new: Applicant) -> NikClaim:
    """The NIK stays, KK or birth date may differ: what proves the person follows, for holder and shadow alike."""
    if claim.holder == new.applicant_id:
        return replace(claim, proof_index=new.proof_index)
    if claim.proof_index == new.proof_index and claim.holder is not None:
        raise Refused("DUPLICATE")
    return replace(_without(claim, new.applicant_id), shadows=(*_others(claim, new), _shadow(new)))


def _others(claim: NikClaim, applicant: Applicant) -> tuple[Shadow, ...]:
    return tuple(each for each in claim.shadows if each.applicant_id != applicant.applicant_id)


def _shadow(applicant: Applicant) -> Shadow:
    return Shadow(applicant.applicant_id, applicant.proof_index)


def _without(claim: NikClaim, applicant_id: str) -> NikClaim:
    holder = None if claim.holder == applicant_id else claim.holder
    return replace(claim, holder=holder, shadows=tuple(s for s in claim.shadows if s.applicant_id != applicant_id))


def _checked_anew(applicant: Applicant, command: Correction, now: datetime) -> Decision:
    fresh = replace(
        applicant,
        stage="pending",
        revision=applicant.revision + 1,
        question=None,
        verdict=None,
        confirmed_at=None,
        wake_at=now,
        screened=False,
        evidence=None,
    )
    if command.contradictions:
        fields = fields_of(command.contradictions)
        return identity.question(fresh, fields, command.contradictions, command.rules, now, wake_at=now)
    return Decision(changes=(fresh,))


@dataclass(frozen=True, slots=True)
class Withdraw:
    applicant_id: str
    by: Actor


def withdraw(
    applicant: Applicant | None, claim: NikClaim | None, case: ReviewCase | None, *, by: Actor, now: datetime
) -> Decision:
    """Take the application back. The NIK is free again, unless its card was already given (once per person).

    Raises Refused APPLICANT_UNKNOWN, APPLICATION_CLOSED.
    """
    found = _open(applicant)
    gone = replace(found, stage="withdrawn", wave=None, joined_at=None, question=None, wake_at=None)
    freed = (_without(claim, found.applicant_id),) if claim and not found.card_number else ()
    told = ApplicantWithdrawn(applicant_id=found.applicant_id, withdrawn_at=now, by=by)
    return Decision(changes=(gone, *freed, *review.close_without_answer(case, now)), events=(told,))
