"""The platforms we trust: their keys come and go with a file, and a wrong file is not trusted."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deploy.simulators.claims import partners_file
from services.incentive.adapters.border import Border, ClaimAccepted, ClaimRefused
from services.incentive.adapters.partners import PartnerFile, PartnerKey, PartnersUnreadable, read_partners
from tests.unit.incentive.claims import NOW, PLATFORM, border, genuine, partner, reason, record

SECRET, ANOTHER = "k" * 16, "j" * 16


def test_a_revoked_key_counts_no_more_and_is_named() -> None:
    judged = border(partner(PLATFORM, active=False)).judge(record(genuine()), NOW)
    assert judged == ClaimRefused("KEY_REVOKED", judged.digest, "TOKOPEDIA", "claim_1")  # type: ignore[union-attr]


def test_during_a_change_of_keys_both_count() -> None:
    new = replace(PLATFORM, key=Ed25519PrivateKey.generate())
    keys = (PartnerKey(PLATFORM.key.public_key(), True), PartnerKey(new.key.public_key(), True))
    judge = border(replace(partner(PLATFORM), keys=keys))
    assert isinstance(judge.judge(record(genuine()), NOW), ClaimAccepted)
    assert isinstance(judge.judge(record(genuine(new)), NOW), ClaimAccepted)


def test_the_partners_file_is_read_again_when_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "partners.json"
    with pytest.raises(PartnersUnreadable):
        PartnerFile(path).by_code("TOKOPEDIA")
    path.write_text(partners_file([PLATFORM]))
    partners = PartnerFile(path)
    judge = Border(partners)
    assert isinstance(judge.judge(record(genuine()), NOW), ClaimAccepted)
    found = partners.by_client("tokopedia")
    assert found
    assert PLATFORM.sign_key not in repr(found)
    path.write_text(json.dumps([PLATFORM.row("revoked")]))
    assert reason(genuine(), judge) == "KEY_REVOKED"
    path.write_text("[{}]")
    with pytest.raises(PartnersUnreadable):
        judge.judge(record(genuine()), NOW)
    path.write_text("[]")
    assert partners.by_code("TOKOPEDIA") is None


@pytest.mark.parametrize(
    "row",
    [
        {},
        {
            "partner_code": "A",
            "client_code": "a",
            "sign_key": SECRET,
            "keys": [{"public_key": "x", "status": "active"}],
        },
        {
            "partner_code": "A",
            "client_code": "a",
            "sign_key": SECRET,
            "keys": [{"public_key": "QUFB", "status": "active"}],
        },
        {"partner_code": "A", "client_code": "a", "sign_key": SECRET, "keys": [{"public_key": "", "status": "asleep"}]},
        None,
    ],
)
def test_a_wrong_partners_file_is_not_trusted(row: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_partners([row])


def test_the_ed25519_vector_of_rfc_8032_verifies() -> None:
    public = base64.b64encode(
        bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    ).decode()
    (found,) = read_partners(
        [
            {
                "partner_code": "A",
                "client_code": "a",
                "sign_key": SECRET,
                "keys": [{"public_key": public, "status": "active"}],
            }
        ]
    )
    signature = bytes.fromhex(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )
    assert found.keys[0].verifies(signature, b"")
    assert not found.keys[0].verifies(signature, b"x")


@pytest.mark.parametrize(
    ("fields", "keys"),
    [
        ({"sign_key": SECRET}, (SECRET.encode(),)),
        ({"sign_keys": [SECRET]}, (SECRET.encode(),)),
        ({"sign_keys": [SECRET, ANOTHER]}, (SECRET.encode(), ANOTHER.encode())),
    ],
)
def test_a_platform_has_one_secret_for_its_requests_or_two_while_it_changes(
    fields: dict[str, Any], keys: tuple[bytes, ...]
) -> None:
    (found,) = read_partners([{"partner_code": "A", "client_code": "a", "keys": [], **fields}])
    assert found.sign_keys == keys
    assert SECRET not in repr(found)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"sign_key": ""},
        {"sign_key": "k" * 15},
        {"sign_key": " " * 16},
        {"sign_key": None},
        {"sign_key": 1234567890123456},
        {"sign_keys": []},
        {"sign_keys": SECRET},
        {"sign_keys": [SECRET, ""]},
        {"sign_keys": [SECRET, SECRET]},
        {"sign_keys": [SECRET, ANOTHER, "i" * 16]},
        {"sign_keys": [], "sign_key": SECRET},
    ],
)
def test_a_secret_that_protects_nothing_is_not_read(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"sign key|lacks a field"):
        read_partners([{"partner_code": "A", "client_code": "a", "keys": [], **fields}])


@pytest.mark.parametrize(
    "second", [{"partner_code": "A", "client_code": "b"}, {"partner_code": "B", "client_code": "a"}]
)
def test_two_partners_of_one_name_are_not_read(second: dict[str, str]) -> None:
    rows = [{"partner_code": "A", "client_code": "a"}, second]
    with pytest.raises(ValueError, match="two partners have the same"):
        read_partners([{**row, "sign_key": SECRET, "keys": []} for row in rows])
