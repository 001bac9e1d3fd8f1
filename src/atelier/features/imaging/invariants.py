"""What jobs promise the ledger."""

from collections.abc import Sequence

from atelier.features.credits import Invariant

INVARIANTS: Sequence[Invariant] = (
    Invariant(
        "L8",
        "An ended job has no open hold, and an open job that has a price has exactly one",
        """SELECT j.id::text FROM jobs j LEFT JOIN credit_holds h ON h.id = j.hold_id
           WHERE (j.status IN ('succeeded', 'failed', 'canceled') AND h.state = 'placed')
              OR (j.status IN ('queued', 'running') AND j.cost_held > 0 AND h.state IS DISTINCT FROM 'placed')
              OR (j.status = 'succeeded' AND j.cost_captured <> coalesce(h.captured, 0))
              OR (j.status IN ('failed', 'canceled') AND h.state = 'captured')
           UNION ALL
           SELECT h.id::text FROM credit_holds h WHERE h.state = 'placed' AND h.reference LIKE 'job:%'
              AND NOT EXISTS (SELECT FROM jobs j WHERE j.hold_id = h.id)""",
    ),
)
