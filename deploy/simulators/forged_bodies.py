"""Forged and ill-formed bodies, most under a signature that verifies: what a faulty platform or a thief sends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from deploy.simulators.forged import CLOCK, HEADERS, RECORDS, SIGNATURES, Make, Scene, Ways


def _changed(**fields: object) -> Make:
    return lambda s: replace(s.genuine(), body=json.dumps({**s.fields, **fields}).encode())


def _own(s: Scene) -> str:
    return json.dumps({"partner_code": s.platform.partner_code})[1:-1]


TAMPERED: Ways = {
    "other_day": ("SIGNATURE_WRONG", _changed(finished_on="2020-01-01")),
    "other_person": ("SIGNATURE_WRONG", _changed(redeem_code="CODE-0002")),
    "other_course": ("SIGNATURE_WRONG", _changed(course_code="LAIN-999")),
    "other_certificate": ("SIGNATURE_WRONG", _changed(certificate_number="TKP-999999")),
    "certificate_taken_out": ("SIGNATURE_WRONG", _changed(certificate_number=None)),
    "written_without_blanks": (
        "SIGNATURE_WRONG",
        lambda s: replace(s.genuine(), body=json.dumps(s.fields, separators=(",", ":")).encode()),
    ),
    "written_in_other_order": (
        "SIGNATURE_WRONG",
        lambda s: replace(s.genuine(), body=json.dumps(dict(reversed(s.fields.items()))).encode()),
    ),
    "newline_at_the_end": ("SIGNATURE_WRONG", lambda s: replace(s.genuine(), body=s.claim.body + b"\n")),
    "letter_written_as_escape": (
        "SIGNATURE_WRONG",
        lambda s: replace(s.genuine(), body=s.claim.body.replace(b'e": "C', b'e": "\\u0043', 1)),
    ),
}

JSON: Ways = {
    "cut_off": ("NOT_JSON", lambda s: s.signed(s.claim.body[:-1])),
    "two_documents": ("NOT_JSON", lambda s: s.signed(s.claim.body * 2)),
    "byte_order_mark": ("NOT_JSON", lambda s: s.signed(b"\xef\xbb\xbf" + s.claim.body)),
    "trailing_comma": ("NOT_JSON", lambda s: s.signed(s.claim.body[:-1] + b",}")),
    "comment": ("NOT_JSON", lambda s: s.signed(b"/* */" + s.claim.body)),
    "bare_control_sign": ("NOT_JSON", lambda s: s.raw("redeem_code", '"CODE-\t0001"')),
    "number_without_end": ("NOT_JSON", lambda s: s.added(f'"x": {"9" * 5000}')),
    "latin_1": ("NOT_UTF8", lambda s: s.signed(s.claim.body[:-1] + ', "name": "Andr\xe9"}'.encode("latin-1"))),
    "overlong_utf8": ("NOT_UTF8", lambda s: s.signed(s.claim.body[:-1] + b', "x": "\xc0\xaf"}')),
    "surrogate_in_utf8": ("NOT_UTF8", lambda s: s.signed(s.claim.body[:-1] + b', "x": "\xed\xa0\x80"}')),
    "utf_16": ("PARTNER_MISSING", lambda s: s.signed(s.claim.body.decode().encode("utf-16"))),
    "not_a_number": ("NOT_FINITE", lambda s: s.added('"score": NaN')),
    "infinity": ("NOT_FINITE", lambda s: s.added('"score": Infinity')),
    "minus_infinity": ("NOT_FINITE", lambda s: s.added('"score": -Infinity')),
    "too_deep": ("TOO_DEEP", lambda s: s.added('"x": ' + "[" * 20 + "]" * 20)),
    "far_too_deep": ("TOO_DEEP", lambda s: s.added('"x": ' + "[" * 3000 + "]" * 3000)),
    "a_list": ("NOT_AN_OBJECT", lambda s: s.signed(b"[" + s.claim.body + b"]")),
    "partner_twice": ("DUPLICATE_JSON_KEY", lambda s: s.added(_own(s))),
    "other_partner_behind": ("DUPLICATE_JSON_KEY", lambda s: s.added(f'"partner_code": "{s.other.partner_code}"')),
    "code_twice": ("DUPLICATE_JSON_KEY", lambda s: s.added('"redeem_code": "CODE-0001"')),
    "code_twice_by_escape": ("DUPLICATE_JSON_KEY", lambda s: s.added('"redeem\\u005fcode": "CODE-0002"')),
    "doubled_inside": ("DUPLICATE_JSON_KEY", lambda s: s.added('"credential": {"id": 1, "id": 2}')),
}


def _without_partner(s: Scene) -> bytes:
    return json.dumps({name: value for name, value in s.fields.items() if name != "partner_code"}).encode()


PARTNERS: Ways = {
    "unknown_partner": ("PARTNER_UNKNOWN", lambda s: s.with_fields(partner_code="NOBODY")),
    "no_partner": ("PARTNER_MISSING", lambda s: s.without("partner_code")),
    "partner_null": ("PARTNER_MISSING", lambda s: s.with_fields(partner_code=None)),
    "partner_in_small_letters": ("PARTNER_MISSING", lambda s: s.with_fields(partner_code="tokopedia")),
    "partner_as_list": ("PARTNER_MISSING", lambda s: s.with_fields(partner_code=["TOKOPEDIA"])),
    "partner_in_other_script": ("PARTNER_MISSING", lambda s: s.with_fields(partner_code="\u0422OKOPEDIA")),
    "partner_by_escape": ("PARTNER_MISSING", lambda s: s.raw("partner_code", '"TOKOP\\u0045DIA"')),
    "partner_only_inside": (
        "FIELD_MISSING",
        lambda s: s.signed(b'{"credential": {' + _own(s).encode() + b"}, " + _without_partner(s)[1:]),
    ),
}

ODD_FIELDS = {
    "redeem_code": (
        *(None, 5, "", "code-0001", "CODE-0001\n", "CODE 0001", "CODE-00", "C" * 33, "CODE-\u0661\u0661\u0661\u0661"),
        *("CODE-\uff10\uff10\uff10\uff11", "CODE-0001\u202e", "CODE-0001\x00", "\ud800ODE-0001", ["CODE-0001"]),
    ),
    "course_code": (None, 7, "", "tkp-002", "x" * 41, "TKP-002\n", "TKP-\u0966\u0966\u0968", "TKP\ud83d-002", {"a": 1}),
    "finished_on": (
        *(None, 1_597_881_600, "1597881600", "", "2020-02-30", "2020-8-2", "20200820", "2020-W34-4", True),
        *("2020-08-20T00:00:00Z", "20-08-2020", "\u0662\u0660\u0662\u0660-08-20", "2020-08-20\n", "0000-01-01"),
    ),
    "certificate_number": (
        5,
        "",
        "TKP",
        "TKP 1",
        "T" * 65,
        "TKP-\u0661\u0662\u0663",
        "TKP-\ud800",
        "TKP-1\n",
        ["TKP-1"],
    ),
    "credential": (5, "", "a.b", "a.b.c.d", "a.b.\u0661", ["a.b.c"], True, "a.b.c\n"),
}
"""Field -> values outside its bounds: wrong kinds, other scripts' digits, control signs, lone surrogates."""
UNKNOWN = ("nik", "name", "__proto__", "Partner_Code", "redeem_code ", "$where", "finished\u00adon", "")


def _with(name: str, value: object) -> Make:
    return lambda s: s.with_fields(**{name: value})


def _field_ways() -> Iterator[tuple[str, tuple[str, Make]]]:
    for name, values in ODD_FIELDS.items():
        for number, value in enumerate(values):
            yield (
                f"{name} {number}",
                (f"{name}_WRONG".upper(), _with(name, value)),
            )
    for name in ("redeem_code", "course_code", "finished_on", "certificate_number"):
        yield f"without {name}", ("FIELD_MISSING", partial(Scene.without, name=name))
    for name in UNKNOWN:
        yield f"unknown {name!a}", ("FIELD_UNKNOWN", _with(name, "1271011203950001"))
    yield "number and badge", ("CERTIFICATE_AND_CREDENTIAL", lambda s: s.with_fields(credential="a.b.c"))


FORGED: Ways = {
    **SIGNATURES,
    **HEADERS,
    **CLOCK,
    **RECORDS,
    **TAMPERED,
    **JSON,
    **PARTNERS,
    **dict(_field_ways()),
}
"""Name -> reason, and how a genuine claim becomes it."""
