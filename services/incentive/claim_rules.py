"""Rules about claims of course platforms: taken, refused, doubted, and what a person decides on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from services.incentive.domain import completion, doubts, later_findings, redeem_codes, refused_claims
from services.incentive.domain.certificates import Certificate, certificate_key
from services.incentive.domain.completion import ClaimSeen, ReconcileCertificate, RecordCompletion
from services.incentive.domain.doubts import RejectCompletion
from services.incentive.domain.draft import Draft
from services.incentive.domain.later_findings import DoubtClaim, HearBadgeStatus
from services.incentive.domain.participant import Participant
from services.incentive.domain.partner_rates import PartnerHour
from services.incentive.domain.redeem_codes import RedeemCode
from services.incentive.domain.refused_claims import RefuseClaim, RefusedClaim
from services.incentive.wiring import Desk, peek
from shared.contracts.decision import Decision, Ref, World, ref
from shared.engine.rules import Rule


def claim_commands(desk: Desk) -> Mapping[type, Rule]:
    """Command -> rule, for commands.py."""
    return {
        RecordCompletion: _completion(desk),
        RefuseClaim: Rule(_refusal_needs, _refuse),
        ReconcileCertificate: desk.about(_reconcile, more=_certificate),
        RejectCompletion: desk.about(lambda draft, command, world: doubts.reject(draft, command)),
        HearBadgeStatus: desk.about(_hear_status, who=_holder, more=_badge),
        DoubtClaim: desk.about(_doubt, who=_claimant, more=lambda command, world: [ref(ClaimSeen, command.claim_key)]),
    }


def _bearer(message: Any, world: World) -> str | None:
    """The participant a redeem code leads to."""
    code = peek(world, RedeemCode, message.redeem_code)
    return code.applicant_id if code else None


def _hours(partner_code: str) -> Ref:
    """All hours of a platform: `needs` does not know the time, so the hour is one document that is started anew."""
    return ref(PartnerHour, partner_code)


def _completion(desk: Desk) -> Rule:
    def more(claim: RecordCompletion, world: World) -> Iterable[Ref]:
        yield ref(ClaimSeen, claim.claim_key)
        yield ref(RedeemCode, claim.redeem_code)
        yield ref(Certificate, claim.certificate_key)
        yield _hours(claim.partner_code)

    def act(draft: Draft, claim: RecordCompletion, world: World) -> Mapping[str, Any]:
        code, certificate = world.get(RedeemCode, claim.redeem_code), world.get(Certificate, claim.certificate_key)
        return completion.record(draft, claim, code, certificate, world.get(PartnerHour, claim.partner_code))

    def first(claim: RecordCompletion, world: World) -> None:
        redeem_codes.known(world.get(RedeemCode, claim.redeem_code), claim.partner_code)

    rule = desk.about(act, who=_bearer, more=more, first=first)

    def decide(world: World, claim: RecordCompletion, now: datetime) -> Decision:
        seen = world.get(ClaimSeen, claim.claim_key)
        return completion.repeated(seen, claim) if seen else rule.decide(world, claim, now)

    return Rule(rule.needs, decide)


def _refusal_needs(claim: RefuseClaim, world: World) -> Iterable[Ref]:
    return [ref(RefusedClaim, claim.place), *([_hours(claim.partner_code)] if claim.partner_code else [])]


def _refuse(world: World, claim: RefuseClaim, now: datetime) -> Decision:
    hour = world.get(PartnerHour, claim.partner_code) if claim.partner_code else None
    return refused_claims.refuse(world.get(RefusedClaim, claim.place), claim, hour, now)


def _certificate(command: ReconcileCertificate, world: World) -> Iterable[Ref]:
    key = _certificate_key(peek(world, Participant, command.applicant_id), command)
    return [ref(Certificate, key)] if key else []


def _certificate_key(person: Participant | None, command: ReconcileCertificate) -> str | None:
    purchase = person.purchase(command.purchase_number) if person else None
    return certificate_key(purchase.platform_code, command.certificate_number) if purchase else None


def _reconcile(draft: Draft, command: ReconcileCertificate, world: World) -> Mapping[str, Any]:
    key = _certificate_key(draft.person, command)
    return completion.reconcile(draft, command, world.get(Certificate, key) if key else None)


def _badge(command: HearBadgeStatus, world: World) -> Iterable[Ref]:
    return [ref(Certificate, command.certificate_key)]


def _holder(command: HearBadgeStatus, world: World) -> str | None:
    certificate = peek(world, Certificate, command.certificate_key)
    return certificate.applicant_id if certificate else None


def _hear_status(draft: Draft, command: HearBadgeStatus, world: World) -> None:
    later_findings.hear_badge_status(draft, command, world.get(Certificate, command.certificate_key))


def _claimant(command: DoubtClaim, world: World) -> str | None:
    claim = peek(world, ClaimSeen, command.claim_key)
    return claim.applicant_id if claim else None


def _doubt(draft: Draft, command: DoubtClaim, world: World) -> None:
    later_findings.doubt_claim(draft, world.get(ClaimSeen, command.claim_key))
