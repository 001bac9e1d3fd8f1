"""Who did what, and what went wrong.

`record` writes a deed in the transaction of the change; entries are insert-only and each carries the hash of the one
before it, which `verify_chain` proves. `record_error` groups errors of the same kind.
"""

from atelier.features.audit.service import record, record_error, verify_chain
from atelier.features.audit.types import AuditAction, Breach, ErrorEnvironment, ErrorReport

__all__ = [
    "AuditAction",
    "Breach",
    "ErrorEnvironment",
    "ErrorReport",
    "record",
    "record_error",
    "verify_chain",
]
