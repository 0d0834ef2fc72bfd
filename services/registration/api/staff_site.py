"""The pages of registration's staff."""

from __future__ import annotations

from fastapi import APIRouter

from services.registration.api.desk import Desk
from services.registration.pages.site import templates
from shared.web import staff_site
from shared.web.forms import read as read
from shared.web.forms import whole as whole
from shared.web.staff_site import HOME as HOME
from shared.web.staff_site import KEY as KEY


class StaffSite(staff_site.StaffSite):
    """Where they stand: at the router's own prefix."""

    def __init__(self, router: APIRouter, desk: Desk) -> None:
        base = f"{desk.settings.root_path}{router.prefix}"
        super().__init__(base, desk.accounts, desk.execute, templates())
        self.desk = desk
