"""`gelombang draw verify`: recompute a draw from what the office published, with nothing else.

Three files, each as registration serves it to everybody under `/registration/waves/<number>`:
`wave.json` (that address itself), `list.csv` (`/list.csv`) and `results.csv` (`/results.csv`). `gelombang draw
publish` fetches them into a folder and adds `verify.html`, which checks the same in a browser without any server.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx

from deploy.operator.findings import SHOWN
from deploy.operator.installation import OperatorError
from services.registration.adapters import share_signatures
from services.registration.adapters.beacon import CAN_CHECK, genuine
from services.registration.api.verifier import folder_page
from services.registration.domain import draw, officials, sharing
from services.registration.domain.beacon import CHAINS, randomness, time_of
from services.registration.domain.draw import GENERAL, Announcement, Row, Stratum
from services.registration.domain.officials import Official

FILES = ("wave.json", "list.csv", "results.csv")
PAGE = "verify.html"


def publish(folder: Path, wave: int, client: httpx.Client) -> list[str]:
    """Fetch a wave's public files into a folder and put the page beside them; names of what was written.

    Raises OperatorError when the office's address does not answer as it should.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, place in zip(FILES, ("", "/list.csv", "/results.csv"), strict=True):
        try:
            answer = client.get(f"/registration/waves/{wave}{place}")
            answer.raise_for_status()
        except httpx.HTTPError as error:
            raise OperatorError(f"{name} of wave {wave} cannot be fetched: {error}") from error
        (folder / name).write_bytes(answer.content)
    (folder / PAGE).write_text(folder_page(wave), encoding="utf-8")
    return [str(folder / name) for name in (*FILES, PAGE)]


def verify(folder: Path, noted: str | None = None) -> dict[str, Any]:
    """Every check with its result. `noted` is the commitment as somebody kept it from before the draw.

    Raises OperatorError when a file is missing or is not what it should be.
    """
    absent = [name for name in FILES if not (folder / name).is_file()]
    if absent:
        raise OperatorError(
            f"{folder} lacks {', '.join(absent)}. Fetch /registration/waves/<number> as wave.json, and list.csv and "
            "results.csv below that address, or use `gelombang draw publish`"
        )
    try:
        wave = json.loads((folder / "wave.json").read_text(encoding="utf-8"))
        lines = (folder / "list.csv").read_text(encoding="utf-8").splitlines()
        published = _published(folder / "results.csv")
        return _checked(wave, lines, published, noted)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise OperatorError(f"a file is not as registration serves it: {type(error).__name__} {error}") from error


def _published(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Row(
                row["applicant_id"],
                row["stratum"],
                int(row["rank"]),
                int(row["pool_size"]),
                int(row["quota"]),
                row["selected"] == "1",
            )
            for row in csv.DictReader(file)
        ]


def _checked(
    wave: Mapping[str, Any], lines: Sequence[str], published: Sequence[Row], noted: str | None
) -> dict[str, Any]:
    if not wave["seed"]:
        raise OperatorError("this wave is not drawn yet: its seed is not published")
    strata = [Stratum(each["code"], each["quota"]) for each in wave["strata"] if each["code"] != GENERAL]
    rows = draw.draw(lines, strata, wave["quota"], wave["seed"])
    different = [a.applicant_id for a, b in zip(rows, published, strict=False) if a != b]
    checks = {
        **_list_checks(wave, lines),
        **_seed_checks(wave, strata),
        **_signature_checks(wave),
        **beacon_checks(wave),
        "everybody_has_a_result": len(rows) == len(published),
        "ranks": not different,
        "seats": sum(row.selected for row in published) <= wave["quota"],
    }
    if noted is not None:
        checks["noted_before_the_draw"] = noted.strip().lower() == wave["commitment"]
    return {
        "wave": wave["wave"],
        "rule": wave["rule"],
        "holds": all(checks.values()),
        "checks": checks,
        "people": len(lines),
        "selected": sum(row.selected for row in rows),
        "commitment": wave["commitment"],
        "first_differences": different[:SHOWN],
    }


