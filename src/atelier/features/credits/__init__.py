"""Wallets and the ledger: units are held when work is ordered, captured when it is delivered, released otherwise.

`place_hold`, `capture_hold` and `release_hold` are for whoever sells work; `grant` for whoever gives units. The books
are double entry and append-only, a wallet changes by one conditional statement guarded by a CHECK, and `verify_ledger`
proves that they are right.
"""

from atelier.features.credits.errors import InsufficientCredits, ReferenceReused, UnknownUnit
from atelier.features.credits.invariants import LEDGER, Finding, Invariant, verify_ledger
from atelier.features.credits.messages import HoldCaptured, HoldReleased
from atelier.features.credits.queries import sum_spent
from atelier.features.credits.service import (
    adjust,
    capture_hold,
    expire_due,
    find_balance,
    grant,
    list_balances,
    place_hold,
    release_hold,
    spendable,
    sweep_holds,
)
from atelier.features.credits.types import Balance, BucketKind, Grant, NewHold, TransferKind

__all__ = [
    "LEDGER",
    "Balance",
    "BucketKind",
    "Finding",
    "Grant",
    "HoldCaptured",
    "HoldReleased",
    "InsufficientCredits",
    "Invariant",
    "NewHold",
    "ReferenceReused",
    "TransferKind",
    "UnknownUnit",
    "adjust",
    "capture_hold",
    "expire_due",
    "find_balance",
    "grant",
    "list_balances",
    "place_hold",
    "release_hold",
    "spendable",
    "sum_spent",
    "sweep_holds",
    "verify_ledger",
]
