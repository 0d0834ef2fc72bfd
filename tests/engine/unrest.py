"""What the two toy services have still to do, asked of twins and of real servers alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from shared.engine.journal import HEAD
from shared.engine.ports import Document


class Left(Protocol):
    """What lies in one database."""

    def documents(self, collection: str) -> list[Document]: ...

    def document(self, collection: str, id: Any) -> Document | None: ...


def unrest(stores: Mapping[str, Left], prefix: str = "") -> str:
    """The first thing that is not told, heard or done; nothing when the world is at rest."""
    for name, store in stores.items():
        head = (store.document("heads", HEAD) or {}).get("n", 0)
        position = (store.document("relay", "position") or {}).get("n", 0)
        if head != position:
            return f"{name}: journal {head}, published {position}"
    sequences = (stores["shop"].document("heads", HEAD) or {}).get("sequences", {})
    marks = {feed["_id"]: feed["mark"] for feed in stores["books"].documents("feeds")}
    for partition, sequence in sequences.items():
        if (heard := marks.get(f"{prefix}shop.v1/{partition}", 0)) != sequence:
            return f"partition {partition}: said {sequence}, heard {heard}"
    left = [
        e["state"]
        for e in stores["books"].documents("effects")
        if e["state"] not in ("done", "failed", "decided", "person")
    ]
    return f"work left: {left}" if left else ""
