"""The review queue: what must stand in it stands in it, and two people decide; one case stays with staff."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from functools import partial
from typing import Any

from deploy.demo.found import Found, Reviewed
from deploy.demo.office import HEAD, DemoFailed, Office, together
from deploy.demo.progress import Tell
from deploy.demo.sheets import PLAN, City
from services.registration.domain.watch import NEAR

FIRST_EYES = ("penempatan1", "penempatan2", "penempatan3")
SAME = "Nama, tanggal lahir, dan alamat sama: satu orang dengan NIK kedua"
TWO = "Dua orang: sudah datang ke kantor dengan KTP masing-masing"
SHARING = "Satu ponsel, satu KK, dan satu perangkat dipakai bergantian: identitas pinjaman"

Case = Mapping[str, Any]


async def review(office: Office, city: City, found: Found, tell: Tell) -> None:
    """Look at the whole queue, then decide on what was planted: a second NIK and the ring rejected, namesakes not."""
    pairs = [(pair.first.nik, pair.second.nik, pair.one_person) for pair in city.pairs]
    ids = await ids_of(office, [*(nik for *both, _ in pairs for nik in both), *(each.nik for each in city.ring)])
    doubles = {frozenset((ids[one], ids[other])): same for one, other, same in pairs}
    ring = {ids[each.nik] for each in city.ring}
    cases = await queue(office)
    found.review = compared(cases, doubles.keys(), ring)
    answers = _answers(cases, doubles, ring)
    for number, (case_id, (answer, reason)) in enumerate(answers.items()):
        await _decide(office, case_id, answer, reason, FIRST_EYES[number % len(FIRST_EYES)])
        tell(number + 1, len(answers))
    about = {case["case_id"]: case["applicant_ids"] for case in cases}
    for case_id, (answer, _) in answers.items():
        # Of two side by side it is about the first; of a ring about everybody.
        who = about[case_id] if ring.issuperset(about[case_id]) else about[case_id][:1]
        found.review.decided |= dict.fromkeys(who, answer)


async def outcome(office: Office, found: Found) -> None:
    """Who is out and who is in, by the state of each person; a ring's members are told part by part."""
    decided = found.review.decided
    stage = await stages(office, decided)
    found.review.refused = [id for id in decided if decided[id] == "reject" and stage[id] == "ineligible"]
    found.review.confirmed = [id for id in decided if decided[id] == "confirm" and stage[id] == "eligible"]


async def look_again(office: Office, found: Found) -> None:
    """At the end: who shares a payout account; and nobody was refused because staff did not look."""
    cases = await queue(office)
    found.review.left = sum(NEAR in case["reasons"] for case in cases)
    found.review.one_account = sum(len(case["applicant_ids"]) for case in cases if case["kind"] == "SHARED_ACCOUNT")


async def queue(office: Office) -> list[Case]:
    """All cases that wait for staff, page by page."""
    cases: list[Case] = []
    while True:
        page = {"page": len(cases) // 50}
        more = (await office.ask("GET", "/registration/reviews", FIRST_EYES[0], params=page))["cases"]
        cases += more
        if len(more) < 50:
            return cases


async def ids_of(office: Office, niks: Iterable[str]) -> dict[str, str]:
    """NIK -> applicant id, as staff find people. Who holds a NIK comes first."""

    async def one(nik: str) -> str:
        people = (await office.ask("POST", "/registration/search", FIRST_EYES[0], json={"nik": nik}))["applicants"]
        if not people:
            raise DemoFailed("nobody is found who was planted and registered")
        return str(people[0]["applicant_id"])

    return await together({nik: partial(one, nik) for nik in niks}, 8)


async def stages(office: Office, ids: Iterable[str]) -> dict[str, str]:
    """Applicant id -> stage, as staff see it."""

    async def one(id: str) -> str:
        return str((await office.ask("GET", f"/registration/applicants/{id}", FIRST_EYES[0]))["stage"])

    return await together({id: partial(one, id) for id in ids}, 8)


def compared(cases: Sequence[Case], pairs: Set[frozenset[str]], ring: Set[str]) -> Reviewed:
    """The queue beside what was planted: pairs of applicant ids, and the members of the ring."""
    near = [frozenset(case["applicant_ids"]) for case in cases if NEAR in case["reasons"]]
    rings = [set(case["applicant_ids"]) for case in cases if case["kind"] == "RING"]
    members = set().union(*rings)
    return Reviewed(
        pairs=len(pairs & set(near)),
        other_pairs=sum(pair not in pairs for pair in near),
        ring=sorted(ring),
        rings=len(rings),
        members=len(members & ring),
        other_members=len(members - ring),
    )


def _answers(
    cases: Sequence[Case], doubles: Mapping[frozenset[str], bool], ring: Set[str]
) -> dict[str, tuple[str, str]]:
    """Case id -> answer and reason. As many second NIKs as the plan says stay undecided."""
    found: dict[str, tuple[str, str]] = {}
    waiting = PLAN["near_duplicates_left"]
    for case in cases:
        people = frozenset(case["applicant_ids"])
        if case["kind"] == "RING" and people <= ring:
            found[case["case_id"]] = ("reject", SHARING)
        elif people in doubles and not doubles[people]:
            found[case["case_id"]] = ("confirm", TWO)
        elif people in doubles and waiting:
            waiting -= 1
        elif people in doubles:
            found[case["case_id"]] = ("reject", SAME)
    return found


async def _decide(office: Office, case_id: str, answer: str, reason: str, who: str) -> None:
    """One proposes with a reason, another person agrees."""
    path = f"/registration/reviews/{case_id}"
    await office.ask("POST", f"{path}/proposal", who, json={"answer": answer, "reason": reason})
    await office.ask("POST", f"{path}/approval", HEAD[0])
