"""The participants' pages below /status, opened by the tracking code."""

from __future__ import annotations

from fastapi import APIRouter

from services.incentive.api import account_pages, course_pages, opinion_pages, status_pages
from services.incentive.api.door import Door
from services.incentive.pages.site import Site


def add_participant_pages(router: APIRouter, door: Door) -> None:
    """All that people see and do with their own card."""
    site = Site.of(door, router.prefix)
    for add in (
        status_pages.add_status,
        course_pages.add_catalogue,
        opinion_pages.add_reviews,
        opinion_pages.add_surveys,
        account_pages.add_account,
        account_pages.add_recheck,
    ):
        add(router, site)
