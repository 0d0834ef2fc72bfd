"""How often the score of a course (services/incentive/domain/fit.py) puts the best course first, or among the first.

    python -m tests.bench.fit [people]

Compared with the list by price and by chance, on made-up people whose best course is known (fit_city.py).
Written to out/bench-fit.json.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from services.incentive.domain.catalogue import Course
from services.incentive.domain.fit import Buyer, best_first
from services.incentive.domain.wishes import read_wish
from services.incentive.reference import Reference, read_reference
from tests.bench.fit_city import KINDS, Seeker, seekers

FEW = 5
Order = Callable[[Seeker], Sequence[str]]
"""Course codes in the order in which a person sees them."""


def orders(reference: Reference, seed: int = 7) -> dict[str, Order]:
    """The orders that are compared."""
    courses = list(reference.catalogue.values())
    chance = random.Random(seed)
    cheap = [each.course_code for each in sorted(courses, key=lambda each: each.price_rupiah)]
    return {
        "score": lambda person: [course.course_code for course, _ in best_first(courses, _buyer(reference, person))],
        "price": lambda person: cheap,
        "chance": lambda person: _shuffled(courses, chance),
    }


def _buyer(reference: Reference, person: Seeker) -> Buyer:
    wish = read_wish(person.wish, reference.wish_words)
    return Buyer(person.balance_rupiah, person.education, person.work_status, wish)


def _shuffled(courses: Sequence[Course], chance: random.Random) -> list[str]:
    return chance.sample([each.course_code for each in courses], len(courses))


def shares(people: Sequence[Seeker], order: Order) -> dict[str, float]:
    """Share of people whose best course stands first, and among the first FEW; and its mean place."""
    places = [order(person).index(person.best) + 1 for person in people]
    return {
        "first": round(sum(place == 1 for place in places) / len(places), 3),
        "in_first_five": round(sum(place <= FEW for place in places) / len(places), 3),
        "mean_place": round(sum(places) / len(places), 1),
    }


def run(number: int) -> dict[str, Any]:
    people, reference = seekers(number), read_reference()
    began = time.perf_counter()
    found: dict[str, Any] = {name: shares(people, order) for name, order in orders(reference).items()}
    score = orders(reference)["score"]
    kinds = {kind: shares([each for each in people if each.kind == kind], score) for kind in KINDS}
    seconds = round(time.perf_counter() - began, 1)
    return {"people": number, "courses": len(reference.catalogue), **found, "score_by_wish": kinds, "seconds": seconds}


def main() -> None:
    figures = run(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000)
    target = Path("out") / "bench-fit.json"
    target.parent.mkdir(exist_ok=True)
    text = json.dumps(figures, indent=1)
    target.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
