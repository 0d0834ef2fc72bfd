"""What a stolen key can do: eight platforms, one thief, and no rupiah above the limit."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from deploy.simulators.claims import Platform, make_claim, new_platforms
from services.incentive.adapters.border import Border, ClaimAccepted, ClaimRefused
from services.incentive.adapters.partners import PartnerList, read_partners
from services.incentive.domain.completion import ClaimSeen
from services.incentive.domain.later_findings import DoubtClaim
from services.incentive.domain.purchases import BuyCourse
from services.incentive.domain.reviews import ReviewCourse
from shared.contracts.decision import Refused
from shared.contracts.incentive import IncentiveDue, TrainingCompleted
from tests.unit.incentive.builders import reference, selected
from tests.unit.incentive.city import city_with
from tests.unit.incentive.claims import NOW, record

HOUR = timedelta(hours=1)
EACH = 30
"""Open courses per platform."""
LIMITS = {"claims_per_hour": 20, "unusual_above": 5}
STOLEN = "TOKOPEDIA"


class Town:
    """Eight platforms with open courses at each, and a border that knows their keys."""

    def __init__(self) -> None:
        prefixes = {course.platform_code: course.certificate_prefix for course in reference().catalogue.values()}
        self.platforms = {each.partner_code: each for each in new_platforms(prefixes, LIMITS)}
        self.border = Border(PartnerList(read_partners([each.row() for each in self.platforms.values()])))
        self.city = city_with()
        self.open: dict[str, list[tuple[str, str, str]]] = {code: [] for code in self.platforms}
        for partner_code in self.platforms:
            self._enrol(partner_code)
        self.city.now = NOW

    def _enrol(self, partner_code: str) -> None:
        courses = [each for each in reference().catalogue.values() if each.platform_code == partner_code]
        course = next(each for each in courses if each.mode == "online" and each.price_rupiah <= 1_000_000)
        for number in range(EACH):
            applicant_id, code = f"{partner_code}-{number}", f"{course.certificate_prefix}-CODE-{number:03d}"
            self.city.hear(selected(applicant_id))
            self.city.ask(BuyCourse(applicant_id, course, code))
            self.city.redeem(code, partner_code)
            self.city.bank_says(self.city.link(applicant_id, account=f"{partner_code}{number}"))
            self.open[partner_code].append((applicant_id, code, course.course_code))

    def send(self, signer: Platform, code: str, course_code: str, at: datetime, id: str) -> str:
        """A claim under this key, through the border and the rules; returns `taken` or the reason."""
        fields = {
            "redeem_code": code,
            "course_code": course_code,
            "finished_on": NOW.date(),
            "certificate_number": f"{signer.certificate_prefix}-{id}",
        }
        judged = self.border.judge(record(make_claim(signer, at, id, fields)), at)
        self.city.now = at
        if isinstance(judged, ClaimRefused):
            return judged.reason
        assert isinstance(judged, ClaimAccepted)
        try:
            return str(self.city.ask(judged.command)["status"])
        except Refused as refused:
            return refused.code

    @property
    def completed(self) -> set[str]:
        return {event.platform_code for event in self.city.told(TrainingCompleted)}

    def conspire(self) -> None:
        """The worst case: everybody reviews the course they never did, as only they themselves can."""
        for people in self.open.values():
            for applicant_id, _, _ in people:
                if self.city.person(applicant_id).purchases[0].finished_on:
                    self.city.ask(ReviewCourse(applicant_id, 1, 5))


def test_a_stolen_key_completes_only_open_courses_of_its_own_platform_within_the_quota() -> None:
    town = Town()
    thief = town.platforms[STOLEN]
    outcomes: dict[str, list[str]] = {}
    for victim, people in town.open.items():
        for number, (_, code, course) in enumerate(people):
            outcomes.setdefault(victim, []).append(town.send(thief, code, course, NOW, f"T-{victim}-{number}"))
    others = set(town.platforms) - {STOLEN}
    assert {reason for each in others for reason in outcomes[each]} == {"REDEEM_CODE_OF_OTHER_PLATFORM"}
    assert outcomes[STOLEN] == ["taken"] * 20 + ["QUOTA_EXCEEDED"] * 10
    assert town.completed == {STOLEN}
    for victim in others:  # and in their name: the name in the body does not help without their key
        _, code, course = town.open[victim][0]
        disguised = replace(thief, partner_code=victim)
        assert town.send(disguised, code, course, NOW, "T-disguised") == "SIGNATURE_WRONG"


def test_a_thief_who_stays_for_a_night_gets_no_money_above_the_limit_and_none_without_the_people() -> None:
    town = Town()
    thief, hours = town.platforms[STOLEN], 8
    for hour in range(hours):
        for number, (_, code, course) in enumerate(town.open[STOLEN]):
            town.send(thief, code, course, NOW + hour * HOUR, f"T-{hour}-{number}")
    town.city.pass_days(30)
    assert town.city.told(IncentiveDue) == []  # nobody has reviewed: no money moves on a claim alone
    town.conspire()
    town.city.pass_days(60)
    paid_for = {event.applicant_id for event in town.city.told(IncentiveDue)}
    limit = LIMITS["unusual_above"]
    assert len(paid_for) <= limit * hours
    held = [each for each, _, _ in town.open[STOLEN] if town.city.person(each).purchases[0].doubts]
    assert len(paid_for) + len(held) == EACH
    assert len(paid_for) == limit * 2  # thirty courses were all taken in the first two hours
    assert all(town.city.person(each).unmatched for each in held)
    town.city.check_money()


def test_claims_of_the_neighbours_are_taken_while_the_thief_is_at_work() -> None:
    town = Town()
    thief = town.platforms[STOLEN]
    for number, (_, code, course) in enumerate(town.open[STOLEN] * 3):
        town.send(thief, code, course, NOW, f"T-{number}")
    for partner_code in set(town.platforms) - {STOLEN}:
        for number, (_, code, course) in enumerate(town.open[partner_code][:5]):
            signer = town.platforms[partner_code]
            assert town.send(signer, code, course, NOW, f"{number:04d}") == "taken"
    assert town.completed == set(town.platforms)


def test_once_the_theft_is_noticed_what_it_completed_is_paid_no_more() -> None:
    town = Town()
    thief = town.platforms[STOLEN]
    for number, (_, code, course) in enumerate(town.open[STOLEN]):
        town.send(thief, code, course, NOW, f"T-{number}")
    town.conspire()
    assert len(town.city.told(IncentiveDue)) == LIMITS["unusual_above"]
    for claim in town.city.all(ClaimSeen):  # as partner_watch.py finds them by key and time
        town.city.ask(DoubtClaim(claim.claim_key))
    assert town.city.batch(until=NOW.date() + timedelta(days=400)).lines == 0
    town.city.check_money()
