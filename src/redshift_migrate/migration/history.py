"""What earlier runs tell about a request that is made again."""

from __future__ import annotations

from redshift_migrate.models.finding import Finding, Subject
from redshift_migrate.models.request import MigrateCluster, UndoMigration
from redshift_migrate.state.store import Store

RECENT = 20
"""How many runs are looked at."""


def stopped_findings(store: Store, request: MigrateCluster, account_id: str) -> tuple[Finding, ...]:
    """A warning if a run of the same request has not come to its end: to begin anew would take another snapshot."""
    journals = [journal for journal in store.journals(RECENT) if journal.header.account_id == account_id]
    undone = {
        journal.header.plan.request.migration_id
        for journal in journals
        if isinstance(journal.header.plan.request, UndoMigration) and journal.is_finished
    }
    stopped = [
        journal.migration_id
        for journal in journals
        if journal.header.plan.request == request
        and not journal.is_finished
        and not journal.was_put_back
        and journal.migration_id not in undone
    ]
    if not stopped:
        return ()
    return (
        Finding(
            level="warning",
            subject=Subject.SOURCE,
            setting="earlier run",
            message=f"Migration {stopped[0]} of the same cluster has not come to its end. Go on with it instead: "
            f"resume migration {stopped[0]}. This plan would take another snapshot.",
        ),
    )
