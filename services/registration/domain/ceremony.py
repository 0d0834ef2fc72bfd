"""Before the list of a wave is frozen: its officials are named, hand in commitments, and holders confirm their shares.

All of it happens while the wave is open, and may be done anew until it closes: nothing here decides anything yet.
What is fixed at closing is published with the root of the list (draw.Announcement).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from services.registration.domain import officials as people
from services.registration.domain import sharing
from services.registration.domain.beacon import CHAINS, Beacon, round_at
from services.registration.domain.officials import Official, threshold_of
from services.registration.domain.waves import Wave, in_state
from shared.contracts.decision import Decision, Refused


@dataclass(frozen=True, slots=True)
class NameOfficials:
    """Who keeps a secret, in this order; at least `least` people. `beacon` is the hash of a drand chain, or None."""

    wave: int
    officials: tuple[str, ...]
    least: int
    threshold: int
    beacon: str | None
    by: str


def name_officials(wave: Wave | None, command: NameOfficials, now: datetime) -> Decision:
    """Name them; naming anew discards what was handed in so far.

    Raises Refused WAVE_UNKNOWN, WAVE_STATE, OFFICIALS, BEACON_CHAIN.
    """
    found = in_state(wave, "open")
    count = len(command.officials)
    least = max(people.LEAST, command.least)
    if not least <= count <= people.MOST or len(set(command.officials)) != count:
        raise Refused("OFFICIALS", least=least, most=people.MOST)
    beacon = _beacon(command.beacon, now)
    threshold = threshold_of(count, command.threshold)
    named = replace(found, officials=tuple(map(Official, command.officials)), threshold=threshold, beacon=beacon)
    return Decision(changes=(named,), reply={"wave": found.wave, "officials": count, "threshold": threshold})


def _beacon(chain: str | None, now: datetime) -> Beacon | None:
    if chain is None:
        return None
    try:
        round_at(CHAINS[chain], now)
    except (KeyError, ValueError):
        raise Refused("BEACON_CHAIN") from None
    return Beacon(chain)


@dataclass(frozen=True, slots=True)
class HandInCommitment:
    """The points of an official's polynomial, `threshold` of them; the first is the commitment to the secret."""

    wave: int
    official: str
    points: tuple[str, ...]
    by: str


def hand_in_commitment(wave: Wave | None, command: HandInCommitment) -> Decision:
    """Keep an official's points. New points need every holder's word anew.

    Raises Refused WAVE_UNKNOWN, WAVE_STATE, OFFICIAL_UNKNOWN, COMMITMENT_POINTS.
    """
    found = in_state(wave, "open")
    place = people.number_of(found.officials, command.official) - 1
    others = [each.points[0] for each in found.officials if each.points and each.name != command.official]
    if not _fit(command.points, found.threshold) or command.points[0] in others:
        raise Refused("COMMITMENT_POINTS", threshold=found.threshold)
    return _with(found, place, Official(command.official, command.points))


def _fit(points: tuple[str, ...], threshold: int) -> bool:
    try:
        return len({sharing.point_of(point) for point in points}) == len(points) == threshold
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class AcknowledgeShares:
    """`holders` checked their share of this official's secret against the points that were handed in."""

    wave: int
    official: str
    holders: tuple[str, ...]
    points: tuple[str, ...]
    """The points they checked against: a word about other points is none about these."""
    by: str


def acknowledge_shares(wave: Wave | None, command: AcknowledgeShares) -> Decision:
    """Keep the holders' word, so that nobody can hand out shares that open nothing and then withhold the secret.

    Raises Refused WAVE_UNKNOWN, WAVE_STATE, OFFICIAL_UNKNOWN, ACKNOWLEDGED_OTHER.
    """
    found = in_state(wave, "open")
    place = people.number_of(found.officials, command.official) - 1
    official = found.officials[place]
    if not official.points or command.points != official.points:
        raise Refused("ACKNOWLEDGED_OTHER", official=official.name)
    said = {*official.acknowledged_by, *command.holders}
    for holder in command.holders:
        if people.number_of(found.officials, holder) == place + 1:
            raise Refused("OFFICIAL_UNKNOWN", official=holder)  # the own word counts for nothing
    ordered = tuple(each.name for each in found.officials if each.name in said)
    return _with(found, place, replace(official, acknowledged_by=ordered))


def _with(wave: Wave, place: int, official: Official) -> Decision:
    changed = replace(wave, officials=(*wave.officials[:place], official, *wave.officials[place + 1 :]))
    lacking = people.missing(changed.officials)
    return Decision(changes=(changed,), reply={"wave": wave.wave, "official": official.name, "missing": lacking})
