"""Before the list of a wave is frozen: its officials are named, hand in commitments, and holders sign for their shares.

All of it happens while the wave is open, and may be done anew until it closes: nothing here decides anything yet.
What is fixed at closing is published with the root of the list (draw.Announcement).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    """Keep an official's points. New points need every holder's word anew, and end what was signed with the old ones.

    Raises Refused WAVE_UNKNOWN, WAVE_STATE, OFFICIAL_UNKNOWN, COMMITMENT_POINTS.
    """
    found = in_state(wave, "open")
    place = people.number_of(found.officials, command.official) - 1
    others = [each.points[0] for each in found.officials if each.points and each.name != command.official]
    if not _fit(command.points, found.threshold) or command.points[0] in others:
        raise Refused("COMMITMENT_POINTS", threshold=found.threshold)
    kept = [each if at == place else _without(each, command.official) for at, each in enumerate(found.officials)]
    kept[place] = Official(command.official, command.points)
    return _with(found, kept)


def _fit(points: tuple[str, ...], threshold: int) -> bool:
    try:
        return len({sharing.point_of(point) for point in points}) == len(points) == threshold
    except ValueError:
        return False


def _without(official: Official, holder: str) -> Official:
    """An official whose share `holder` has yet to sign for: the key of the signature is no longer the holder's."""
    return _signed(official, {name: each for name, each in _words(official).items() if name != holder})


@dataclass(frozen=True, slots=True)
class Word:
    """`holder` signed that the share of this official's secret fits `points` (officials.acknowledgement)."""

    official: str
    points: tuple[str, ...]
    """A word about other points is none about these."""
    holder: str
    key: str
    """The holder's commitment, under which the door found the signature genuine."""
    signature: str


@dataclass(frozen=True, slots=True)
class AcknowledgeShares:
    """Words of holders; staff only carry them."""

    wave: int
    words: tuple[Word, ...]
    by: str


def acknowledge_shares(wave: Wave | None, command: AcknowledgeShares) -> Decision:
    """Keep the holders' word, so that nobody can hand out shares that open nothing and then withhold the secret.

    Raises Refused WAVE_UNKNOWN, WAVE_STATE, OFFICIAL_UNKNOWN, ACKNOWLEDGED_OTHER.
    """
    found = in_state(wave, "open")
    officials = list(found.officials)
    for word in command.words:
        place = people.number_of(officials, word.official) - 1
        officials[place] = _heard(officials, officials[place], word)
    return _with(found, officials)


def _heard(officials: Sequence[Official], official: Official, word: Word) -> Official:
    holder = officials[people.number_of(officials, word.holder) - 1]
    if holder is official:
        raise Refused("OFFICIAL_UNKNOWN", official=word.holder)  # the own word counts for nothing
    if not official.points or word.points != official.points or holder.points[:1] != (word.key,):
        raise Refused("ACKNOWLEDGED_OTHER", official=official.name)
    said = {**_words(official), word.holder: word.signature}
    return _signed(official, {each.name: said[each.name] for each in officials if each.name in said})


def _words(official: Official) -> dict[str, str]:
    """Holder -> signature. Words of before holders signed count for nothing any more."""
    return dict(zip(official.acknowledged_by, official.signatures, strict=False))


def _signed(official: Official, words: Mapping[str, str]) -> Official:
    return replace(official, acknowledged_by=tuple(words), signatures=tuple(words.values()))


def _with(wave: Wave, officials: Sequence[Official]) -> Decision:
    changed = replace(wave, officials=tuple(officials))
    return Decision(changes=(changed,), reply={"wave": wave.wave, "missing": people.missing(officials)})
