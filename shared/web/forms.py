"""Forms of our own pages as they come in: read once, from this site alone, under the bodies that programs send."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from shared.security.accounts import check_origin
from shared.web.problems import Problem

MOST_FIELDS = 60
MOST_DIGITS = 8
_NUMBER = re.compile(r"[0-9]+|[1-9][0-9]{0,2}(\.[0-9]{3})+")
Kind = TypeVar("Kind", bound=BaseModel)


async def sent(request: Request) -> dict[str, str]:
    """The fields of a form of ours; the last of a doubled name counts.

    Raises Problem ORIGIN_FOREIGN for another site's form, BODY_UNREADABLE for what is no form.
    """
    check_origin(request)
    body = await request.body()
    if body and request.headers.get("content-type", "").partition(";")[0] != "application/x-www-form-urlencoded":
        raise Problem("BODY_UNREADABLE")
    try:
        return dict(parse_qsl(body.decode("ascii"), True, errors="strict", max_num_fields=MOST_FIELDS))
    except ValueError:
        raise Problem("BODY_UNREADABLE") from None


def read(kind: type[Kind], values: Mapping[str, Any]) -> Kind:
    """What a form says, under the very rules of the body that programs send; fields left empty are not given."""
    try:
        return kind.model_validate({name: value for name, value in values.items() if value not in (None, "")})
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_url=False, include_input=False)) from None


def whole(text: str, most_digits: int = MOST_DIGITS) -> int | str:
    """A number as typed, plain or in groups of three; what is none stays text, and the body refuses it.

    `600000.00` is none: read without its point it would be a hundred times as much.
    """
    typed = text.strip()
    plain = typed.replace(".", "")
    return int(plain) if _NUMBER.fullmatch(typed) and len(plain) <= most_digits else text
