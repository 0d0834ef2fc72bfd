"""The citizens' pages of registration: Indonesian, small, complete without scripts, good on a cheap phone."""

from __future__ import annotations

# Doors and pages need each other's parts: whoever imports a page first gets the doors first, so that neither is
# met half made.
import services.registration.api  # noqa: F401
