"""Catalogues as files and as platforms' lists, made from the one that ships with the service."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from services.incentive.domain.catalogue import COLUMNS
from tests.unit.incentive.builders import reference

Row = dict[str, Any]


def rows_of(platform_code: str, **changes: Mapping[str, Any] | None) -> list[Row]:
    """A platform's courses; `TKP_001={...}` changes one or adds it, None leaves it out."""
    shipped = reference().catalogue.values()
    rows: dict[str, Row] = {each.course_code: asdict(each) for each in shipped if each.platform_code == platform_code}
    for name, change in changes.items():
        code = name.replace("_", "-")
        if change is None:
            del rows[code]
        else:
            rows[code] = {**rows.get(code, next(iter(rows.values()))), "course_code": code, **change}
    return list(rows.values())


def as_file(rows: Iterable[Row], delimiter: str = ",") -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
