"""Settings of reporting. Each can be given as environment variable GELOMBANG_<NAME>."""

from __future__ import annotations

from pydantic import Field

from shared.platform.settings import CommonSettings


class ReportingSettings(CommonSettings):
    """What the office decides about its own numbers."""

    smallest_cell: int = Field(5, ge=1, le=100)
    """Public counts below this are shown as `< n`: small cells could point at a person."""

    cache_seconds: float = Field(5.0, ge=0, le=600)
    """How old a figure of a page may be."""
