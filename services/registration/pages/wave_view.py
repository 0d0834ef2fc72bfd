"""What staff see of a wave: its state in words, groups with their seats, what happened so far, and who acts next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from services.registration.domain import officials as people
from services.registration.domain.beacon import CHAINS, time_of
from services.registration.domain.draw import GENERAL
from services.registration.domain.officials import Official
from services.registration.domain.strata import stratum_name
from services.registration.domain.waves import Wave

STATES: Mapping[str, str] = {
    "draft": "rancangan, belum dibuka",
    "open": "dibuka",
    "closing": "ditutup, daftar sedang dibekukan",
    "closed": "daftar dibekukan, menunggu undian",
    "drawn": "sudah diundi, hasil sedang dihitung",
    "announcing": "hasil sedang diumumkan",
    "done": "selesai, hasil sudah diumumkan",
    "cancelling": "sedang dibatalkan",
    "cancelled": "dibatalkan",
}
SECRETARIAT, APPROVER, SYSTEM = "Sekretariat", "Kepala dinas", "Sistem, tanpa tindakan petugas"
EITHER = "Sekretariat atau kepala dinas"


class Step(NamedTuple):
    """What comes next, and who must do it."""

    what: str
    who: str


_BY_ITSELF: Mapping[str, str] = {
    "closing": "Daftar dibekukan bagian demi bagian.",
    "drawn": "Peringkat setiap orang dihitung dan disimpan.",
    "announcing": "Hasil disampaikan kepada setiap orang.",
    "cancelling": "Peserta dilepas dan boleh ikut gelombang berikutnya tanpa mengisi ulang.",
}


def next_step(wave: Wave, now: datetime) -> Step | None:
    """The one thing that the wave waits for; None when it is over."""
    if wave.state in _BY_ITSELF:
        return Step(_BY_ITSELF[wave.state], SYSTEM)
    if wave.state == "draft":
        return Step("Periksa rancangan ini, lalu buka gelombangnya.", f"{APPROVER}, bukan {wave.drafted_by}")
    if wave.state == "open":
        return _while_open(wave, now)
    if wave.state == "closed":
        return _draw(wave, now)
    return None


def _while_open(wave: Wave, now: datetime) -> Step:
    if not wave.officials:
        return Step("Tetapkan pejabat pemegang rahasia.", SECRETARIAT)
    without = [each.name for each in wave.officials if not each.points]
    if without:
        return Step(f"Catat komitmen dari: {', '.join(without)}.", f"Pejabat itu menyerahkan; {EITHER} mencatat")
    unchecked = people.missing(wave.officials)
    if unchecked:
        what = f"Serahkan pernyataan bertanda tangan tentang bagian rahasia dari: {', '.join(unchecked)}."
        return Step(what, f"Pemegang bagian memeriksa dan menandatangani; {EITHER} menyerahkan")
    if now < wave.closes_at:
        return Step("Upacara siap. Tunggu waktu penutupan.", "Tidak ada")
    return Step("Tutup gelombang dan bekukan daftarnya.", SECRETARIAT)


def _draw(wave: Wave, now: datetime) -> Step:
    who = f"{APPROVER}, bukan {wave.closed_by}; setiap pejabat membawa rahasianya"
    round_at = beacon_time(wave)
    if round_at and now < round_at:
        return Step("Tunggu putaran drand terbit, lalu undi.", who)
    return Step("Undi dengan rahasia para pejabat.", who)


def beacon_time(wave: Wave) -> datetime | None:
    """When the round of the wave's beacon becomes public, once it is named."""
    beacon = wave.beacon
    return time_of(CHAINS[beacon.chain], beacon.round) if beacon and beacon.round else None


@dataclass(frozen=True, slots=True)
class Group:
    """A stratum of a wave. `members`, `filled` and `falls` are None as long as nobody can know them."""

    code: str
    name: str
    quota: int
    percent: int
    members: int | None = None
    filled: int | None = None
    falls: int | None = None
    """Seats that its own people do not fill, and that go to everybody."""


def groups(wave: Wave, places: Mapping[str, str]) -> Sequence[Group]:
    """Strata in the order in which they are served, the general pool last."""
    return [_group(wave, each.code, each.quota, each.members, places) for each in wave.counts()]


def _group(wave: Wave, code: str, quota: int, members: int, places: Mapping[str, str]) -> Group:
    name = stratum_name(code, places)
    shown = Group(code, name[:1].upper() + name[1:], quota, round(100 * quota / wave.quota) if wave.quota else 0)
    if wave.root is None:
        return shown
    filled = None if code == GENERAL else min(quota, members)
    falls = None if filled is None else quota - filled
    return Group(code, shown.name, quota, shown.percent, members, filled, falls)


def history(wave: Wave) -> Sequence[tuple[str, datetime | None]]:
    """What happened to the wave, as far as its own state tells it, in order."""
    seats = f"; {wave.recycled_seats} kursi berasal dari gelombang terdahulu" if wave.recycled_seats else ""
    why = f": {wave.cancelled_because}" if wave.cancelled_because else ""
    changes = [(f"{each.change.capitalize()}: {each.reason}", each.changed_at, True) for each in wave.changes]
    acts: list[tuple[str, datetime | None, bool]] = [
        (f"Dirancang oleh {wave.drafted_by}, aturan {wave.rule_set}", None, True),
        (f"Dibuka oleh {wave.opened_by}{seats}", None, wave.opened_by is not None),
        *changes,
        (f"Ditutup oleh {wave.closed_by}", wave.closed_at, wave.closed_at is not None),
        ("Daftar dibekukan dan komitmennya diterbitkan", wave.frozen_at, wave.frozen_at is not None),
        ("Diundi", wave.drawn_at, wave.drawn_at is not None),
        (f"Dibatalkan{why}", None, wave.state in ("cancelling", "cancelled")),
    ]
    return [(what, at) for what, at, happened in acts if happened]


def _unsigned(wave: Wave, official: Official) -> Sequence[str]:
    """Who has yet to sign for a share; of a list frozen before holders signed, nobody any more."""
    signed = official.acknowledged_by if wave.root else official.acknowledged_by[: len(official.signatures)]
    return [each.name for each in wave.officials if each.name not in (official.name, *signed)]


def ceremony(wave: Wave) -> Sequence[Mapping[str, Any]]:
    """Each official: the commitment, who checked the shares and who did not yet, and the secret once it is opened."""
    names = [each.name for each in wave.officials]
    secrets = [*wave.secrets, *([""] * (len(names) - len(wave.secrets)))]
    return [
        {
            "name": each.name,
            "points": each.points,
            "acknowledged": each.acknowledged_by,
            "waiting": _unsigned(wave, each),
            "secret": secret,
            "withheld": each.name in wave.opened_by_shares,
        }
        for each, secret in zip(wave.officials, secrets, strict=True)
    ]
