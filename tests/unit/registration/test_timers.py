"""What time alone brings: a silent registry is asked again, and a question nobody answers lapses."""

from __future__ import annotations

from datetime import timedelta

from services.registration.adapters.civil_registry import Answer, RegistryUnavailable
from tests.unit.registration.house import NIK, House, open_house, wait_for


async def test_nobody_is_refused_because_the_registry_is_down() -> None:
    async with open_house() as house:
        house.registry.answers[NIK] = RegistryUnavailable("RESTING", retry_after_seconds=0.01)
        answer = await house.apply()
        await wait_for(lambda: asked(house), lambda count: count > 1)
        assert (await house.seen(answer))["code"] == "pending"

        house.registry.answers.clear()
        house.clock.ahead += timedelta(minutes=5)

        await house.until(answer, "eligible")


async def asked(house: House) -> int:
    return len(house.registry.asked)


async def test_a_question_nobody_answers_lapses_after_its_last_day() -> None:
    async with open_house() as house:
        house.registry.answers[NIK] = Answer("not_found")
        answer = await house.apply()
        await house.until(answer, "questioned")

        house.clock.ahead += timedelta(days=15)

        assert (await house.until(answer, "ineligible"))["details"]["reason_code"] == "IDENTITY_NOT_CONFIRMED"
