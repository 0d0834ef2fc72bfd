"""Commands about waves, of the office, of people who join, and of schedule: what each reads, and what decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from services.registration.domain import cancelling, ceremony, closing, joining, results, waves
from services.registration.domain.applicant import Applicant
from services.registration.domain.closing import chunk_id
from services.registration.domain.eligibility import Household
from services.registration.domain.joining import BatchJoin
from services.registration.domain.results import Part, ResultChunk
from services.registration.domain.waves import SeatPool, Wave, wave_id
from services.registration.world import POOL, peek
from shared.contracts.decision import Decision, Ref, World, ref
from shared.engine.rules import Rule


def _about_wave(decide: Callable[..., Decision], *, at: bool = True) -> Rule:
    """A rule that reads the wave alone; `at` says whether its decision depends on the time."""

    def decided(world: World, command: waves.DraftWave, now: datetime) -> Decision:
        wave = world.get(Wave, wave_id(command.wave))
        return decide(wave, command, now) if at else decide(wave, command)

    return Rule(lambda command, world: [ref(Wave, wave_id(command.wave))], decided)


def _open_needs(command: waves.OpenWave, world: World) -> Iterable[Ref]:
    return [ref(Wave, wave_id(command.wave)), POOL]


def _open(world: World, command: waves.OpenWave, now: datetime) -> Decision:
    return waves.open_wave(world.get(Wave, wave_id(command.wave)), world.get(SeatPool, SeatPool.ID), command)


def _join_needs(command: joining.JoinWave, world: World) -> Iterable[Ref]:
    return [ref(Applicant, command.applicant_id), ref(Wave, wave_id(command.wave))]


def _join(world: World, command: joining.JoinWave, now: datetime) -> Decision:
    applicant, wave = world.get(Applicant, command.applicant_id), world.get(Wave, wave_id(command.wave))
    return joining.join_wave(applicant, wave, command, now)


def _part_needs(command: joining.JoinPart, world: World) -> Iterable[Ref]:
    people = [ref(Applicant, each) for each in command.applicant_ids]
    return [ref(BatchJoin, command.batch_id), ref(Wave, wave_id(command.wave)), *people]


def _join_part(world: World, command: joining.JoinPart, now: datetime) -> Decision:
    people = [world.get(Applicant, each) for each in command.applicant_ids]
    batch, wave = world.get(BatchJoin, command.batch_id), world.get(Wave, wave_id(command.wave))
    return joining.join_part(batch, wave, people, command, now)


def _announce_needs(command: results.AnnounceResults, world: World) -> Iterable[Ref]:
    """The part first; it names its people, and they their households where the rules count those."""
    place = chunk_id(command.wave, command.number)
    refs = [ref(Wave, wave_id(command.wave)), ref(ResultChunk, place), POOL]
    chunk = peek(world, ResultChunk, place)
    for row in chunk.rows if chunk else ():
        refs.append(ref(Applicant, row.applicant_id))
        applicant = peek(world, Applicant, row.applicant_id)
        if applicant is not None and command.rules.max_per_kk is not None:
            refs.append(ref(Household, applicant.kk_index))
    return refs


def _announce(world: World, command: results.AnnounceResults, now: datetime) -> Decision:
    chunk = world.get(ResultChunk, chunk_id(command.wave, command.number))
    people = {row.applicant_id: world.get(Applicant, row.applicant_id) for row in (chunk.rows if chunk else ())}
    households: dict[str, Household | None] = {}
    if command.rules.max_per_kk is not None:
        households = {each.kk_index: world.get(Household, each.kk_index) for each in people.values() if each}
    part = Part(chunk, people, households, world.get(SeatPool, SeatPool.ID))
    return results.announce(world.get(Wave, wave_id(command.wave)), part, command, now)


def _cancel_needs(command: cancelling.CancelWave, world: World) -> Iterable[Ref]:
    return [ref(Wave, wave_id(command.wave)), POOL]


def _cancel(world: World, command: cancelling.CancelWave, now: datetime) -> Decision:
    wave, pool = world.get(Wave, wave_id(command.wave)), world.get(SeatPool, SeatPool.ID)
    return cancelling.cancel_wave(wave, pool, command, now)


def _release_needs(command: cancelling.ReleasePeople, world: World) -> Iterable[Ref]:
    return [ref(Wave, wave_id(command.wave)), *(ref(Applicant, each) for each in command.applicant_ids)]


def _release(world: World, command: cancelling.ReleasePeople, now: datetime) -> Decision:
    people = [world.get(Applicant, each) for each in command.applicant_ids]
    return cancelling.release(world.get(Wave, wave_id(command.wave)), people, command, now)


WAVES: Mapping[type, Rule] = {
    waves.DraftWave: _about_wave(waves.draft_wave, at=False),
    waves.OpenWave: Rule(_open_needs, _open),
    waves.ChangeWave: _about_wave(waves.change_wave),
    cancelling.CancelWave: Rule(_cancel_needs, _cancel),
    cancelling.ReleasePeople: Rule(_release_needs, _release),
    ceremony.NameOfficials: _about_wave(ceremony.name_officials),
    ceremony.HandInCommitment: _about_wave(ceremony.hand_in_commitment, at=False),
    ceremony.AcknowledgeShares: _about_wave(ceremony.acknowledge_shares, at=False),
    closing.CloseWave: _about_wave(closing.close_wave),
    closing.FreezeChunk: _about_wave(closing.freeze_chunk),
    closing.DrawWave: _about_wave(closing.draw_wave),
    results.StoreResults: _about_wave(results.store_results, at=False),
    results.AnnounceResults: Rule(_announce_needs, _announce),
    joining.JoinWave: Rule(_join_needs, _join),
    joining.StartBatchJoin: _about_wave(joining.start_batch_join),
    joining.JoinPart: Rule(_part_needs, _join_part),
}
