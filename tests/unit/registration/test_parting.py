"""A corrected phone no longer counts as shared: what the table of rules reads, and what it forgets."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from services.registration.domain.applicant import Applicant, NikClaim, Shadow
from services.registration.domain.correction import Correction
from services.registration.domain.likeness import SHORT
from services.registration.domain.rings import Link, Ring, link_id
from shared.contracts.decision import ref
from tests.unit.registration.builders import index, personal, profile, rules
from tests.unit.registration.watched import PHONE, Office

OWN = index("own phone")


def corrected(office: Office, who: str, *fields: str, **indexes: Any) -> None:
    """The person's data with other indexes, through the table of all rules."""
    person: Applicant = office.person(who)
    told = Correction(
        applicant_id=who,
        fields=fields,
        personal=personal(who),
        indexes=replace(person.indexes, **indexes),
        profile=profile(),
        contradictions=(),
        warnings=(),
        rules=rules(),
        by="applicant",
    )
    office.do(told)


def link(office: Office, kind: Any, thing: str) -> Any:
    return office.rows.get(ref(Link, link_id(kind, thing)))


def test_a_family_that_gave_one_phone_and_then_their_own_shares_none() -> None:
    office = Office()
    office.share(3)
    assert link(office, "mobile", PHONE).people == 3

    corrected(office, "p0001", "mobile", mobile=OWN)

    assert link(office, "mobile", PHONE).people == 2
    office.take(office.person("p0001"))
    assert link(office, "mobile", OWN).niks == (office.person("p0001").nik_index[:SHORT],)
    office.share(1, 3)  # the limit is three NIKs with one phone
    assert office.person("p0003").stage == "pending"
    office.share(1, 4)
    assert office.person("p0004").stage == "questioned"


def test_who_stood_together_stays_in_one_ring() -> None:
    office = Office()
    office.share(3)
    corrected(office, "p0001", "mobile", mobile=OWN)
    assert office.rows[ref(Ring, "p0000")].members == ("p0000", "p0001", "p0002")


def test_the_same_correction_again_forgets_nothing_more() -> None:
    office = Office()
    office.share(3)
    corrected(office, "p0001", "mobile", mobile=OWN)
    corrected(office, "p0001", "mobile", mobile=OWN)
    assert link(office, "mobile", PHONE).people == 2


def test_a_mistyped_nik_is_not_counted_beside_the_right_one() -> None:
    office = Office()
    office.share(3)
    corrected(office, "p0001", "nik", nik=index("right"))
    assert link(office, "mobile", PHONE).people == 2
    office.take(office.person("p0001"))
    assert link(office, "mobile", PHONE).people == 3


def test_what_somebody_else_may_still_have_under_the_same_nik_is_not_forgotten() -> None:
    office = Office()
    office.share(3)
    person = office.person("p0001")
    place = ref(NikClaim, person.nik_index)
    office.rows[place] = replace(office.rows[place], shadows=(Shadow("other", "other-proof"),))
    corrected(office, "p0001", "mobile", mobile=OWN)
    assert link(office, "mobile", PHONE).people == 3


def test_another_field_changes_no_link() -> None:
    office = Office()
    office.share(3)
    before = link(office, "mobile", PHONE)
    corrected(office, "p0001", "full_name")
    assert link(office, "mobile", PHONE) == before
