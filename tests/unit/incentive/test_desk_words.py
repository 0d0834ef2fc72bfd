"""Every code that staff may meet on a page has words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from pathlib import Path

import pytest

import services.incentive
from services.incentive.domain.refusals import REFUSALS
from services.incentive.pages.desk_words import CLAIMS, FILES, claim_reason, finding
from shared.contracts.partner import PartnerClaim

HOME = Path(services.incentive.__file__).parent
PARTNERS = HOME.parents[1] / "docs" / "partners" / "README.md"
BELIEVERS = ("border", "claim_body", "badges", "credentials", "status_lists")
OF_LISTS = "STATUS_LIST_"
"""What is wrong with a platform's list of withdrawn badges: said to the operator who brings it, of no claim."""
NOT_KEPT = {"TOO_MANY_CLAIMS"}
"""Answered with 429, and in no list."""
CODE = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b")


def raised(paths: Iterable[Path], name: str) -> set[str]:
    """The codes that stand first in each call of this exception; a choice between two yields both."""
    calls = [node for path in paths for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    first = [call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id == name]
    texts = {node.value for each in first for node in ast.walk(each) if isinstance(node, ast.Constant)}
    return {text for text in texts if isinstance(text, str)}


def told_to_platforms() -> set[str]:
    """The reasons in the table for platforms, and those that are ours to look at."""
    table = PARTNERS.read_text().partition("## When a claim is refused")[2].partition("## What a stolen key")[0]
    rows = [row.split("|")[1] for row in table.splitlines() if row.startswith("| ")]
    ours = [line for line in table.splitlines() if line.endswith("call the office.")]
    return {code for line in (*rows, *ours) for code in CODE.findall(line)}


def test_each_reason_for_which_a_claim_is_refused_is_in_the_table_for_platforms() -> None:
    believed = raised([HOME / "adapters" / f"{name}.py" for name in BELIEVERS], "NotBelieved")
    assert len(believed) > 40
    fields = {f"{name}_WRONG".upper() for name in PartnerClaim.model_fields if name != "partner_code"}
    of_claims = {code for code in believed if not code.startswith(OF_LISTS)}
    # No field for the partner's code: where it is wrong nobody's key can prove the claim (PARTNER_UNKNOWN).
    assert (of_claims | fields) - told_to_platforms() == set()


def test_each_reason_for_which_a_claim_is_refused_has_words_for_staff_and_no_word_is_idle() -> None:
    told = told_to_platforms() - NOT_KEPT
    assert len(told) > 70
    assert {"DECISION_FAILED", "BATCH_UNREADABLE", "HEADER_DOUBLED", "FIELD_UNKNOWN", "QUOTA_EXCEEDED"} <= told
    assert told - set(CLAIMS) - set(REFUSALS) == set()
    assert set(CLAIMS) - told == set()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("BADGE_EXPIRED", "lencananya sudah tidak berlaku"),
        ("REDEEM_CODE_UNKNOWN", "Kode penukaran tidak dikenal. Periksa kembali kode yang dikirim."),
        ("NEVER_HEARD_OF", "NEVER_HEARD_OF"),
    ],
)
def test_a_reason_is_told_in_the_words_of_the_border_or_of_the_rule(code: str, words: str) -> None:
    assert claim_reason(code) == words


def test_each_reason_for_which_a_banks_file_is_refused_has_words_and_no_word_is_idle() -> None:
    codes = raised((HOME / "adapters" / "files").glob("*.py"), "FileRefused")
    assert len(codes) > 20
    assert codes == set(FILES)


def test_a_finding_is_a_sentence_that_names_the_bank() -> None:
    assert finding("bni STATEMENT_MISSING 7") == (
        "bni: rekening koran nomor 7 tidak pernah kami terima. Mintalah dari bank."
    )
    assert finding("bni FILE_REFUSED NOT_XML") == (
        "bni: satu berkasnya tidak dapat dipakai, isinya tidak dihitung (bukan XML yang dapat dibaca). "
        "Tanyakan kepada bank."
    )
    assert finding("bni NEW_CODE 1") == "bni: NEW_CODE 1."
