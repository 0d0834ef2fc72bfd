"""When a holder's signed word about a share ends, and what an unsigned one of earlier waves is worth."""

from __future__ import annotations

from services.registration.domain import ceremony
from services.registration.domain.ceremony import AcknowledgeShares, Word
from services.registration.domain.waves import Wave
from tests.unit.registration import officials
from tests.unit.registration.builders import changed, refusal
from tests.unit.registration.officials import NAMES
from tests.unit.registration.test_ceremony import acknowledged, committed, handed_in
from tests.unit.registration.wave_steps import closed_by, ready


def test_a_holder_with_a_new_commitment_signs_anew_because_the_old_key_is_gone() -> None:
    found = changed(acknowledged(committed(*NAMES), NAMES[0], *NAMES[1:]), Wave)
    found = changed(acknowledged(found, NAMES[3], NAMES[1], NAMES[2]), Wave)

    found = changed(handed_in(found, NAMES[1]), Wave)

    assert found.officials[0].acknowledged_by == NAMES[2:]
    assert found.officials[0].signatures == tuple(f"{each} on {NAMES[0]}" for each in NAMES[2:])
    assert found.officials[3].acknowledged_by == (NAMES[2],)


def test_a_word_under_a_key_that_was_replaced_meanwhile_is_refused() -> None:
    found = committed(*NAMES)
    word = Word(NAMES[0], officials.points(NAMES[0]), NAMES[1], officials.points(NAMES[2])[0], "signed")
    command = AcknowledgeShares(1, (word,), "sekretariat")
    assert refusal(lambda: ceremony.acknowledge_shares(found, command)) == "ACKNOWLEDGED_OTHER"


def test_words_of_before_holders_signed_do_not_close_a_wave() -> None:
    found = ready(officials=officials.ready(signed=False))
    assert refusal(lambda: closed_by(found)) == "COMMITMENTS"
    signed = acknowledged(found, NAMES[0], NAMES[1])
    assert changed(signed, Wave).officials[0].acknowledged_by == (NAMES[1],)
