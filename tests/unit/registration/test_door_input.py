"""What is no application gets a code and a clear sentence at the door, and nothing of it is echoed."""

from __future__ import annotations

from typing import Any

import pytest

from services.registration.domain.refusals import REFUSALS
from tests.unit.registration.house import NIK, application, open_house


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"nik": "127105050495000"}, "NIK_FORMAT"),
        ({"nik": "١٢٧١٠٥٠٥٠٤٩٥٠٠٠١"}, "NIK_FORMAT"),
        ({"kk_number": "99887"}, "KK_FORMAT"),
        ({"birth_date": "1995-02-30"}, "DATE_FORMAT"),
        ({"birth_date": "2005-04-05"}, "UNDER_AGE"),
        ({"email": "rahmad-tanpa"}, "EMAIL_FORMAT"),
        ({"mobile": "12345"}, "MOBILE_FORMAT"),
        ({"full_name": "Budi\u202e"}, "TEXT_FORMAT"),
        ({"district_code": "1275050"}, "DISTRICT_UNKNOWN"),
        ({"last_education": "kelas jauh"}, "EDUCATION_UNKNOWN"),
        ({"work_status": "qqq"}, "WORK_STATUS_UNKNOWN"),
        ({"sex": "zzz"}, "SEX_UNKNOWN"),
    ],
)
async def test_what_cannot_be_registered_says_why_in_indonesian_and_echoes_nothing(
    change: dict[str, Any], code: str
) -> None:
    async with open_house() as house:
        problem = await house.call("POST", "/applications", 422, json=application(**change))

        assert problem["code"] == code
        assert problem["detail"].split(" ")[0] == REFUSALS[code].sentence.split(" ")[0]
        assert not any(str(value) in str(problem) for value in change.values())


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"{", 400),
        (b'{"nik": 1, "nik": 2}', 400),
        (b'{"a": NaN}', 400),
        (b'{"a": 1e999}', 400),
        (b"[" * 40 + b"]" * 40, 400),
        (b"[" * 30000 + b"]" * 30000, 400),
        (b'{"full_name": "\\ud800"}', 400),
        (b'{"nik_1271050504950001": 1}', 422),
        (b"[]", 422),
        (b"null", 422),
        (b'"' + b"x" * 70000 + b'"', 413),
    ],
)
async def test_bodies_that_are_no_application_get_a_clear_answer(raw: bytes, status: int) -> None:
    async with open_house() as house:
        problem = await house.call(
            "POST", "/applications", status, content=raw, headers={"Content-Type": "application/json"}
        )

        assert NIK not in str(problem)
        assert problem["detail"]


async def test_an_unknown_field_or_a_loose_value_is_refused() -> None:
    async with open_house() as house:
        for change in (
            {"admin": True},
            {"consent": "ya"},
            {"declarations": {"citizen": True}},
            {"nik": 1271050504950001},
        ):
            problem = await house.call("POST", "/applications", 422, json=application(**change))
            assert problem["code"] == "INPUT_INVALID"
