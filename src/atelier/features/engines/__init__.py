"""What does the picture work: engines behind one port, what each can do, and the record of every call."""

from atelier.features.engines.errors import EngineFailed, EngineTimeout, EngineUnavailable, NotSupported
from atelier.features.engines.queries import add_call as record_call
from atelier.features.engines.queries import put_engine
from atelier.features.engines.types import CallOutcome, CallRecord

__all__ = [
    "CallOutcome",
    "CallRecord",
    "EngineFailed",
    "EngineTimeout",
    "EngineUnavailable",
    "NotSupported",
    "put_engine",
    "record_call",
]
