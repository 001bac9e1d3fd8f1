"""Grants, holds and what a wallet shows. The only writer of the ledger."""

from atelier.features.credits.service.grants import adjust, expire_due, grant
from atelier.features.credits.service.holds import capture_hold, place_hold, release_hold, sweep_holds
from atelier.features.credits.service.wallets import find_balance, list_balances, spendable

__all__ = [
    "adjust",
    "capture_hold",
    "expire_due",
    "find_balance",
    "grant",
    "list_balances",
    "place_hold",
    "release_hold",
    "spendable",
    "sweep_holds",
]
