"""What a person no longer has after a correction is no longer counted as shared with others (rings.py).

Else a family that first gave one phone, and then each their own, would count as sharing it for ever. Who once stood
together stays in one ring, so that nobody hides a chain of people by changing phones one after the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from services.registration.domain.applicant import Applicant, NikClaim
from services.registration.domain.likeness import SHORT
from services.registration.domain.rings import Link, link_id
from shared.contracts.decision import Decision


def shared_by(applicant: Applicant | None) -> tuple[str, ...]:
    """Links in which the person may be counted; those of the office's own numbers do not exist."""
    if applicant is None:
        return ()
    held = (
        link_id("kk", applicant.kk_index),
        link_id("mobile", applicant.mobile_index or ""),
        link_id("device", applicant.traces.device or ""),
        link_id("account", applicant.account or ""),
    )
    return tuple(each for each in held if not each.endswith("/"))


def parted(
    before: Applicant | None, claim: NikClaim | None, links: Sequence[Link | None], decided: Decision
) -> Decision:
    """A correction, and the links that forget the person's NIK: all when it is another one now, else what changed.

    Somebody else's application with the same NIK may still have the thing, so then nothing is forgotten.
    """
    after = next((each for each in decided.changes if isinstance(each, Applicant)), None)
    if before is None or after is None or (claim and (claim.shadows or claim.holder != before.applicant_id)):
        return decided
    kept = () if after.nik_index != before.nik_index else shared_by(after)
    gone = [each for each in links if each and each.link_id not in kept]
    return decided + Decision(changes=tuple(changed for each in gone if (changed := _without(each, before)) != each))


def _without(link: Link, applicant: Applicant) -> Link:
    """Beyond the first `SEEN` only a number is kept, and nobody knows whether this person is in it: it stays."""
    nik = applicant.nik_index[:SHORT]
    return replace(link, niks=tuple(each for each in link.niks if each != nik))
