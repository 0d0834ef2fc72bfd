"""The files of a handover: the recapitulation as a spreadsheet, and the record as a PDF of one page.

What writes them is imported when it is first asked for: it costs 0.4 s of every start and 23 MB.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence


def workbook(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """An .xlsx whose cells are all text: a spreadsheet program would round a NIK that is a number."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Rekapitulasi")
    for row in (headings, *rows):
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, value=value)
            cell.number_format, cell.data_type = "@", "s"  # text, also what begins like a formula
            cells.append(cell)
        sheet.append(cells)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def record(title: str, opening: str, facts: Mapping[str, str], closing: str, signers: Sequence[str]) -> bytes:
    """The record (berita acara): what was handed over, and where both sides sign."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.lib.units import cm
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

    styles = getSampleStyleSheet()
    text = styles["BodyText"]
    table = Table(
        [[Paragraph(_safe(name), text), Paragraph(_safe(value), text)] for name, value in facts.items()],
        colWidths=[5 * cm, 11.5 * cm],
        style=[("VALIGN", (0, 0), (-1, -1), "TOP")],
    )
    places = Table([[Paragraph(_safe(each), text) for each in signers]], colWidths=[8.25 * cm] * len(signers))
    lines = [Paragraph("_" * 30, text) for _ in signers]
    file = io.BytesIO()
    SimpleDocTemplate(file, pagesize=A4, title=title, author=signers[0], invariant=True).build(
        [
            Paragraph(_safe(title), styles["Title"]),
            Paragraph(_safe(opening), text),
            Spacer(1, 0.5 * cm),
            table,
            Spacer(1, 0.5 * cm),
            Paragraph(_safe(closing), text),
            Spacer(1, 1 * cm),
            places,
            Spacer(1, 2.2 * cm),
            Table([lines], colWidths=[8.25 * cm] * len(signers)),
        ]
    )
    return file.getvalue()


def _safe(text: str) -> str:
    """reportlab reads its own markup in a paragraph."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
