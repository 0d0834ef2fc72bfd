"""What the services say to each other. `EVENTS` is the one tuple of all events."""

from shared.contracts import incentive, notification, registration
from shared.contracts.base import Event, RecordParked, RecordReplayed

EVENTS: tuple[type[Event], ...] = (
    *registration.EVENTS,
    *incentive.EVENTS,
    *notification.EVENTS,
    RecordParked,
    RecordReplayed,
)

BY_NAME: dict[str, type[Event]] = {event.type_name(): event for event in EVENTS}
