"""What the outside work makes of a channel that fails, falls silent or is away; on twins, in virtual time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from services.notification import effects
from services.notification.domain.messages import SEND
from services.notification.reference import read_reference
from services.notification.settings import NotificationSettings
from services.notification.standing import Standing
from shared.engine.rules import Effect, Outcome, OutcomeState
from shared.security.vault import PersonKey
from tests.component.notification import samples
from tests.component.notification.stage import ANNA, Stage, virtual

SETTINGS = NotificationSettings()


@dataclass
class Scripted:
    """A channel that answers as told, the last answer for ever."""

    outcomes: list[Outcome]
    inquiry: OutcomeState = OutcomeState.NOT_FOUND
    repeats_safely: bool = False
    sent: list[tuple[str, str]] = field(default_factory=list)

    async def send(self, reference: str, to: str, subject: str, text: str) -> Outcome:
        self.sent.append((reference, to))
        return self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]

    async def inquire(self, reference: str) -> Outcome:
        return Outcome(self.inquiry)


async def attempt(stage: Stage, channel: Scripted, attempts: int = 1, since: timedelta | None = None) -> Outcome:
    handler, effect = await prepared(stage, channel)
    first = stage.clock.now() - since if since else None
    return await handler.perform(replace(effect, attempts=attempts, first_attempt_at=first))


async def prepared(stage: Stage, channel: Scripted) -> tuple[effects.SendMessage, Effect]:
    """The handler, and a message whose personal values are sealed under a key of the stage's vault."""
    key = await stage.person()
    reference = read_reference(SETTINGS.messages_directory)
    standing = Standing("http://x.test", "1", "2", "3", "4")
    sending = effects.Sending(
        stage.vault, stage.database, stage.clock, reference.catalogue, {"sms": channel}, standing, _no_alarm
    )
    return effects.SendMessage(sending), _effect(key)


def _no_alarm(code: str, **details: object) -> None:
    raise AssertionError(code)


def _effect(key: PersonKey) -> Effect:
    payload = {
        "message_id": "m",
        "applicant_id": ANNA,
        "channel": "sms",
        "mobile": key.seal("mobile", samples.MOBILE).ciphertext,
        "template": "registration.received",
        "language": "id",
        "title": "Judul",
        "link": "/x",
        "values": {"received_at": "hari ini"},
        "sealed": [["tracking_code", "tracking_code", key.seal("tracking_code", samples.TRACKING).ciphertext]],
        "secret": False,
        "event": "ApplicantRegistered",
        "queued_at": samples.NOW.isoformat(),
        "expires_at": "",
        "fault": "",
    }
    return Effect("e1", SEND, "c/a/sms", payload, 1)


def test_a_provider_that_is_away_is_tried_later_and_later_and_given_up_after_three_days(tmp_path: Path) -> None:
    async def scenario() -> None:
        waits = []
        for attempts in (1, 2, 5, 9):
            stage = Stage(tmp_path)
            channel = Scripted([Outcome(OutcomeState.NOT_STARTED)])
            waits.append((await attempt(stage, channel, attempts)).retry_after)
        assert waits == [timedelta(minutes=minutes) for minutes in (5, 30, 1440, 1440)]
        late = await attempt(Stage(tmp_path), Scripted([Outcome(OutcomeState.DONE)]), 9, timedelta(hours=73))
        assert late == Outcome(OutcomeState.FAILED, {"code": "GAVE_UP"})

    virtual(scenario)


def test_a_silent_provider_is_asked_and_sent_again_only_when_that_is_safe(tmp_path: Path) -> None:
    async def scenario() -> None:
        for safe, expected in ((True, OutcomeState.DONE), (False, OutcomeState.NOT_FOUND)):
            stage, channel = Stage(tmp_path), Scripted([Outcome(OutcomeState.DONE)], repeats_safely=safe)
            handler, effect = await prepared(stage, channel)
            assert (await handler.inquire(effect)).state is expected
            assert len(channel.sent) == int(safe)
        stage, channel = Stage(tmp_path), Scripted([], OutcomeState.DONE)
        handler, effect = await prepared(stage, channel)
        assert (await handler.inquire(effect)).state is OutcomeState.DONE

    virtual(scenario)


def test_the_reference_and_the_text_parts_are_told(tmp_path: Path) -> None:
    async def scenario() -> None:
        channel = Scripted([Outcome(OutcomeState.DONE)])
        outcome = await attempt(Stage(tmp_path), channel)
        assert outcome.data == {"parts": 2}
        assert channel.sent == [("2020-04-03.e1", samples.MOBILE)]

    virtual(scenario)


@pytest.mark.parametrize("outcome", ["FAILED", "UNKNOWN"])
def test_after_a_failure_the_next_channel_is_taken_after_silence_none(tmp_path: Path, outcome: str) -> None:
    silent = Scripted([Outcome(OutcomeState[outcome], {"code": "X"})])

    async def scenario() -> None:
        stage = Stage(tmp_path, channels={"sms": silent})
        key = await stage.person()
        stage.say(samples.registered(key))
        await stage.play(20)
        by_channel = {m["channel"]: m["state"] for m in stage.messages()}
        assert by_channel == ({"sms": "failed", "whatsapp": "sent"} if outcome == "FAILED" else {"sms": "unknown"})
        assert len(silent.sent) == 1
        if outcome == "UNKNOWN":  # after the horizon a person must look: never sent again blindly
            app = stage.app()
            async with app.router.lifespan_context(app):
                await asyncio.sleep(3 * 3600)
            assert stage.alarms() == {"OUTCOME_NEEDS_PERSON": 1.0}
            assert len(silent.sent) == 1

    virtual(scenario)


def test_a_code_that_is_gone_and_a_fault_that_is_asked_about_end_as_failures(tmp_path: Path) -> None:
    alarms: list[str] = []

    async def scenario() -> None:
        handler, effect = await prepared(Stage(tmp_path), Scripted([]))
        gone = replace(effect, payload={**effect.payload, "secret": True})
        assert await handler.perform(gone) == Outcome(OutcomeState.FAILED, {"code": "EXPIRED"})
        handler._sending = replace(handler._sending, alarm=lambda code, **details: alarms.append(code))
        fault = replace(effect, payload={**effect.payload, "fault": "ROUTE_MISSING", "channel": ""})
        assert (await handler.inquire(fault)).data == {"code": "ROUTE_MISSING"}
        assert alarms == ["ROUTE_MISSING"]

    virtual(scenario)
