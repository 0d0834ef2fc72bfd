"""Reads a bank's XML as the hostile input it may be: no document type, no entities, no network, bounded in all ways."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from xml.etree.ElementTree import Element, ParseError, TreeBuilder
from zoneinfo import ZoneInfo

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from services.incentive.adapters.files.messages import MOST_BYTES, MOST_RUPIAH, FileRefused

MOST_DEPTH = 32
MOST_ELEMENTS = 500_000
"""About what 10 MiB of honest statement hold; more would only fill the memory."""

WIB = ZoneInfo("Asia/Jakarta")
_AMOUNT = re.compile(r"[0-9]{1,18}(\.[0-9]{1,5})?")


class _Bounded(TreeBuilder):
    """Stops while reading, not after: a deep or endless document never becomes a tree."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = self._elements = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._depth, self._elements = self._depth + 1, self._elements + 1
        if self._depth > MOST_DEPTH:
            raise FileRefused("XML_TOO_DEEP")
        if self._elements > MOST_ELEMENTS:
            raise FileRefused("XML_TOO_LONG")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)


def read_xml(raw: bytes) -> Element:
    """The root of a document. Raises FileRefused FILE_TOO_LARGE, XML_FORBIDDEN, XML_TOO_DEEP, XML_TOO_LONG, NOT_XML."""
    if len(raw) > MOST_BYTES:
        raise FileRefused("FILE_TOO_LARGE")
    parser = DefusedXMLParser(target=_Bounded(), forbid_dtd=True, forbid_entities=True, forbid_external=True)
    try:
        parser.feed(raw)
        root = parser.close()
    except DefusedXmlException:
        raise FileRefused("XML_FORBIDDEN") from None
    except (ParseError, ValueError, LookupError):  # LookupError: an encoding nobody knows
        raise FileRefused("NOT_XML") from None
    if not isinstance(root, Element):
        raise FileRefused("NOT_XML")
    return root


def message_of(root: Element) -> str:
    """Name of the ISO 20022 message, `camt.053.001.08`; empty when it is none."""
    namespace, _, name = root.tag.rpartition("}")
    begin = "{urn:iso:std:iso:20022:tech:xsd:"
    return namespace.removeprefix(begin) if name == "Document" and namespace.startswith(begin) else ""


class Node:
    """An element and the namespace in which its children are looked for, by paths like `GrpHdr/MsgId`."""

    def __init__(self, element: Element, message: str) -> None:
        self._element, self._message = element, message

    def first(self, path: str) -> Node | None:
        found = self._element.find(self._path(path))
        return None if found is None else Node(found, self._message)

    def all(self, path: str) -> Iterator[Node]:
        for found in self._element.iterfind(self._path(path)):
            yield Node(found, self._message)

    def needed(self, path: str) -> Node:
        """Raises FileRefused FIELD_MISSING."""
        found = self.first(path)
        if found is None:
            raise FileRefused("FIELD_MISSING")
        return found

    def text(self, path: str = "") -> str:
        """The element's text without blanks around it; empty when it is missing."""
        found = self.first(path) if path else self
        return "" if found is None else (found._element.text or "").strip()

    def id(self, path: str) -> str:
        """A text of 1 to 35 printable characters, as ids are. Raises FileRefused FIELD_MISSING or FIELD_WRONG."""
        text = self.text(path)
        if not text:
            raise FileRefused("FIELD_MISSING")
        if len(text) > 35 or not text.isprintable():
            raise FileRefused("FIELD_WRONG")
        return text

    def rupiah(self, path: str = "Amt") -> int:
        """Whole rupiah. Raises FileRefused FIELD_MISSING, CURRENCY_WRONG, AMOUNT_WRONG."""
        element = self.needed(path)._element
        if element.get("Ccy") != "IDR":
            raise FileRefused("CURRENCY_WRONG")
        return rupiah_of((element.text or "").strip())

    def came_in(self) -> bool:
        """Raises FileRefused FIELD_WRONG."""
        word = self.text("CdtDbtInd")
        if word not in ("CRDT", "DBIT"):
            raise FileRefused("FIELD_WRONG")
        return word == "CRDT"

    def instant(self, path: str) -> datetime:
        """`Dt` (a day in Medan) or `DtTm`. Raises FileRefused FIELD_MISSING or DATE_WRONG."""
        node = self.needed(path)
        try:
            if day := node.text("Dt"):
                return datetime.combine(date.fromisoformat(day[:10]), time(), WIB).astimezone(UTC)
            at = datetime.fromisoformat(node.text("DtTm"))
            return (at if at.tzinfo else at.replace(tzinfo=WIB)).astimezone(UTC)
        except (ValueError, OverflowError):
            raise FileRefused("DATE_WRONG") from None

    def _path(self, path: str) -> str:
        return "/".join(f"{{urn:iso:std:iso:20022:tech:xsd:{self._message}}}{part}" for part in path.split("/"))


def rupiah_of(text: str) -> int:
    """Whole rupiah of a decimal text; parts of a rupiah are no money here. Raises FileRefused AMOUNT_WRONG."""
    if not (text.isascii() and _AMOUNT.fullmatch(text)):
        raise FileRefused("AMOUNT_WRONG")
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise FileRefused("AMOUNT_WRONG") from None
    if value != value.to_integral_value() or value > MOST_RUPIAH:
        raise FileRefused("AMOUNT_WRONG")
    return int(value)
