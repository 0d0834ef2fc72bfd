"""A folder of published files, made by the rules themselves, and every way in which somebody may tamper with it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi.encoders import jsonable_encoder

from services.registration.api.public import public
from services.registration.api.verifier import folder_page
from services.registration.domain import closing, draw, sharing
from services.registration.domain.beacon import QUICKNET, Beacon, time_of
from services.registration.domain.draw import GENERAL, Announcement, Stratum
from services.registration.domain.waves import Wave
from tests.unit.registration.builders import CLOSES, changed
from tests.unit.registration.wave_steps import drawing, frozen

ROUND = 657413
SIGNATURE = "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b"
OTHER = "95a9f9f5b231b7714de1553105d8ffdf3dcda24cfdb1e689319bccf79a9c8ce430a91b811fbfaf763900bc998b5d686a"
"""The signature of round 42."""
LINES = tuple(f"{n:04d},{'LAID_OFF_LIST' if n % 5 == 0 else GENERAL}" for n in range(50))


@dataclass
class Published:
    """The three files as values. `remake` does what a forger does who knows the rule."""

    wave: dict[str, Any]
    lines: list[str]
    results: list[str] = field(default_factory=list)

    @property
    def strata(self) -> list[Stratum]:
        return [Stratum(each["code"], each["quota"]) for each in self.wave["strata"] if each["code"] != GENERAL]

    def remake(self, *, seed: bool = False, root: bool = False, announcement: bool = False) -> None:
        """Counts and results fit the list and seed again; more of it when asked for."""
        members = Counter(line.partition(",")[2] for line in self.lines)
        for each in self.wave["strata"]:
            each["members"] = members[each["code"]]
        self.wave["entries"] = len(self.lines)
        if seed:
            self.wave["seed"] = draw.seed_of(self.wave["secrets"])
        if root:
            self.wave["root"] = draw.root([draw.leaf(line) for line in self.lines]).hex()
        if announcement:
            self.wave["commitment"] = self._announced().commitment()
        rows = draw.draw(self.lines, self.strata, self.wave["quota"], self.wave["seed"])
        self.results = [
            f"{r.applicant_id},{r.stratum},{r.rank},{r.pool_size},{r.quota},{int(r.selected)}" for r in rows
        ]

    def _announced(self) -> Announcement:
        wave, officials = self.wave, [(each["name"], each["points"]) for each in self.wave["officials"]]
        fixed = (wave["wave"], wave["root"], wave["entries"], wave["quota"])
        return Announcement(*fixed, self.strata, wave["threshold"], officials, None)

    def write(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        head = "applicant_id,stratum,rank,pool_size,quota,selected"
        (folder / "wave.json").write_text(json.dumps(self.wave))
        (folder / "list.csv").write_text("".join(f"{line}\n" for line in self.lines))
        (folder / "results.csv").write_text("".join(f"{line}\n" for line in [head, *self.results]))
        (folder / "verify.html").write_text(folder_page(self.wave["wave"]))


def honest(lines: Sequence[str] = LINES, *, beacon: bool = False) -> Published:
    """A wave that was closed and drawn by the rules; with a beacon its list was frozen just before ROUND."""
    at = time_of(QUICKNET, ROUND) - (time_of(QUICKNET, 202) - time_of(QUICKNET, 1)) if beacon else CLOSES
    wave = frozen(lines, Beacon(QUICKNET.hash) if beacon else None, at)[0]
    known = Beacon(QUICKNET.hash, wave.beacon.round, SIGNATURE) if wave.beacon else None
    drawn: Wave = changed(closing.draw_wave(wave, drawing(beacon=known), CLOSES), Wave)
    published = Published(jsonable_encoder(public(drawn)), list(lines))
    published.remake()
    return published


def _added(found: Published) -> None:
    found.lines.insert(25, f"0024a,{GENERAL}")
    found.remake()


def _removed(found: Published) -> None:
    del found.lines[7]
    found.remake()


def _doubled(found: Published) -> None:
    found.lines.insert(7, found.lines[7])
    found.wave["entries"] += 1


def _stratum_swapped(found: Published) -> None:
    found.lines[7] = "0007,LAID_OFF_LIST"
    found.remake()


def _seed_chosen(found: Published) -> None:
    found.wave["seed"] = "5e" * 32
    found.remake()


def _secret_exchanged(found: Published) -> None:
    found.wave["secrets"][0] = "04" * 32
    found.remake(seed=True)


def _commitment_exchanged(found: Published) -> None:
    """The official chose another secret after seeing the list, and published its point as if it had always been."""
    found.wave["secrets"][0] = "04" * 32
    point = sharing.commitment("04" * 32)
    found.wave["officials"][0]["points"][0] = found.wave["commitments"][0] = point
    found.remake(seed=True)


def _secret_left_out(found: Published) -> None:
    found.wave["secrets"].pop()
    found.remake(seed=True)


def _quota_raised(found: Published) -> None:
    found.wave["quota"] += 1
    found.remake()


def _seats_moved(found: Published) -> None:
    found.wave["strata"][0]["quota"] += 1
    found.remake()


def _result_changed(found: Published) -> None:
    found.results[-1] = f"{found.results[-1][:-1]}1"


def _results_exchanged(found: Published) -> None:
    found.results[0], found.results[1] = found.results[1], found.results[0]


def _result_missing(found: Published) -> None:
    found.results.pop()


def _shares_never_checked(found: Published) -> None:
    found.wave["officials"][1]["acknowledged_by"].pop()


def _first_draw_repeated(found: Published) -> None:
    """A second draw with other secrets of the same officials, everything about them made anew."""
    for number, official in enumerate(found.wave["officials"]):
        secret = sharing.digits_of(number + 77)
        found.wave["secrets"][number] = secret
        official["points"][0] = found.wave["commitments"][number] = sharing.commitment(secret)
    found.remake(seed=True)


TAMPERED: Mapping[str, Callable[[Published], None]] = {
    name.removeprefix("_"): act
    for name, act in list(globals().items())
    if name.startswith("_") and getattr(act, "__module__", "") == __name__
}
"""Attack -> what it does to the published files."""


def _remade(act: Callable[[Published], None]) -> Callable[[Published], None]:
    def careful(found: Published) -> None:
        act(found)
        found.lines.sort()
        found.remake(seed=True, root=True, announcement=True)

    return careful


CAREFUL: Mapping[str, Callable[[Published], None]] = {
    name: _remade(TAMPERED[name])
    for name in ("added", "removed", "stratum_swapped", "commitment_exchanged", "quota_raised", "first_draw_repeated")
}
"""Forgers who also publish a new root and announcement: only a line that was noted before the draw betrays them."""
