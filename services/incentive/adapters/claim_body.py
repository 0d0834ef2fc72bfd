"""The strict body of a claim: what is no such body has a reason that names what to mend, and never its content."""

from __future__ import annotations

import json
from typing import Any

from pydantic import ValidationError

from shared.contracts.partner import PartnerClaim

MOST_DEPTH = 16
"""A credential is 6 levels deep; deeper documents only serve to exhaust a parser."""


class NotBelieved(Exception):
    """Why a claim is not believed. `partner_code` and `claim_id` only once a signature has proven them."""

    def __init__(self, reason: str, partner_code: str | None = None, claim_id: str | None = None) -> None:
        super().__init__(reason)
        self.reason, self.partner_code, self.claim_id = reason, partner_code, claim_id


def claim_of(body: bytes) -> PartnerClaim:
    """The claim in signed bytes. Raises NotBelieved."""
    document = strict_document(body)
    if not isinstance(document, dict):
        raise NotBelieved("NOT_AN_OBJECT")
    try:
        claim = PartnerClaim.model_validate(document)
    except ValidationError as error:
        raise NotBelieved(_reason(error)) from None
    if claim.credential is not None and claim.certificate_number is not None:
        raise NotBelieved("CERTIFICATE_AND_CREDENTIAL")
    return claim


def _reason(error: ValidationError) -> str:
    """By the first field that is wrong, in the order of the contract; an unknown field is named as such."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    kind = {"missing": "FIELD_MISSING", "extra_forbidden": "FIELD_UNKNOWN"}.get(first["type"])
    return kind or f"{first['loc'][0]}_WRONG".upper()


def strict_document(body: bytes) -> Any:
    """JSON that every reader understands alike. Raises NotBelieved: not UTF-8, a doubled key, NaN, too deep."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise NotBelieved("NOT_UTF8") from None
    try:
        document = json.loads(text, object_pairs_hook=_unique, parse_constant=_not_finite)
    except RecursionError:
        raise NotBelieved("TOO_DEEP") from None
    except ValueError:
        raise NotBelieved("NOT_JSON") from None
    _check_depth(document, MOST_DEPTH)
    return document


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotBelieved("DUPLICATE_JSON_KEY")
    return found


def _not_finite(name: str) -> Any:
    raise NotBelieved("NOT_FINITE")


def _check_depth(value: Any, left: int) -> None:
    if left < 0:
        raise NotBelieved("TOO_DEEP")
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        _check_depth(each, left - 1)
