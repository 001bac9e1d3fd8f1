"""What jobs say upward."""

from uuid import UUID

from atelier.runtime.events import Event


class JobDelivered(Event):
    """A picture was delivered and paid."""

    job_id: UUID
    user_id: UUID
    product: str
    units: int


class JobFailed(Event):
    """A job failed for good; nothing was charged."""

    job_id: UUID
    user_id: UUID
    product: str
    error_code: str