def _list_checks(wave: Mapping[str, Any], lines: Sequence[str]) -> dict[str, bool]:
    ids = [line.partition(",")[0] for line in lines]
    members = Counter(line.partition(",")[2] for line in lines)
    counted = {each["code"]: each["members"] for each in wave["strata"]}
    return {
        "rule": wave["rule"] in (draw.RULE, draw.UNSIGNED),
        "list_sorted_without_repetition": all(first < second for first, second in pairwise(ids)),
        "entries": wave["entries"] == len(lines),
        "root": wave["root"] == draw.root([draw.leaf(line) for line in lines]).hex(),
        "strata": counted == {code: members[code] for code in counted} and members.total() == sum(counted.values()),
    }


def _seed_checks(wave: Mapping[str, Any], strata: Sequence[Stratum]) -> dict[str, bool]:
    people, beacon = wave["officials"], wave["beacon"]
    promised = [each["points"][0] for each in people]
    announced = Announcement(
        wave["wave"],
        wave["root"],
        wave["entries"],
        wave["quota"],
        strata,
        wave["threshold"],
        [(each["name"], each["points"]) for each in people],
        (beacon["chain"], beacon["round"]) if beacon else None,
        officials.signed_words(_people(wave)),
        wave["rule"],
    )
    drand = randomness(beacon["signature"]) if beacon else ""
    return {
        "officials": _watched(people, wave["threshold"]),
        "commitments": [sharing.commitment(each) for each in wave["secrets"]] == promised == wave["commitments"],
        "commitment": announced.commitment() == wave["commitment"],
        "seed": draw.seed_of(wave["secrets"], drand) == wave["seed"],
    }


def _people(wave: Mapping[str, Any]) -> list[Official]:
    """The officials; what is said to be signed by nobody stands in no announcement."""
    return [
        Official(each["name"], tuple(each["points"]), tuple(each["acknowledged_by"]), tuple(each.get("signatures", ())))
        for each in wave["officials"]
    ]


def _signature_checks(wave: Mapping[str, Any]) -> dict[str, bool]:
    """Every holder signed for the share of every other. In rule UNSIGNED, which the announcement names, nobody did."""
    people = _people(wave)
    if wave["rule"] == draw.UNSIGNED:
        return {"no_signatures": not officials.signed_words(people)}
    return {"acknowledgements_signed": all(_signed_by_all_others(wave["wave"], people, each) for each in people)}


def _signed_by_all_others(wave: int, people: Sequence[Official], official: Official) -> bool:
    keys = {each.name: each.points[0] for each in people}
    words = dict(zip(official.acknowledged_by, official.signatures, strict=True))

    def text(holder: str) -> bytes:
        return officials.acknowledgement(wave, list(keys), official.name, official.points, holder)

    return keys.keys() == {*words, official.name} and all(
        share_signatures.genuine(keys[holder], text(holder), signature) for holder, signature in words.items()
    )


def _watched(people: Sequence[Mapping[str, Any]], threshold: int) -> bool:
    """Enough officials, all different, each with points enough and the word of every other that shares check."""
    names = [each["name"] for each in people]
    return (
        len(set(names)) == len(names) >= officials.LEAST
        and threshold == officials.threshold_of(len(names), threshold)
        and len({each["points"][0] for each in people}) == len(names)
        and all(len(each["points"]) == threshold for each in people)
        and all({*each["acknowledged_by"], each["name"]} >= set(names) for each in people)
    )


def beacon_checks(wave: Mapping[str, Any], can_check: bool = CAN_CHECK) -> dict[str, bool]:
    beacon = wave["beacon"]
    if not beacon:
        return {}
    if not can_check:
        raise OperatorError(
            "drand's signatures can be checked with CPython 3.11 only: use that, or docs/verify_draw.py, which "
            "leaves this one check to you (compare the signature with api.drand.sh)"
        )
    later = time_of(CHAINS[beacon["chain"]], beacon["round"]) > datetime.fromisoformat(wave["frozen_at"])
    return {
        "beacon_after_the_list": later,
        "beacon_signature": genuine(beacon["chain"], beacon["round"], beacon["signature"]),
    }
