"""What must hold of the books, each as a query that finds where it does not (`atelier ledger verify`)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text

from atelier.runtime.db import ReadSession


@dataclass(frozen=True)
class Finding:
    """A broken invariant: which, and an example of where."""

    invariant: str
    claim: str
    count: int
    example: str


@dataclass(frozen=True)
class Invariant:
    """`sql` selects one text column: the broken rows. Higher features register their own."""

    name: str
    claim: str
    sql: str


LEDGER: Sequence[Invariant] = (
    Invariant(
        "L1",
        "The two entries of each transfer cancel out",
        """SELECT t.id::text FROM ledger_transfers t LEFT JOIN ledger_entries e ON e.transfer_id = t.id
           GROUP BY t.id HAVING count(e.id) <> 2 OR sum(e.amount) <> 0""",
    ),
    Invariant(
        "L2",
        "All entries of a unit add up to nothing",
        """SELECT a.unit FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id
           GROUP BY a.unit HAVING sum(e.amount) <> 0""",
    ),
    Invariant(
        "L3",
        "A wallet's balance is the sum of its entries",
        """SELECT a.id::text FROM ledger_accounts a LEFT JOIN ledger_entries e ON e.account_id = a.id
           WHERE a.kind = 'wallet' GROUP BY a.id HAVING a.posted <> coalesce(sum(e.amount), 0)""",
    ),
    Invariant(
        "L4",
        "What a wallet has set aside is its open holds, and stands in its buckets",
        """SELECT a.id::text FROM ledger_accounts a WHERE a.kind = 'wallet' AND (
             a.held <> (SELECT coalesce(sum(h.amount), 0) FROM credit_holds h
                        WHERE h.account_id = a.id AND h.state = 'placed')
             OR a.held <> (SELECT coalesce(sum(b.held), 0) FROM credit_buckets b WHERE b.account_id = a.id))""",
    ),
    Invariant(
        "L5",
        "No wallet was ever below its floor",
        """SELECT e.id::text FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id
           WHERE a.kind = 'wallet' AND (e.balance_after < a.floor OR a.posted - a.held < a.floor)""",
    ),
    Invariant(
        "L6",
        "A wallet's entries are numbered without a gap and each balance follows from the one before",
        """SELECT id::text FROM (
             SELECT e.id, e.version, e.balance_after, e.amount, a.version AS newest, e.account_id,
                    row_number() OVER w AS place, lag(e.balance_after, 1, 0::bigint) OVER w AS before,
                    max(e.version) OVER (PARTITION BY e.account_id) AS highest
             FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id WHERE a.kind = 'wallet'
             WINDOW w AS (PARTITION BY e.account_id ORDER BY e.version)) chain
           WHERE version <> place OR balance_after <> before + amount OR highest <> newest""",
    ),
    Invariant(
        "L7",
        "A captured hold has one transfer of what was captured, any other has none",
        """SELECT h.id::text FROM credit_holds h LEFT JOIN ledger_transfers t ON t.hold_id = h.id
           LEFT JOIN ledger_entries e ON e.transfer_id = t.id AND e.account_id = h.account_id
           GROUP BY h.id HAVING (h.state = 'captured') <> (count(e.id) = 1)
              OR coalesce(-sum(e.amount), 0) <> CASE h.state WHEN 'captured' THEN h.captured ELSE 0 END""",
    ),
    Invariant(
        "L9",
        "One external payment gave units once",
        """SELECT external_order_id FROM ledger_transfers WHERE external_order_id IS NOT NULL AND kind = 'purchase'
           GROUP BY external_order_id HAVING count(*) > 1""",
    ),
    Invariant(
        "L10",
        "A reversal reverses once, and never more than there was",
        """SELECT r.reverses_id::text FROM ledger_transfers r
           JOIN ledger_entries e ON e.transfer_id = r.id AND e.user_id IS NOT NULL
           JOIN ledger_entries o ON o.transfer_id = r.reverses_id AND o.user_id IS NOT NULL
           GROUP BY r.reverses_id, o.amount
           HAVING abs(sum(e.amount)) > abs(o.amount) OR sign(sum(e.amount)) = sign(o.amount)""",
    ),
    Invariant(
        "L11",
        "Each used idempotency key keeps the answer that it gave",
        """SELECT key FROM idempotency_keys WHERE status IS NULL OR body IS NULL""",
    ),
    Invariant(
        "L12",
        "What remains in a wallet's buckets is its balance",
        """SELECT a.id::text FROM ledger_accounts a WHERE a.kind = 'wallet' AND a.posted <>
             (SELECT coalesce(sum(b.remaining), 0) FROM credit_buckets b WHERE b.account_id = a.id)""",
    ),
)


async def verify_ledger(session: ReadSession, more: Sequence[Invariant] = ()) -> Sequence[Finding]:
    """Check every invariant each in a snapshot of its own; an empty answer means that the books are right."""
    findings = []
    for invariant in sorted((*LEDGER, *more), key=lambda item: int(item.name[1:])):
        rows = (await session.scalars(text(invariant.sql))).all()
        if rows:
            findings.append(Finding(invariant.name, invariant.claim, len(rows), str(rows[0])))
    return findings
