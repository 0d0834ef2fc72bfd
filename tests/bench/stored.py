"""A city of applicants who are there before: what is looked up must be found among many."""

from __future__ import annotations

import time
import uuid

from deploy.operator.installation import Installation
from shared.engine.ports import Document, Insert

AT_ONCE = 500
BEGAN = time.monotonic()


def tell(text: str) -> None:
    print(f"[{time.monotonic() - BEGAN:5.0f} s] {text}", flush=True)


async def store(office: Installation, like: str, count: int) -> None:
    """Put `count` people into registration's database, each like an applicant who is there: what is looked up by
    id or index must be found among as many as a large city's."""
    database = office.database("registration")
    applicant = await database.get("applicants", like)
    claim = (await database.find("nik_claims", {"holder": like}, limit=1))[0]
    assert applicant
    for start in range(0, count, AT_ONCE):
        people = [_another(applicant, claim) for _ in range(min(AT_ONCE, count - start))]
        await database.write([Insert("applicants", person) for person, _ in people])
        await database.write([Insert("nik_claims", number) for _, number in people])
        if start % 50_000 == 0:
            tell(f"{start:,} of {count:,} applicants stored")


def _another(applicant: Document, claim: Document) -> tuple[Document, Document]:
    id, index = str(uuid.uuid4()), uuid.uuid4().hex + uuid.uuid4().hex
    person = {**applicant, "_id": id, "applicant_id": id, "nik_index": index, "tracking_index": uuid.uuid4().hex}
    return person, {**claim, "_id": index, "nik_index": index, "holder": id}
