"""A folder of published files, made by the rules themselves, and all that a forger who knows the rule makes anew."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from fastapi.encoders import jsonable_encoder

from services.registration.adapters.share_signatures import sign
from services.registration.api.public import public
from services.registration.api.verifier import folder_page
from services.registration.domain import closing, draw
from services.registration.domain.beacon import QUICKNET, Beacon, time_of
from services.registration.domain.draw import GENERAL, Announcement, Stratum
from services.registration.domain.officials import Official, acknowledgement, signed_words
from services.registration.domain.waves import Wave
from tests.unit.registration import officials
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
        people = [Official(each["name"], (), each["acknowledged_by"], each["signatures"]) for each in wave["officials"]]
        return Announcement(*fixed, self.strata, wave["threshold"], officials, None, signed_words(people), wave["rule"])

    def sign(self, official: int, holder: int, /, **other: Any) -> str:
        """What a holder signs about the share of an official's secret, by their places; or `other`."""
        people = self.wave["officials"]
        names = [each["name"] for each in people]
        told = {
            "wave": self.wave["wave"],
            "names": names,
            "official": names[official],
            "points": people[official]["points"],
            "holder": names[holder],
        }
        return sign(self.wave["secrets"][holder], acknowledgement(**{**told, **other}))

    def sign_all(self) -> None:
        """Every word anew, with the secrets that everybody knows after the draw."""
        for at, each in enumerate(self.wave["officials"]):
            others = [n for n in range(len(self.wave["officials"])) if n != at]
            each["acknowledged_by"] = [self.wave["officials"][n]["name"] for n in others]
            each["signatures"] = [self.sign(at, n) for n in others]

    def write(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        head = "applicant_id,stratum,rank,pool_size,quota,selected"
        (folder / "wave.json").write_text(json.dumps(self.wave))
        (folder / "list.csv").write_text("".join(f"{line}\n" for line in self.lines))
        (folder / "results.csv").write_text("".join(f"{line}\n" for line in [head, *self.results]))
        (folder / "verify.html").write_text(folder_page(self.wave["wave"]))


def honest(lines: Sequence[str] = LINES, *, beacon: bool = False, signed: bool = True) -> Published:
    """A wave that was closed and drawn by the rules; with a beacon its list was frozen just before ROUND.

    `signed=False` is one that was frozen when staff still noted the word of holders (rule gelombang-draw-2).
    """
    at = time_of(QUICKNET, ROUND) - (time_of(QUICKNET, 202) - time_of(QUICKNET, 1)) if beacon else CLOSES
    wave = frozen(lines, Beacon(QUICKNET.hash) if beacon else None, at)[0]
    wave = wave if signed else replace(wave, officials=officials.ready(signed=False))
    known = Beacon(QUICKNET.hash, wave.beacon.round, SIGNATURE) if wave.beacon else None
    drawn: Wave = changed(closing.draw_wave(wave, drawing(beacon=known), CLOSES), Wave)
    published = Published(jsonable_encoder(public(drawn)), list(lines))
    published.remake()
    return published
