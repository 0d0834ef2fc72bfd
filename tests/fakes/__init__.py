"""In-memory twins of database, broker and clock. They promise what the real ones promise, and no more:
snapshot isolation with write conflicts, a log per partition, time that moves only when everybody waits.
"""

from tests.fakes.broker import MemoryBroker, MemoryLog
from tests.fakes.clock import LoopClock, VirtualLoop
from tests.fakes.database import MemoryDatabase
from tests.fakes.documents import matches
from tests.fakes.steps import LostReply, Step, no_faults
from tests.fakes.store import MemoryStore

__all__ = [
    "LoopClock",
    "LostReply",
    "MemoryBroker",
    "MemoryDatabase",
    "MemoryLog",
    "MemoryStore",
    "Step",
    "VirtualLoop",
    "matches",
    "no_faults",
]
