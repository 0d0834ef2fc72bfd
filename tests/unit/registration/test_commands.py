"""The table of commands: each has one rule, which names all it reads and refuses the unknown politely."""

from __future__ import annotations

import pytest

from services.registration.api.commands import COMMANDS
from services.registration.domain import identity, review
from services.registration.domain.draw import Row
from services.registration.domain.eligibility import Household
from services.registration.domain.results import AnnounceResults, ResultChunk
from services.registration.domain.review import ReviewCase
from shared.contracts.base import Sealed
from shared.contracts.decision import Refused, ref
from tests.unit.registration.builders import NOW, claim, eligible, indexes, register_command, rules, wave
from tests.unit.registration.deciding import decide, told, world_of


def test_every_command_has_a_rule_and_every_rule_refuses_the_unknown_politely() -> None:
    known = [command.__name__ for command in COMMANDS]

    assert len(known) == len(set(known)) >= 30
    rule = COMMANDS[type(register_command())]
    with pytest.raises(Refused, match="DUPLICATE"):
        decide(rule, world_of(claim()), register_command("b", indexes=indexes("a")))


def test_a_batch_of_unknown_people_and_a_case_of_nobody_are_refused_politely() -> None:
    rows = world_of()
    with pytest.raises(Refused, match="CASE_UNKNOWN"):
        decide(COMMANDS[identity.SettleCase], rows, identity.SettleCase("x", "kepala", register_command().rules))
    with pytest.raises(Refused, match="NOTHING_TO_CHECK"):
        decide(COMMANDS[identity.RequestChecks], rows, identity.RequestChecks(("x",)))


def test_a_case_about_an_account_is_settled_without_touching_its_people() -> None:
    case = ReviewCase("account-1", "SHARED_ACCOUNT", ("a", "b"), ("ACCOUNT_SHARED",), NOW)
    proposed = review.propose(case, answer="reject", reason="satu keluarga", by="andi", now=NOW)
    settle = identity.SettleCase("account-1", "kepala", register_command().rules)

    decision = decide(COMMANDS[identity.SettleCase], world_of(proposed), settle)

    assert [type(state) for state in decision.changes] == [ReviewCase]


def test_results_of_a_year_with_a_limit_per_kk_look_at_the_households() -> None:
    wave_ = wave(state="announcing", result_chunks=1)
    chunk = ResultChunk(1, 0, (Row("a", "UMUM", 1, 1, 1, selected=True),))
    rows = world_of(wave_, chunk, eligible(stage="joined", wave=1))
    command = AnnounceResults(1, 0, {"a": Sealed("card")}, {"UMUM": "umum"}, rules(2023))

    decision = decide(COMMANDS[AnnounceResults], rows, command)

    assert told([decision], "ApplicantSelected") == 1
    assert rows[ref(Household, indexes("a").kk)].recipients == ("a",)
