"""The pages of incentive, for participants and for staff: Indonesian, small, complete without scripts."""

from __future__ import annotations

# Doors and pages need each other's parts: whoever imports a page first gets the doors first, so that neither is
# met half made.
import services.incentive.api  # noqa: F401
