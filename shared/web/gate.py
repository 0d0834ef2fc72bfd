"""The door's cheapest refusal: a request that has no room is answered before HTTP is parsed.

Only what is beyond doubt is refused here: one whole request in one piece, between two others of its connection. All
else goes the usual way and is refused by door.py, so that a connection never holds one answer more than requests.
"""

from __future__ import annotations

import re

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from shared.security.accounts import COOKIE
from shared.web.door import UNLIMITED, LaneName, Lanes, is_partners
from shared.web.door_refusals import REFUSED, form_of

_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,9})[ \t]*(?=\r\n|$)")
_START = b"HTTP/1.1 %d Service Unavailable\r\n" % REFUSED
_UNLIMITED = tuple(path.encode() for path in UNLIMITED)
_UNUSUAL = (b"\r\ntransfer-encoding:", b"\r\nexpect:", b"\r\nupgrade:", b"\r\nconnection: close")
_SESSION = f"{COOKIE}=".encode()


def whole_head(data: bytes) -> bytes | None:
    """The head, in lower case, of the one whole request that these bytes are; None for anything else."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = data[:end].lower()
    if not head.partition(b"\r\n")[0].endswith(b" http/1.1"):
        return None
    lengths = _LENGTH.findall(head)
    if len(lengths) != head.count(b"\r\ncontent-length") or len(lengths) > 1 or any(each in head for each in _UNUSUAL):
        return None
    return head if len(data) == end + 4 + (int(lengths[0]) if lengths else 0) else None


def lane_of_head(head: bytes) -> LaneName | None:
    """As `lane_of` of door.py, from the raw head."""
    path = _path(head)
    if not path.startswith(b"/") or path.endswith(_UNLIMITED):
        return None
    if is_partners(path.decode("latin-1")):
        return "partner"
    return "staff" if b"\r\nauthorization:" in head or _SESSION in head else "citizen"


def _path(head: bytes) -> bytes:
    return head.split(b" ", 2)[1].partition(b"?")[0] if head.count(b" ", 0, 2048) > 1 else b""


def gated(lanes: Lanes) -> type[HttpToolsProtocol]:
    """The protocol of a server whose service has these lanes."""

    class Gate(HttpToolsProtocol):
        """Knows when its parser is between two requests."""

        _inside = False

        def on_message_begin(self) -> None:
            self._inside = True
            super().on_message_begin()

        def on_message_complete(self) -> None:
            super().on_message_complete()
            self._inside = False

        def data_received(self, data: bytes) -> None:
            if self._idle and (head := whole_head(data)) and (name := lane_of_head(head)) and lanes[name].full:
                headers, body = lanes.refusal(name, form_of(_path(head).decode("latin-1"), b"text/html" in head))
                lines = b"".join(b"%b: %b\r\n" % header for header in headers)
                self.transport.write(b"%b%b\r\n%b" % (_START, lines, body))
            else:
                super().data_received(data)

        @property
        def _idle(self) -> bool:
            return not self._inside and (self.cycle is None or self.cycle.response_complete) and not self.pipeline

    return Gate
