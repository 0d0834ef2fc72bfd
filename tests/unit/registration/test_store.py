"""What is stored is read back as it was."""

from __future__ import annotations

from services.registration import store
from shared.contracts.base import Sealed
from shared.engine.states import States
from tests.unit.registration.builders import eligible


def test_every_state_survives_being_stored() -> None:
    states = States(store.AGGREGATES)
    person = eligible(laid_off_listed=True, card_number=Sealed("c"))

    again = states.state("applicants", states.document(person))

    assert again == person
