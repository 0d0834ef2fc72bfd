"""A broadcast's files: plain text for channels that people post by hand, and an A5 sheet with a QR code to print."""

from __future__ import annotations

from io import BytesIO

import segno
from jinja2 import Environment
from markupsafe import Markup

SUFFIX = {"flyer": "html"}
"""Of the file per channel; every other channel is a text."""

QUIET_ZONE = 4
"""Empty modules around the code, without which readers do not find it (integrations.md 8)."""


def file_name(channel: str, kecamatan: str) -> str:
    return f"{kecamatan}.{SUFFIX.get(channel, 'txt')}"


def qr_svg(link: str) -> str:
    """Error level M; about 33 modules for our links, printed 40 mm wide: 1 mm per module, read from 30 cm at ease."""
    out = BytesIO()
    code = segno.make(link, error="m", micro=False, boost_error=False)
    code.save(out, kind="svg", border=QUIET_ZONE, xmldecl=False, svgns=True, omitsize=True, title="Kode QR")
    return out.getvalue().decode()


class Flyers:
    """Lays the sheet out; `environment` knows flyer.html and escapes what is put in."""

    def __init__(self, environment: Environment, office_name: str) -> None:
        self._template, self._office = environment.get_template("flyer.html"), office_name

    def sheet(self, title: str, text: str, kecamatan: str, link: str) -> str:
        code = Markup(qr_svg(link))  # our own drawing, not input
        return self._template.render(
            title=title, text=text, kecamatan=kecamatan, link=link, qr=code, office=self._office
        )
