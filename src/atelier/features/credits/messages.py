"""What the ledger says upward."""

from uuid import UUID

from atelier.runtime.events import Event


class HoldCaptured(Event):
    """Units were taken for delivered work."""

    hold_id: UUID
    user_id: UUID
    unit: str
    amount: int
    product: str


class HoldReleased(Event):
    """Units were given back."""

    hold_id: UUID
    user_id: UUID
    unit: str
    amount: int
